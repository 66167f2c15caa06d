//! What a cell offers, with the types erased: one entry per workload. The only place where a kernel
//! meets a virtual call, once per turn.

use std::time::Instant;

use crate::digest::fold_check;
use crate::protocol::{Failure, Ready, Turn};

/// What a runtime is started from.
#[derive(Clone)]
pub struct Config {
    /// Running threads, the one that calls included.
    pub workers: usize,
    pub seed: u64,
    /// Worker i runs on cpus[i]; empty = not pinned.
    pub cpus: Vec<i32>,
}

/// A scheduler under test. Dropping it stops its threads.
pub trait Runtime: Sized + 'static {
    /// The name of the cell.
    const NAME: &'static str;
    const SUMMARY: &'static str;
    fn start(config: &Config) -> Result<Self, Failure>;
}

/// What a workload says about itself; the words are those of the C++ workload.
pub struct About {
    pub name: &'static str,
    pub summary: &'static str,
    pub source: &'static str,
    pub operation: &'static str,
    pub parameter: &'static str,
    pub sizes: &'static [(&'static str, i64)],
    pub n_min: i64,
    pub n_max: i64,
}

pub type Notes = Vec<(&'static str, i64)>;

/// A workload without its kernel: workloads/workload.hpp in Rust.
pub trait Problem: 'static {
    const ABOUT: About;
    type Input;
    type Answer;
    fn prepare(n: i64, seed: u64) -> Self::Input;
    /// Puts the input back to its first state; not timed.
    fn reset(_input: &mut Self::Input) {}
    fn digest(input: &Self::Input, answer: &Self::Answer) -> u64;
    /// The digest of the right answer, by independent code.
    fn expected(input: &Self::Input) -> u64;
    fn operations(input: &Self::Input) -> u64;
    /// What prepare(n, seed) will occupy.
    fn footprint_bytes(_n: i64) -> i64 {
        std::mem::size_of::<Self::Input>() as i64
    }
    fn notes(_input: &Self::Input) -> Notes {
        Vec::new()
    }
}

/// The kernel of problem P under the runtime.
pub trait Kernel<P: Problem>: Runtime {
    fn run(&self, input: &mut P::Input) -> P::Answer;
}

/// Told of each run, right outside of what is timed.
pub trait Watch {
    fn begin(&mut self);
    fn end(&mut self);
}

/// A workload with its input and a running scheduler.
pub trait Prepared {
    fn ready(&self) -> Ready;
    /// Runs `iterations` times, each after an untimed reset.
    fn turn(&mut self, iterations: i64, watch: Option<&mut dyn Watch>) -> Turn;
}

struct TypedCell<P: Problem, R> {
    runtime: R,
    input: P::Input,
    footprint_bytes: i64,
}

impl<P: Problem, R: Kernel<P>> Prepared for TypedCell<P, R> {
    fn ready(&self) -> Ready {
        Ready {
            expected: P::expected(&self.input),
            ops: P::operations(&self.input) as i64,
            bytes: self.footprint_bytes,
            notes: P::notes(&self.input),
        }
    }

    fn turn(&mut self, iterations: i64, mut watch: Option<&mut dyn Watch>) -> Turn {
        let mut turn = Turn::default();
        for _ in 0..iterations {
            P::reset(&mut self.input);
            if let Some(watch) = &mut watch {
                watch.begin();
            }
            let start = Instant::now();
            let answer = self.runtime.run(&mut self.input);
            turn.ns += start.elapsed().as_nanos() as i64;
            if let Some(watch) = &mut watch {
                watch.end();
            }
            turn.check = fold_check(turn.check, P::digest(&self.input, &answer));
        }
        turn.iterations = iterations;
        turn.ops = P::operations(&self.input) as i64 * iterations;
        turn
    }
}

pub struct Entry {
    pub about: About,
    /// Bytes that prepare(n) will occupy at least.
    pub estimate: fn(i64) -> i64,
    /// Builds the input and starts the scheduler.
    pub prepare: fn(i64, &Config) -> Result<Box<dyn Prepared>, Failure>,
}

/// The entry of problem P under runtime R.
pub fn entry<P: Problem, R: Kernel<P>>() -> Entry {
    Entry {
        about: P::ABOUT,
        estimate: P::footprint_bytes,
        prepare: |n, config| {
            Ok(Box::new(TypedCell::<P, R> {
                input: P::prepare(n, config.seed),
                runtime: R::start(config)?,
                footprint_bytes: P::footprint_bytes(n),
            }))
        },
    }
}

pub struct Table {
    pub scheduler: &'static str,
    pub summary: &'static str,
    pub entries: Vec<Entry>,
}

impl Table {
    pub fn of<R: Runtime>(entries: Vec<Entry>) -> Table {
        Table { scheduler: R::NAME, summary: R::SUMMARY, entries }
    }
}
