//! tokio: the cell of Tokio's multi-threaded runtime, made for input and output and asked here to
//! compute. The root is spawned and the thread that calls sleeps in `block_on` until it is done, so the
//! W worker threads are those that run. A fork spawns its second branch and awaits its first, as tasks
//! that await each other's handles; a recursion needs a box for each call besides (`kernels.rs`). It has
//! not the workloads whose branches work in place on parts of one array: matmul, mergesort, strassen.
//!
//! Wins where tasks wait for something. Loses here: a fork is a task on the heap, a reference count, a
//! state machine with a waker, and a queue for everybody.

mod kernels;

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};

use cell::process::CpuSet;
use cell::protocol::Failure;
use cell::table::{entry, Config, Entry, Kernel, Problem, Runtime, Table};
use cell::workloads::{
    fib::Fib, integrate::Integrate, knapsack::Knapsack, noop_batch::NoopBatch, nqueens::NQueens,
    skynet::Skynet, tree_sum::TreeSum, uts::Uts,
};

use kernels::Shared;

/// Stack of a worker; only what is touched occupies memory. Awaiting the first branch is a call.
const STACK_BYTES: usize = 64 << 20;

struct Tokio {
    runtime: tokio::runtime::Runtime,
}

impl Runtime for Tokio {
    const NAME: &'static str = "tokio";
    const SUMMARY: &'static str = "Tokio 1.24 (Rust): an asynchronous runtime, a fork is spawn and await";

    fn start(config: &Config) -> Result<Tokio, Failure> {
        let cpus = config.cpus.clone();
        let started = AtomicUsize::new(0);
        // Every thread that starts is a worker: no kernel asks for a blocking one.
        let pin = move || {
            // relaxed: numbers the threads, publishes nothing.
            let index = started.fetch_add(1, Ordering::Relaxed);
            if let Some(cpu) = cpus.get(index) {
                if let Err(failure) = CpuSet::of(&[*cpu]).restrict_this_thread() {
                    eprintln!("tokio: worker {index} is not pinned: {}", failure.what);
                }
            }
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(config.workers)
            .thread_stack_size(STACK_BYTES)
            .on_thread_start(pin)
            .build()
            .map_err(|error| Failure::new("usage", error.to_string()).remedy("Use fewer --workers"))?;
        Ok(Tokio { runtime })
    }
}

impl Tokio {
    /// Runs `root` on the workers and waits for it.
    fn run_root<T: Send + 'static>(&self, root: impl Future<Output = T> + Send + 'static) -> T {
        let root = self.runtime.spawn(root);
        self.runtime.block_on(root).expect("a panic ends the process")
    }
}

/// `kernel!(problem, |input| future)`: how the runtime runs a problem.
macro_rules! kernel {
    ($problem:ty, |$input:ident| $future:expr) => {
        impl Kernel<$problem> for Tokio {
            fn run(&self, $input: &mut <$problem as Problem>::Input) -> <$problem as Problem>::Answer {
                self.run_root($future)
            }
        }
    };
}

kernel!(Fib, |n| kernels::fib_of(*n as u64));
kernel!(Integrate, |input| kernels::whole_area(input.n));
kernel!(NQueens, |input| kernels::solutions(input.n));
kernel!(Skynet, |leaves| kernels::sum_of(0, *leaves));
// SAFETY of the four: run_root returns when all tasks have, and `input` is borrowed until then.
kernel!(Knapsack, |input| unsafe {
    kernels::search(Shared::new(&input.items[..]), input.room, 0, input.threshold)
});
kernel!(TreeSum, |input| unsafe { kernels::tree_sum(Shared::new(&input.nodes[0])) });
kernel!(Uts, |sample| unsafe { kernels::count(Shared::new(&sample.tree)) });
kernel!(NoopBatch, |runs| unsafe { kernels::noop_batch(runs) });

fn workloads() -> Vec<Entry> {
    vec![
        entry::<Fib, Tokio>(),
        entry::<Integrate, Tokio>(),
        entry::<Knapsack, Tokio>(),
        entry::<NoopBatch, Tokio>(),
        entry::<NQueens, Tokio>(),
        entry::<Skynet, Tokio>(),
        entry::<TreeSum, Tokio>(),
        entry::<Uts, Tokio>(),
    ]
}

fn main() {
    // A task that outlives a panic elsewhere would read an input that is gone.
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        report(panic);
        std::process::abort();
    }));
    std::process::exit(cell::serve::serve(Table::of::<Tokio>(workloads())));
}
