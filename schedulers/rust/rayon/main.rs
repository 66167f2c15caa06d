//! rayon: the cell of Rayon, work stealing in Rust, as its documentation recommends: one ThreadPool
//! entered by `install`, `join` for two branches, `scope` for tasks. The W workers are the threads of
//! the pool; the thread that calls sleeps until the root is done, so W run. The wake-ups at both ends of
//! a run are timed.
//!
//! Wins where a fork does little: a job lies on the stack of its join and nothing is allocated. Loses
//! what a spawned task costs: a box each.

use cell::process::CpuSet;
use cell::protocol::Failure;
use cell::table::{entry, Config, Entry, Kernel, Problem, Runtime, Table};
use cell::vocabulary::Worker;
use cell::workloads::{
    fib, integrate, matmul::Matmul, mergesort::Mergesort, noop_batch, nqueens, skynet, strassen::Strassen,
    tree_sum::TreeSum, uts,
};
use rayon::ThreadPool;

/// Stack of a worker; only what is touched occupies memory. Trees of 1,572 levels need some MiB.
const STACK_BYTES: usize = 64 << 20;

struct Rayon {
    pool: ThreadPool,
}

impl Runtime for Rayon {
    const NAME: &'static str = "rayon";
    const SUMMARY: &'static str = "Rayon 1.6 (Rust): work stealing, forks on the native stack";

    fn start(config: &Config) -> Result<Rayon, Failure> {
        let cpus = config.cpus.clone();
        let pin = move |index: usize| {
            if let Some(cpu) = cpus.get(index) {
                if let Err(failure) = CpuSet::of(&[*cpu]).restrict_this_thread() {
                    eprintln!("rayon: worker {index} is not pinned: {}", failure.what);
                }
            }
        };
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(config.workers)
            .stack_size(STACK_BYTES)
            .start_handler(pin)
            .build()
            .map_err(|error| Failure::new("usage", error.to_string()).remedy("Use fewer --workers"))?;
        Ok(Rayon { pool })
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
}

/// `kernel!(problem, |input| body)`: how the pool runs a problem.
macro_rules! kernel {
    ($problem:ty, |$input:ident| $body:expr) => {
        impl Kernel<$problem> for Rayon {
            fn run(&self, $input: &mut <$problem as Problem>::Input) -> <$problem as Problem>::Answer {
                self.pool.install(|| $body)
            }
        }
    };
}

kernel!(fib::Fib, |n| fib::fib_of(Branch, *n as u64));
kernel!(integrate::Integrate, |input| integrate::whole_area(Branch, input.n));
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
