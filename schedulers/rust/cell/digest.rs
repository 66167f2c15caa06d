//! Digests and random numbers, bit for bit those of workloads/workload.hpp, core/base/rng.hpp and
//! workloads/weights.hpp.

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Folds one value into a running digest. Order matters.
pub fn fold(digest: u64, value: u64) -> u64 {
    let added = value.wrapping_add(GOLDEN).wrapping_add(digest << 6).wrapping_add(digest >> 2);
    (digest ^ added).wrapping_mul(0xff51_afd7_ed55_8ccd)
}

/// Appends the digest of one more iteration to the check of a turn, which starts at 0.
pub fn fold_check(check: u64, digest: u64) -> u64 {
    check.wrapping_mul(31).wrapping_add(digest)
}

/// The finaliser of SplitMix64.
pub fn mix64(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
pub struct Rng {
    state: u64,
}

impl Rng {
    pub fn new(seed: u64) -> Rng {
        Rng { state: seed }
    }

    /// A generator for consumer number `stream` of the same seed.
    pub fn stream(seed: u64, stream: u64) -> Rng {
        Rng::new(mix64(seed ^ mix64(stream.wrapping_add(1))))
    }

    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        mix64(self.state)
    }

    /// Uniform in [0, bound). Requires bound > 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        (((self.next() >> 32) * u64::from(bound)) >> 32) as u32
    }
}

/// `count` odd weights that follow from the seed.
pub fn odd_weights(count: usize, seed: u64, stream: u64) -> Vec<u64> {
    let mut rng = Rng::stream(seed, stream);
    (0..count).map(|_| rng.next() | 1).collect()
}

/// A double that should be an integer, for a sum modulo 2^64. What is no integer, or is 2^52 or more,
/// counts as 2^62, which no right answer holds.
pub fn integer_of(value: f64) -> u64 {
    const LIMIT: f64 = (1u64 << 52) as f64;
    if value.abs() < LIMIT && (value as i64) as f64 == value {
        value as i64 as u64
    } else {
        1 << 62
    }
}

/// The sum of x[i] * y[i], modulo 2^64.
pub fn dot(x: &[u64], y: &[u64]) -> u64 {
    x.iter().zip(y).fold(0, |sum, (a, b)| sum.wrapping_add(a.wrapping_mul(*b)))
}
