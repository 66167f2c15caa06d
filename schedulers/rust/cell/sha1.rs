//! SHA-1 (FIPS PUB 180-4) as uts needs it, the algorithm of workloads/sha1.cpp: messages are 32-bit
//! words, the first byte in the highest bits.

pub type Digest = [u32; 5];

const START: Digest = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];

/// Longest message, in words, whose padding fits into the same block.
pub const WORDS_MAX: usize = 13;

/// One of the 80 steps: turns the five working variables by one place.
#[inline(always)]
fn step(v: &mut Digest, mix: impl Fn(u32, u32, u32) -> u32, constant: u32, word: u32) {
    let next = v[0]
        .rotate_left(5)
        .wrapping_add(mix(v[1], v[2], v[3]))
        .wrapping_add(v[4])
        .wrapping_add(constant)
        .wrapping_add(word);
    *v = [next, v[0], v[1].rotate_left(30), v[2], v[3]];
}

/// Word t of the message schedule, kept in a ring of sixteen.
#[inline(always)]
fn word(ring: &mut [u32; 16], t: usize) -> u32 {
    if t >= 16 {
        let mixed = ring[(t + 13) % 16] ^ ring[(t + 8) % 16] ^ ring[(t + 2) % 16] ^ ring[t % 16];
        ring[t % 16] = mixed.rotate_left(1);
    }
    ring[t % 16]
}

fn compress(chain: &Digest, block: &[u32; 16]) -> Digest {
    let choose = |b, c, d| d ^ (b & (c ^ d));
    let parity = |b, c, d| b ^ c ^ d;
    let majority = |b, c, d| (b & c) | (d & (b | c));
    let mut ring = *block;
    let mut v = *chain;
    for t in 0..20 {
        step(&mut v, choose, 0x5a82_7999, word(&mut ring, t));
    }
    for t in 20..40 {
        step(&mut v, parity, 0x6ed9_eba1, word(&mut ring, t));
    }
    for t in 40..60 {
        step(&mut v, majority, 0x8f1b_bcdc, word(&mut ring, t));
    }
    for t in 60..80 {
        step(&mut v, parity, 0xca62_c1d6, word(&mut ring, t));
    }
    for (own, before) in v.iter_mut().zip(chain) {
        *own = own.wrapping_add(*before);
    }
    v
}

/// The hash of a message of at most WORDS_MAX words: one block.
pub fn hash<const N: usize>(words: [u32; N]) -> Digest {
    debug_assert!(N <= WORDS_MAX);
    let mut block = [0; 16];
    block[..N].copy_from_slice(&words);
    block[N] = 0x8000_0000;
    block[15] = 32 * N as u32;
    compress(&START, &block)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_abcd_is_the_published_one() {
        // 81fe8bfe 87576c3e cb22426f 8e578473 82917acf, by sha1sum.
        let expected = [0x81fe_8bfe, 0x8757_6c3e, 0xcb22_426f, 0x8e57_8473, 0x8291_7acf];
        assert_eq!(hash([0x6162_6364]), expected);
    }
}
