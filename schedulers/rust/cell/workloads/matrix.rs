//! workloads/matrix.hpp: square matrices in blocks of 32 x 32, and the base kernel of matmul and
//! strassen, in the same vector instructions.

use std::arch::x86_64::{_mm256_add_pd, _mm256_load_pd, _mm256_mul_pd, _mm256_set1_pd, _mm256_store_pd};

use crate::digest::{dot, integer_of, odd_weights, Rng};

pub const BLOCK: usize = 32;
const TILE_ROWS: usize = 4;
const LANES: usize = 4;

const ROW_WEIGHTS: u64 = 101; // streams of the seed
const COLUMN_WEIGHTS: u64 = 102;

/// Row by row.
#[repr(C, align(64))]
#[derive(Clone)]
pub struct Block {
    pub values: [f64; BLOCK * BLOCK],
}

impl Block {
    pub const ZERO: Block = Block { values: [0.0; BLOCK * BLOCK] };
}

/// A window on a matrix; a reference, not a copy. Distances are in blocks. Whoever follows one promises
/// that no other branch writes the block meanwhile.
#[derive(Clone, Copy)]
pub struct Grid {
    pub first: *mut Block,
    pub stride: usize,
}

// SAFETY: a place, not a permission; see above.
unsafe impl Send for Grid {}
unsafe impl Sync for Grid {}

impl Grid {
    /// # Safety
    /// The block lies in the matrix.
    #[inline(always)]
    pub unsafe fn at(&self, row: usize, column: usize) -> *mut Block {
        self.first.add(row * self.stride + column)
    }

    /// # Safety
    /// As at().
    #[inline(always)]
    pub unsafe fn from(&self, row: usize, column: usize) -> Grid {
        Grid { first: self.at(row, column), stride: self.stride }
    }
}

/// The number of blocks that cover n rows.
pub fn blocks_for(n: i64) -> usize {
    (n as usize + BLOCK - 1) / BLOCK
}

/// What a matrix of `side` blocks occupies.
pub fn bytes_of(side: usize) -> i64 {
    (side * side * std::mem::size_of::<Block>()) as i64
}

pub struct Matrix {
    side: usize,
    pub blocks: Vec<Block>,
}

impl Matrix {
    /// All zeros. `side` is in blocks.
    pub fn new(side: usize) -> Matrix {
        Matrix { side, blocks: vec![Block::ZERO; side * side] }
    }
    pub fn side(&self) -> usize {
        self.side
    }
    /// In elements, padding included.
    pub fn rows(&self) -> usize {
        self.side * BLOCK
    }
    pub fn grid(&mut self) -> Grid {
        Grid { first: self.blocks.as_mut_ptr(), stride: self.side }
    }
    pub fn clear(&mut self) {
        self.blocks.fill(Block::ZERO);
    }
    fn place(&self, row: usize, column: usize) -> (usize, usize) {
        let block = row / BLOCK * self.side + column / BLOCK;
        (block, row % BLOCK * BLOCK + column % BLOCK)
    }
    pub fn at(&self, row: usize, column: usize) -> f64 {
        let (block, value) = self.place(row, column);
        self.blocks[block].values[value]
    }
    pub fn at_mut(&mut self, row: usize, column: usize) -> &mut f64 {
        let (block, value) = self.place(row, column);
        &mut self.blocks[block].values[value]
    }

    /// Draws the first n rows and columns from [-8, 8), row by row; the padding stays as it is.
    pub fn fill(&mut self, n: usize, seed: u64, stream: u64) {
        let mut rng = Rng::stream(seed, stream);
        for row in 0..n {
            for column in 0..n {
                *self.at_mut(row, column) = f64::from(rng.below(16)) - 8.0;
            }
        }
    }

    /// The products of every row with the vector.
    fn times(&self, vector: &[u64]) -> Vec<u64> {
        let row_times = |row| {
            vector.iter().enumerate().fold(0u64, |sum, (column, weight)| {
                sum.wrapping_add(integer_of(self.at(row, column)).wrapping_mul(*weight))
            })
        };
        (0..self.rows()).map(row_times).collect()
    }

    /// The weighted sum of all elements, padding included. O(n^2).
    pub fn weigh(&self, seed: u64) -> u64 {
        let columns = odd_weights(self.rows(), seed, COLUMN_WEIGHTS);
        dot(&odd_weights(self.rows(), seed, ROW_WEIGHTS), &self.times(&columns))
    }
}

/// The weighted sum of a * b, from two products of a matrix and a vector (Freivalds). O(n^2).
pub fn weigh_product(a: &Matrix, b: &Matrix, seed: u64) -> u64 {
    let columns = odd_weights(b.rows(), seed, COLUMN_WEIGHTS);
    dot(&odd_weights(a.rows(), seed, ROW_WEIGHTS), &a.times(&b.times(&columns)))
}

/// Rows [row, row + 4) and columns [column, column + 8) of c += a * b.
///
/// # Safety
/// The blocks are whole, c is neither a nor b, and row and column leave room for the tile.
#[inline(always)]
unsafe fn multiply_add_tile(c: *mut f64, a: *const f64, b: *const f64, row: usize, column: usize) {
    let to = c.add(row * BLOCK + column);
    let mut left = [_mm256_set1_pd(0.0); TILE_ROWS];
    let mut right = left;
    for i in 0..TILE_ROWS {
        left[i] = _mm256_load_pd(to.add(i * BLOCK));
        right[i] = _mm256_load_pd(to.add(i * BLOCK + LANES));
    }
    for k in 0..BLOCK {
        let b_left = _mm256_load_pd(b.add(k * BLOCK + column));
        let b_right = _mm256_load_pd(b.add(k * BLOCK + column + LANES));
        for i in 0..TILE_ROWS {
            let factor = _mm256_set1_pd(*a.add((row + i) * BLOCK + k));
            left[i] = _mm256_add_pd(left[i], _mm256_mul_pd(factor, b_left));
            right[i] = _mm256_add_pd(right[i], _mm256_mul_pd(factor, b_right));
        }
    }
    for i in 0..TILE_ROWS {
        _mm256_store_pd(to.add(i * BLOCK), left[i]);
        _mm256_store_pd(to.add(i * BLOCK + LANES), right[i]);
    }
}

/// c += a * b: 32,768 multiplications, as many additions.
///
/// # Safety
/// The blocks exist, c is neither a nor b, and nobody else writes any of them meanwhile.
#[inline(never)]
pub unsafe fn multiply_add(c: *mut Block, a: *const Block, b: *const Block) {
    for row in (0..BLOCK).step_by(TILE_ROWS) {
        for column in (0..BLOCK).step_by(2 * LANES) {
            multiply_add_tile(c.cast(), a.cast(), b.cast(), row, column);
        }
    }
}
