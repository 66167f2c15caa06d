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

    /// `body(worker, i)` for every i in [begin, end): in halves down to one, where the runtime has no loops.
    fn for_range(self, begin: i64, end: i64, body: &(impl Fn(Self, i64) + Sync)) {
        if end - begin <= 1 {
            for i in begin..end {
                body(self, i);
            }
            return;
        }
        let middle = begin + (end - begin) / 2;
        self.join(|w| w.for_range(begin, middle, body), |w| w.for_range(middle, end, body));
    }

    /// `body(worker, i, &mut slots[i - begin])` for i from `begin` on: as `for_range`.
    fn for_slots<T: Send>(self, begin: i64, slots: &mut [T], body: &(impl Fn(Self, i64, &mut T) + Sync)) {
        if slots.len() <= 1 {
            for slot in slots {
                body(self, begin, slot);
            }
            return;
        }
        let half = slots.len() / 2;
        let (lower, upper) = slots.split_at_mut(half);
        self.join(|w| w.for_slots(begin, lower, body), |w| w.for_slots(begin + half as i64, upper, body));
    }
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

/// Stands between a recursive call and the return of its value. Without it LLVM turns a call in tail
/// position into a jump, which the C++ cells forbid (-fno-optimize-sibling-calls); rustc has no such
/// switch. Not an instruction.
#[inline(always)]
pub fn stay_a_call<T>(value: T) -> T {
    // SAFETY: the assembly is empty.
    unsafe { core::arch::asm!("", options(nomem, nostack, preserves_flags)) };
    value
}
