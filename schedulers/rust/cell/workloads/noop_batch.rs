//! workloads/noop_batch.hpp

use crate::digest::fold;
use crate::table::{About, Problem};

/// The body of every task: a real call.
#[inline(never)]
pub fn touch(runs: &mut u8) {
    *runs = runs.wrapping_add(1);
}

pub struct NoopBatch;

impl Problem for NoopBatch {
    const ABOUT: About = About {
        name: "noop_batch",
        summary: "n empty tasks, then quiescence: a task's own cost",
        source: "spawn-and-wait loop of task pools; claim C2",
        operation: "task",
        parameter: "tasks",
        sizes: &[("small", 1000), ("medium", 100_000), ("large", 1_000_000)],
        n_min: 1,
        n_max: 1 << 24,
    };
    /// How often task i has run.
    type Input = Vec<u8>;
    type Answer = ();

    fn prepare(n: i64, _seed: u64) -> Vec<u8> {
        vec![0; n as usize]
    }
    fn reset(runs: &mut Vec<u8>) {
        runs.fill(0);
    }
    fn digest(runs: &Vec<u8>, _answer: &()) -> u64 {
        let once = runs.iter().filter(|times| **times == 1).count();
        fold(fold(0, once as u64), (runs.len() - once) as u64)
    }
    fn expected(runs: &Vec<u8>) -> u64 {
        fold(fold(0, runs.len() as u64), 0)
    }
    fn operations(runs: &Vec<u8>) -> u64 {
        runs.len() as u64
    }
    fn footprint_bytes(n: i64) -> i64 {
        n
    }
}
