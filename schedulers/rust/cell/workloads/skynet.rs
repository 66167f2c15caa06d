//! workloads/skynet.hpp

use crate::digest::fold;
use crate::table::{About, Notes, Problem};
use crate::vocabulary::Worker;

pub const BRANCHES: i64 = 10;

/// The sum of the ordinals of the `leaves` leaves that begin at `first`. Requires a power of ten.
#[inline(never)]
pub fn sum_of<W: Worker>(worker: W, first: i64, leaves: i64) -> u64 {
    if leaves == 1 {
        return first as u64;
    }
    let below = leaves / BRANCHES;
    let mut sums = [0u64; BRANCHES as usize];
    worker.for_slots(0, &mut sums, &|w, i, sum: &mut u64| {
        *sum = sum_of(w, first + i * below, below);
    });
    sums.iter().sum()
}

pub struct Skynet;

impl Problem for Skynet {
    const ABOUT: About = About {
        name: "skynet",
        summary: "a tree of ten-way forks that do nothing else",
        source: "atemerev/skynet, 2016; sum in closed form",
        operation: "node",
        parameter: "leaves",
        sizes: &[("small", 100_000), ("medium", 10_000_000), ("large", 100_000_000)],
        n_min: 1,
        n_max: 1_000_000_000,
    };
    /// The number of leaves, a power of ten.
    type Input = i64;
    type Answer = u64;

    fn prepare(n: i64, _seed: u64) -> i64 {
        let mut leaves = 1;
        while leaves <= n / BRANCHES {
            leaves *= BRANCHES;
        }
        leaves
    }
    fn digest(_leaves: &i64, answer: &u64) -> u64 {
        fold(0, *answer)
    }
    fn expected(leaves: &i64) -> u64 {
        let leaves = *leaves as u64;
        fold(0, leaves * (leaves - 1) / 2)
    }
    fn operations(leaves: &i64) -> u64 {
        ((leaves * BRANCHES - 1) / (BRANCHES - 1)) as u64
    }
    fn notes(leaves: &i64) -> Notes {
        vec![("leaves", *leaves)]
    }
}
