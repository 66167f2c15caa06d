//! rayon: the cell of Rayon, work stealing in Rust, as its documentation recommends: one ThreadPool
//! entered by `install`, `join` for two branches, parallel iterators for loops, `scope` for tasks. The W workers are the threads of
//! the pool; the thread that calls sleeps until the root is done, so W run. The wake-ups at both ends of
//! a run are timed.
//!
//! Wins where a fork does little: a job lies on the stack of its join and nothing is allocated. Loses
//! what a spawned task costs: a box each.

use std::thread::JoinHandle;

use cell::process::CpuSet;
use cell::protocol::Failure;
use cell::table::{entry, Config, Entry, Kernel, Problem, Runtime, Table};
use cell::vocabulary::Worker;
use cell::workloads::{
    fib, integrate, knapsack::Knapsack, matmul::Matmul, mergesort::Mergesort, noop_batch, nqueens, skynet,
    strassen::Strassen, tree_sum::TreeSum, uts,
};
use rayon::prelude::*;
use rayon::ThreadPool;

/// Stack of a worker; only what is touched occupies memory. Trees of 1,572 levels need some MiB.
const STACK_BYTES: usize = 64 << 20;

/// Dropping a pool only tells its threads to end; this waits for them.
struct Rayon {
    pool: Option<ThreadPool>,
    threads: Vec<JoinHandle<()>>,
}

impl Drop for Rayon {
    fn drop(&mut self) {
        self.pool = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join(); // a panic was reported by who caused it
        }
    }
}

/// The body of a worker: pinned, if its place is known.
fn work(worker: rayon::ThreadBuilder, cpu: Option<i32>) {
    if let Some(Err(failure)) = cpu.map(|cpu| CpuSet::of(&[cpu]).restrict_this_thread()) {
        eprintln!("rayon: worker {} is not pinned: {}", worker.index(), failure.what);
    }
    worker.run();
}

impl Runtime for Rayon {
    const NAME: &'static str = "rayon";
    const SUMMARY: &'static str = "Rayon 1.6 (Rust): work stealing, forks on the native stack";

    fn start(config: &Config) -> Result<Rayon, Failure> {
        let mut threads = Vec::new();
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(config.workers)
            .spawn_handler(|worker| {
                let cpu = config.cpus.get(worker.index()).copied();
                let thread = std::thread::Builder::new()
                    .name(format!("rayon {}", worker.index()))
                    .stack_size(STACK_BYTES)
                    .spawn(move || work(worker, cpu))?;
                threads.push(thread);
                Ok(())
            })
            .build()
            .map_err(|error| Failure::new("usage", error.to_string()).remedy("Use fewer --workers"))?;
        Ok(Rayon { pool: Some(pool), threads })
    }
}

impl Rayon {
    fn pool(&self) -> &ThreadPool {
        self.pool.as_ref().expect("a pool until the drop")
    }
}

/// A branch on the pool's threads.
#[derive(Clone, Copy)]
struct Branch;

impl Worker for Branch {
    #[inline(always)]
    fn join<A: Send, B: Send>(
        self,
        first: impl FnOnce(Branch) -> A + Send,
        second: impl FnOnce(Branch) -> B + Send,
    ) -> (A, B) {
        rayon::join(|| first(Branch), || second(Branch))
    }

    fn for_range(self, begin: i64, end: i64, body: &(impl Fn(Branch, i64) + Sync)) {
        (begin..end).into_par_iter().for_each(|i| body(Branch, i));
    }

    fn for_slots<T: Send>(self, begin: i64, slots: &mut [T], body: &(impl Fn(Branch, i64, &mut T) + Sync)) {
        let numbered = slots.par_iter_mut().enumerate();
        numbered.for_each(|(i, slot)| body(Branch, begin + i as i64, slot));
    }
}

/// `kernel!(problem, |input| body)`: how the pool runs a problem.
macro_rules! kernel {
    ($problem:ty, |$input:ident| $body:expr) => {
        impl Kernel<$problem> for Rayon {
            fn run(&self, $input: &mut <$problem as Problem>::Input) -> <$problem as Problem>::Answer {
                self.pool().install(|| $body)
            }
        }
    };
}

kernel!(fib::Fib, |n| fib::fib_of(Branch, *n as u64));
kernel!(integrate::Integrate, |input| integrate::whole_area(Branch, input.n));
kernel!(Knapsack, |input| input.search(Branch));
kernel!(Matmul, |input| input.multiply(Branch));
kernel!(Mergesort, |input| input.sort(Branch));
kernel!(nqueens::NQueens, |input| nqueens::solutions(Branch, input.n));
kernel!(skynet::Skynet, |leaves| skynet::sum_of(Branch, 0, *leaves));
kernel!(Strassen, |input| input.multiply(Branch));
kernel!(TreeSum, |input| input.sum(Branch));
kernel!(uts::Uts, |sample| uts::count(Branch, &sample.tree));
kernel!(noop_batch::NoopBatch, |runs| {
    rayon::scope(|scope| {
        for slot in runs.iter_mut() {
            scope.spawn(move |_| noop_batch::touch(slot));
        }
    })
});

fn workloads() -> Vec<Entry> {
    vec![
        entry::<fib::Fib, Rayon>(),
        entry::<integrate::Integrate, Rayon>(),
        entry::<Knapsack, Rayon>(),
        entry::<Matmul, Rayon>(),
        entry::<Mergesort, Rayon>(),
        entry::<noop_batch::NoopBatch, Rayon>(),
        entry::<nqueens::NQueens, Rayon>(),
        entry::<skynet::Skynet, Rayon>(),
        entry::<Strassen, Rayon>(),
        entry::<TreeSum, Rayon>(),
        entry::<uts::Uts, Rayon>(),
    ]
}

fn main() {
    std::process::exit(cell::serve::serve(Table::of::<Rayon>(workloads())));
}
