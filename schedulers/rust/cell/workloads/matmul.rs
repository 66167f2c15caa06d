//! workloads/matmul.hpp

use super::matrix::{self, blocks_for, bytes_of, Grid, Matrix, BLOCK};
use crate::digest::fold;
use crate::table::{About, Notes, Problem};
use crate::vocabulary::{stay_a_call, Worker};

/// Sides of a product in blocks: c has rows x columns, a rows x depth, b depth x columns; each >= 1.
#[derive(Clone, Copy)]
pub struct Sides {
    pub rows: usize,
    pub columns: usize,
    pub depth: usize,
}

/// c += a * b: the longest side is halved. Halves of rows or columns are forked, those of the depth
/// write the same part of c and follow one another.
///
/// # Safety
/// The windows lie in their matrices, c overlaps neither a nor b, and nobody else writes them meanwhile.
#[inline(never)]
pub unsafe fn multiply_add<W: Worker>(worker: W, c: Grid, a: Grid, b: Grid, sides: Sides) {
    let Sides { rows, columns, depth } = sides;
    let with_rows = |rows| Sides { rows, ..sides };
    let with_columns = |columns| Sides { columns, ..sides };
    let with_depth = |depth| Sides { depth, ..sides };
    if rows == 1 && columns == 1 && depth == 1 {
        matrix::multiply_add(c.first, a.first, b.first);
    } else if rows >= columns && rows >= depth {
        let half = rows / 2;
        worker.join(
            |w| multiply_add(w, c, a, b, with_rows(half)),
            |w| multiply_add(w, c.from(half, 0), a.from(half, 0), b, with_rows(rows - half)),
        );
    } else if columns >= depth {
        let half = columns / 2;
        worker.join(
            |w| multiply_add(w, c, a, b, with_columns(half)),
            |w| multiply_add(w, c.from(0, half), a, b.from(0, half), with_columns(columns - half)),
        );
    } else {
        let half = depth / 2;
        multiply_add(worker, c, a, b, with_depth(half));
        stay_a_call(multiply_add(worker, c, a.from(0, half), b.from(half, 0), with_depth(depth - half)));
    }
}

pub struct Input {
    pub a: Matrix,
    pub b: Matrix,
    pub c: Matrix,
    seed: u64,
}

impl Input {
    pub fn multiply<W: Worker>(&mut self, worker: W) {
        let side = self.c.side();
        let sides = Sides { rows: side, columns: side, depth: side };
        // SAFETY: three matrices of `side` blocks, borrowed for the call.
        unsafe { multiply_add(worker, self.c.grid(), self.a.grid(), self.b.grid(), sides) }
    }
}

pub struct Matmul;

impl Problem for Matmul {
    const ABOUT: About = About {
        name: "matmul",
        summary: "divide and conquer with leaves of microseconds",
        source: "Frigo, Leiserson, Prokop, Ramachandran, FOCS 1999",
        operation: "block product",
        parameter: "side",
        sizes: &[("small", 256), ("medium", 768), ("large", 2048)],
        n_min: 1,
        n_max: 1 << 14,
    };
    type Input = Input;
    type Answer = ();

    fn prepare(n: i64, seed: u64) -> Input {
        let side = blocks_for(n);
        let mut input = Input { a: Matrix::new(side), b: Matrix::new(side), c: Matrix::new(side), seed };
        input.a.fill(n as usize, seed, 1);
        input.b.fill(n as usize, seed, 2);
        input
    }
    fn reset(input: &mut Input) {
        input.c.clear();
    }
    fn digest(input: &Input, _answer: &()) -> u64 {
        fold(0, input.c.weigh(input.seed))
    }
    fn expected(input: &Input) -> u64 {
        fold(0, matrix::weigh_product(&input.a, &input.b, input.seed))
    }
    fn operations(input: &Input) -> u64 {
        (input.c.side() as u64).pow(3)
    }
    fn footprint_bytes(n: i64) -> i64 {
        3 * bytes_of(blocks_for(n))
    }
    fn notes(input: &Input) -> Notes {
        vec![("padded_side", input.c.rows() as i64), ("multiply_adds_per_op", (BLOCK * BLOCK * BLOCK) as i64)]
    }
}
