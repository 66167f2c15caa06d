//! workloads/fib.hpp

use crate::digest::fold;
use crate::table::{About, Problem};
use crate::vocabulary::Worker;

#[inline(never)]
pub fn fib_of<W: Worker>(worker: W, n: u64) -> u64 {
    if n < 2 {
        return n;
    }
    let (a, b) = worker.join(|w| fib_of(w, n - 1), |w| fib_of(w, n - 2));
    a + b
}

/// The same number by a loop: the independent answer, and the count of joins of n - 1.
fn fib_by_loop(n: i64) -> u64 {
    (0..n).fold((0, 1), |(current, next), _| (next, current + next)).0
}

pub struct Fib;

impl Problem for Fib {
    const ABOUT: About = About {
        name: "fib",
        summary: "forks that do nothing but fork: the cost of a join",
        source: "Frigo, Leiserson, Randall, Cilk-5, PLDI 1998",
        operation: "join",
        parameter: "n",
        sizes: &[("small", 25), ("medium", 30), ("large", 35)],
        n_min: 2,
        n_max: 50,
    };
    type Input = i64;
    type Answer = u64;

    fn prepare(n: i64, _seed: u64) -> i64 {
        n
    }
    fn digest(_n: &i64, answer: &u64) -> u64 {
        fold(0, *answer)
    }
    fn expected(n: &i64) -> u64 {
        fold(0, fib_by_loop(*n))
    }
    fn operations(n: &i64) -> u64 {
        fib_by_loop(*n + 1) - 1
    }
}
