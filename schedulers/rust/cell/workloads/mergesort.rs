//! workloads/mergesort.hpp. The base kernels are the same.

use crate::digest::{fold, mix64, Rng};
use crate::table::{About, Notes, Problem};
use crate::vocabulary::Worker;

const SORT_CUTOFF: usize = 256;
const MERGE_CUTOFF: usize = 512;

const BLOCK: usize = 8;

/// Merges two sorted runs to `out`. Which key is smaller is a coin toss, so nothing branches on it.
fn merge_serially(left: &[u64], right: &[u64], out: &mut [u64]) {
    assert_eq!(left.len() + right.len(), out.len());
    let (mut l, mut r) = (0, 0);
    while l < left.len() && r < right.len() {
        // SAFETY: l and r are inside their runs, and l + r is inside `out`, which is as long as both.
        unsafe {
            let (a, b) = (*left.get_unchecked(l), *right.get_unchecked(r));
            let takes_right = usize::from(b < a);
            *out.get_unchecked_mut(l + r) = a.min(b);
            r += takes_right;
            l += 1 - takes_right;
        }
    }
    let (merged, lefts) = (l + r, left.len() - l);
    out[merged..merged + lefts].copy_from_slice(&left[l..]);
    out[merged + lefts..].copy_from_slice(&right[r..]);
}

/// Sorts a block in place.
fn insert_all(block: &mut [u64]) {
    for i in 0..block.len() {
        let key = block[i];
        let mut place = i;
        while place > 0 && key < block[place - 1] {
            block[place] = block[place - 1];
            place -= 1;
        }
        block[place] = key;
    }
}

/// Sorts `keys` as `sort` does: blocks by insertion, then runs of twice the length, level by level. Blocks
/// begin in the array from which the last level ends in the right one.
fn sort_serially(keys: &mut [u64], scratch: &mut [u64], swaps_arrays: bool) {
    let count = keys.len();
    let runs = || std::iter::successors(Some(BLOCK), |run| Some(run * 2)).take_while(|run| *run < count);
    let begins_in_scratch = swaps_arrays != (runs().count() % 2 == 1);
    if begins_in_scratch {
        scratch.copy_from_slice(keys);
    }
    let (mut from, mut to) = if begins_in_scratch { (scratch, keys) } else { (keys, scratch) };
    from.chunks_mut(BLOCK).for_each(insert_all);
    for run in runs() {
        for (pair, out) in from.chunks(2 * run).zip(to.chunks_mut(2 * run)) {
            let (left, right) = pair.split_at(run.min(pair.len()));
            merge_serially(left, right, out);
        }
        std::mem::swap(&mut from, &mut to);
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
        sort_serially(keys, scratch, swaps_arrays);
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
