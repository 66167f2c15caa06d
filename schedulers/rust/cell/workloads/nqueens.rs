//! workloads/nqueens.hpp

use crate::digest::fold;
use crate::table::{About, Problem};
use crate::vocabulary::{stay_a_call, Worker};

/// A bit per column of the row to be filled next: which have no queen yet, and which the queens above
/// attack along the two diagonals.
#[derive(Clone, Copy)]
pub struct Board {
    pub free: u32,
    pub falling: u32,
    pub rising: u32,
}

impl Board {
    pub fn empty(n: i64) -> Board {
        Board { free: (1 << n) - 1, falling: 0, rising: 0 }
    }
    #[inline(always)]
    pub fn is_full(self) -> bool {
        self.free == 0
    }
    #[inline(always)]
    pub fn legal(self) -> u32 {
        self.free & !(self.falling | self.rising)
    }
    #[inline(always)]
    pub fn with(self, queen: u32) -> Board {
        Board {
            free: self.free ^ queen,
            falling: (self.falling | queen) >> 1,
            rising: (self.rising | queen) << 1,
        }
    }
}

/// The part of `set` below the middle between its lowest and its highest bit. Requires two bits or more.
#[inline(always)]
pub fn lower_half(set: u32) -> u32 {
    let middle = (set.trailing_zeros() + 32 - set.leading_zeros()) / 2;
    set & ((1 << middle) - 1)
}

/// Solutions below the board with the next queen on one of the columns of `choices` (not empty).
#[inline(never)]
pub fn count_over<W: Worker>(worker: W, free: u32, falling: u32, rising: u32, choices: u32) -> u64 {
    if choices.is_power_of_two() {
        let board = Board { free, falling, rising };
        let next = board.with(choices);
        if next.is_full() {
            return 1;
        }
        let legal = next.legal();
        if legal == 0 {
            return 0;
        }
        return stay_a_call(count_over(worker, next.free, next.falling, next.rising, legal));
    }
    let lower = lower_half(choices);
    let upper = choices ^ lower;
    let (below, above) = worker.join(
        |w| count_over(w, free, falling, rising, lower),
        |w| count_over(w, free, falling, rising, upper),
    );
    below + above
}

/// Queens placed when the first stands in `column`, itself included; by a stack of columns to try.
fn placements_below(n: i64, column: i64) -> u64 {
    let mut placed = 1;
    let first = Board::empty(n).with(1 << column);
    let mut rows = vec![(first, first.legal())];
    while let Some((board, untried)) = rows.pop() {
        if untried == 0 {
            continue;
        }
        rows.push((board, untried & (untried - 1)));
        let next = board.with(untried & untried.wrapping_neg());
        rows.push((next, next.legal()));
        placed += 1;
    }
    placed
}

/// Queens placed by the whole search: half of the first row, for the board is its own mirror image.
fn count_placements(n: i64) -> u64 {
    let half: u64 = (0..n / 2).map(|column| placements_below(n, column)).sum();
    2 * half + if n % 2 == 1 { placements_below(n, n / 2) } else { 0 }
}

/// OEIS A000170, n = 1..15.
const SOLUTIONS: [u64; 15] = [1, 0, 0, 2, 10, 4, 40, 92, 352, 724, 2680, 14200, 73712, 365_596, 2_279_184];

pub struct Input {
    pub n: i64,
    placements: u64,
}

pub struct NQueens;

impl Problem for NQueens {
    const ABOUT: About = About {
        name: "nqueens",
        summary: "backtracking: an irregular tree of forks",
        source: "Duran et al., BOTS, ICPP 2009; OEIS A000170",
        operation: "node",
        parameter: "n",
        sizes: &[("small", 8), ("medium", 11), ("large", 13)],
        n_min: 1,
        n_max: SOLUTIONS.len() as i64,
    };
    type Input = Input;
    type Answer = u64;

    fn prepare(n: i64, _seed: u64) -> Input {
        Input { n, placements: count_placements(n) }
    }
    fn digest(_input: &Input, answer: &u64) -> u64 {
        fold(0, *answer)
    }
    fn expected(input: &Input) -> u64 {
        fold(0, SOLUTIONS[input.n as usize - 1])
    }
    fn operations(input: &Input) -> u64 {
        input.placements
    }
}

/// Solutions on an n x n board.
pub fn solutions<W: Worker>(worker: W, n: i64) -> u64 {
    let empty = Board::empty(n);
    count_over(worker, empty.free, empty.falling, empty.rising, empty.legal())
}
