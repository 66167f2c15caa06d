//! The vocabulary of fork-join kernels, as core/task/fork_join.hpp has it: a fork of two branches, and
//! what follows from it.

/// Where a branch runs. By value, so that an empty one costs nothing.
pub trait Worker: Copy + Send + Sync {
    /// Runs both branches, possibly at the same time, and returns what they returned.
    fn join<A: Send, B: Send>(
        self,
        first: impl FnOnce(Self) -> A + Send,
        second: impl FnOnce(Self) -> B + Send,
    ) -> (A, B);
}

/// The serial elision: a fork is two calls. For tests.
#[derive(Clone, Copy)]
pub struct Serial;

impl Worker for Serial {
    fn join<A: Send, B: Send>(
        self,
        first: impl FnOnce(Self) -> A + Send,
        second: impl FnOnce(Self) -> B + Send,
    ) -> (A, B) {
        (first(self), second(self))
    }
}

/// `body(worker, i)` for every i in [begin, end), in halves down to one.
pub fn for_range<W: Worker>(worker: W, begin: i64, end: i64, body: &(impl Fn(W, i64) + Sync)) {
    if end - begin <= 1 {
        for i in begin..end {
            body(worker, i);
        }
        return;
    }
    let middle = begin + (end - begin) / 2;
    worker.join(|w| for_range(w, begin, middle, body), |w| for_range(w, middle, end, body));
}

/// `body(worker, i, &mut slots[i - begin])` for i from `begin` on, in halves down to one slot.
pub fn for_slots<W: Worker, T: Send>(
    worker: W,
    begin: i64,
    slots: &mut [T],
    body: &(impl Fn(W, i64, &mut T) + Sync),
) {
    if slots.len() <= 1 {
        for slot in slots {
            body(worker, begin, slot);
        }
        return;
    }
    let half = slots.len() / 2;
    let (lower, upper) = slots.split_at_mut(half);
    worker.join(|w| for_slots(w, begin, lower, body), |w| for_slots(w, begin + half as i64, upper, body));
}

/// Stands between a recursive call and the return of its value. Without it LLVM turns a call in tail
/// position into a jump, which the C++ cells forbid (-fno-optimize-sibling-calls); rustc has no such
/// switch. Not an instruction.
#[inline(always)]
pub fn stay_a_call<T>(value: T) -> T {
    // SAFETY: the assembly is empty.
    unsafe { core::arch::asm!("", options(nomem, nostack, preserves_flags)) };
    value
}
