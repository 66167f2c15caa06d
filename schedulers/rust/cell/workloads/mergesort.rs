//! workloads/mergesort.hpp. The base kernels are Rust's own: `sort_unstable`, and a merge by a loop.

use crate::digest::{fold, mix64, Rng};
use crate::table::{About, Notes, Problem};
use crate::vocabulary::Worker;

const SORT_CUTOFF: usize = 256;
const MERGE_CUTOFF: usize = 512;

fn merge_serially(mut left: &[u64], mut right: &[u64], out: &mut [u64]) {
    for (place, slot) in out.iter_mut().enumerate() {
        match (left.first(), right.first()) {
            (Some(a), Some(b)) if b < a => {
                *slot = *b;
                right = &right[1..];
            }
            (Some(a), Some(_)) => {
                *slot = *a;
                left = &left[1..];
            }
            _ => {
                let rest = if left.is_empty() { right } else { left };
                out[place..].copy_from_slice(rest);
                return;
            }
        }
    }
}

/// Merges two sorted runs to `out`. Takes the middle key of the longer, finds its place in the shorter,
/// and merges what lies before it and after it.
#[inline(never)]
fn merge<W: Worker>(worker: W, left: &[u64], right: &[u64], out: &mut [u64]) {
    if left.len() + right.len() <= MERGE_CUTOFF {
        merge_serially(left, right, out);
        return;
    }
    let (longer, shorter) = if left.len() < right.len() { (right, left) } else { (left, right) };
    let middle = longer.len() / 2;
    let below = shorter.partition_point(|key| *key < longer[middle]);
    let (before, after) = out.split_at_mut(middle + below);
    worker.join(
        |w| merge(w, &longer[..middle], &shorter[..below], before),
        |w| merge(w, &longer[middle..], &shorter[below..], after),
    );
}

/// Sorts `keys`, leaving the result there; `scratch` is as long and is overwritten. With `swaps_arrays`,
/// leaves it in `scratch` instead, and overwrites `keys`.
#[inline(never)]
fn sort<W: Worker>(worker: W, keys: &mut [u64], scratch: &mut [u64], swaps_arrays: bool) {
    if keys.len() <= SORT_CUTOFF {
        keys.sort_unstable();
        if swaps_arrays {
            scratch.copy_from_slice(keys);
        }
        return;
    }
    let half = keys.len() / 2;
    {
        let (lower, upper) = keys.split_at_mut(half);
        let (lower_scratch, upper_scratch) = scratch.split_at_mut(half);
        worker.join(
            |w| sort(w, lower, lower_scratch, !swaps_arrays),
            |w| sort(w, upper, upper_scratch, !swaps_arrays),
        );
    }
    let (from, to) = if swaps_arrays { (keys, scratch) } else { (scratch, keys) };
    let (left, right) = from.split_at(half);
    merge(worker, left, right, to);
}

fn digest_with(keys: &[u64], out_of_order: u64) -> u64 {
    let multiset =
        keys.iter().fold(0u64, |sum, key| sum.wrapping_add(mix64(key.wrapping_add(0x9e37_79b9_7f4a_7c15))));
    fold(fold(fold(0, keys.len() as u64), out_of_order), multiset)
}

pub struct Input {
    unsorted: Vec<u64>,
    /// What is sorted, in place.
    pub keys: Vec<u64>,
    scratch: Vec<u64>,
}

impl Input {
    pub fn sort<W: Worker>(&mut self, worker: W) {
        sort(worker, &mut self.keys, &mut self.scratch, false);
    }
}

pub struct Mergesort;

impl Problem for Mergesort {
    const ABOUT: About = About {
        name: "mergesort",
        summary: "sort by halves, merged in parallel",
        source: "Akl and Santoro, IEEE Trans. Computers, 1987",
        operation: "key",
        parameter: "keys",
        sizes: &[("small", 10_000), ("medium", 500_000), ("large", 5_000_000)],
        n_min: 1,
        n_max: 1 << 30,
    };
    type Input = Input;
    type Answer = ();

    fn prepare(n: i64, seed: u64) -> Input {
        let mut rng = Rng::new(seed);
        let unsorted: Vec<u64> = (0..n).map(|_| rng.next()).collect();
        Input { keys: unsorted.clone(), scratch: vec![0; n as usize], unsorted }
    }
    fn reset(input: &mut Input) {
        input.keys.copy_from_slice(&input.unsorted);
    }
    fn digest(input: &Input, _answer: &()) -> u64 {
        let out_of_order = input.keys.windows(2).filter(|pair| pair[1] < pair[0]).count();
        digest_with(&input.keys, out_of_order as u64)
    }
    fn expected(input: &Input) -> u64 {
        digest_with(&input.unsorted, 0)
    }
    fn operations(input: &Input) -> u64 {
        input.keys.len() as u64
    }
    fn footprint_bytes(n: i64) -> i64 {
        3 * 8 * n
    }
    fn notes(_input: &Input) -> Notes {
        vec![("sort_cutoff", SORT_CUTOFF as i64), ("merge_cutoff", MERGE_CUTOFF as i64)]
    }
}
