//! workloads/strassen.hpp

use super::matmul::{self, Matmul, Sides};
use super::matrix::{self, blocks_for, bytes_of, Block, Grid, Matrix, BLOCK};
use crate::digest::fold;
use crate::table::{About, Notes, Problem};
use crate::vocabulary::Worker;

const CUTOFF: usize = 2; // blocks
const LEVELS: u32 = 3;
const PRODUCTS: usize = 7;
const TEMPORARIES: usize = 13;

/// A factor of a product: a quadrant, or the sum of two, the second with a sign, formed in a temporary.
/// Quadrants: 0 and 1 above, 2 and 3 below.
enum Factor {
    Quadrant(usize),
    Sum { first: usize, second: usize, sign: f64, slot: usize },
}

/// Where a product goes.
enum Place {
    Quadrant(usize),
    Temporary(usize),
}

struct Product {
    a: Factor,
    b: Factor,
    to: Place,
}

const fn sum(first: usize, second: usize, sign: f64, slot: usize) -> Factor {
    Factor::Sum { first, second, sign, slot }
}

const fn product(a: Factor, b: Factor, to: Place) -> Product {
    Product { a, b, to }
}

const TABLE: [Product; PRODUCTS] = [
    // M1 = (A11 + A22) (B11 + B22)
    product(sum(0, 3, 1.0, 0), sum(0, 3, 1.0, 1), Place::Temporary(10)),
    // M2 = (A21 + A22) B11, in C21
    product(sum(2, 3, 1.0, 2), Factor::Quadrant(0), Place::Quadrant(2)),
    // M3 = A11 (B12 - B22), in C12
    product(Factor::Quadrant(0), sum(1, 3, -1.0, 3), Place::Quadrant(1)),
    // M4 = A22 (B21 - B11)
    product(Factor::Quadrant(3), sum(2, 0, -1.0, 4), Place::Temporary(11)),
    // M5 = (A11 + A12) B22
    product(sum(0, 1, 1.0, 5), Factor::Quadrant(3), Place::Temporary(12)),
    // M6 = (A21 - A11) (B11 + B12), in C22
    product(sum(2, 0, -1.0, 6), sum(0, 1, 1.0, 7), Place::Quadrant(3)),
    // M7 = (A12 - A22) (B21 + B22), in C11
    product(sum(1, 3, -1.0, 8), sum(2, 3, 1.0, 9), Place::Quadrant(0)),
];

/// How often a matrix of `blocks` blocks a side is halved.
fn levels_for(blocks: usize) -> u32 {
    let mut levels = 0;
    while levels < LEVELS && (blocks + (2 << levels) - 1) / (2 << levels) >= CUTOFF {
        levels += 1;
    }
    levels
}

/// `blocks`, rounded up to what can be halved levels_for(blocks) times.
fn padded_for(blocks: usize) -> usize {
    let unit = 1 << levels_for(blocks);
    (blocks + unit - 1) / unit * unit
}

/// Blocks of workspace below a product of `side` blocks a side, halved `levels` times.
fn workspace_for(side: usize, levels: u32) -> usize {
    if levels == 0 {
        return 0;
    }
    let half = side / 2;
    TEMPORARIES * half * half + PRODUCTS * workspace_for(half, levels - 1)
}

/// A product c = a * b of `side` blocks a side, to be halved `levels` times more. `workspace` holds the
/// temporaries, then the workspaces of the seven products.
struct Node {
    c: Grid,
    a: Grid,
    b: Grid,
    side: usize,
    levels: u32,
    workspace: *mut Block,
}

// SAFETY: places, not permissions: the branches below a node write different blocks.
unsafe impl Sync for Node {}

// The functions below are unsafe for one reason: the windows of a node lie in matrices and a workspace
// that live longer, and nobody but the branches of the node writes them.
impl Node {
    fn half(&self) -> usize {
        self.side / 2
    }

    unsafe fn temporary(&self, slot: usize) -> Grid {
        Grid { first: self.workspace.add(slot * self.half() * self.half()), stride: self.half() }
    }

    unsafe fn quadrant(&self, grid: Grid, quadrant: usize) -> Grid {
        grid.from(quadrant / 2 * self.half(), quadrant % 2 * self.half())
    }

    /// A factor of a child: the quadrant itself, or the sum formed in its temporary.
    unsafe fn form(&self, grid: Grid, factor: &Factor) -> Grid {
        let (first, second, sign, slot) = match *factor {
            Factor::Quadrant(quadrant) => return self.quadrant(grid, quadrant),
            Factor::Sum { first, second, sign, slot } => (first, second, sign, slot),
        };
        let (first, second) = (self.quadrant(grid, first), self.quadrant(grid, second));
        let sum = self.temporary(slot);
        for row in 0..self.half() {
            for column in 0..self.half() {
                let to = &mut (*sum.at(row, column)).values;
                let (x, y) = (&(*first.at(row, column)).values, &(*second.at(row, column)).values);
                for i in 0..BLOCK * BLOCK {
                    to[i] = x[i] + sign * y[i];
                }
            }
        }
        sum
    }

    /// Node number `index` below this one, its factors formed.
    #[inline(never)]
    unsafe fn child(&self, index: usize) -> Node {
        let product = &TABLE[index];
        let half = self.half();
        let below = self.workspace.add(TEMPORARIES * half * half);
        Node {
            c: match product.to {
                Place::Quadrant(quadrant) => self.quadrant(self.c, quadrant),
                Place::Temporary(slot) => self.temporary(slot),
            },
            a: self.form(self.a, &product.a),
            b: self.form(self.b, &product.b),
            side: half,
            levels: self.levels - 1,
            workspace: below.add(index * workspace_for(half, self.levels - 1)),
        }
    }

    /// Adds the products to one row of blocks of the upper half of C, and of the lower half:
    ///   C11 = M7 + M1 + M4 - M5    C12 = M3 + M5
    ///   C21 = M2 + M4              C22 = M6 + M1 - M2 + M3
    #[inline(never)]
    unsafe fn combine_row(&self, row: usize) {
        for column in 0..self.half() {
            let quadrant = |number| &mut (*self.quadrant(self.c, number).at(row, column)).values;
            let product = |slot| &(*self.temporary(slot).at(row, column)).values;
            let (c11, c12, c21, c22) = (quadrant(0), quadrant(1), quadrant(2), quadrant(3));
            let (m1, m4, m5) = (product(10), product(11), product(12));
            for i in 0..BLOCK * BLOCK {
                let (m2, m3) = (c21[i], c12[i]);
                c11[i] += m1[i] + m4[i] - m5[i];
                c12[i] = m3 + m5[i];
                c21[i] = m2 + m4[i];
                c22[i] += m1[i] - m2 + m3;
            }
        }
    }

    unsafe fn clear(&self) {
        for row in 0..self.side {
            for column in 0..self.side {
                (*self.c.at(row, column)).values.fill(0.0);
            }
        }
    }
}

#[inline(never)]
unsafe fn multiply<W: Worker>(worker: W, node: &Node) {
    if node.levels == 0 {
        node.clear();
        let sides = Sides { rows: node.side, columns: node.side, depth: node.side };
        matmul::multiply_add(worker, node.c, node.a, node.b, sides);
        return;
    }
    worker.for_range(0, PRODUCTS as i64, &|w, index| {
        multiply(w, &node.child(index as usize));
    });
    worker.for_range(0, node.half() as i64, &|_, row| {
        node.combine_row(row as usize);
    });
}

pub struct Input {
    a: Matrix,
    b: Matrix,
    pub c: Matrix,
    workspace: Vec<Block>,
    levels: u32,
    seed: u64,
}

impl Input {
    pub fn multiply<W: Worker>(&mut self, worker: W) {
        let node = Node {
            c: self.c.grid(),
            a: self.a.grid(),
            b: self.b.grid(),
            side: self.c.side(),
            levels: self.levels,
            workspace: self.workspace.as_mut_ptr(),
        };
        // SAFETY: all of the node is borrowed for the call, and the workspace is as long as it needs.
        unsafe { multiply(worker, &node) }
    }
}

pub struct Strassen;

impl Problem for Strassen {
    const ABOUT: About = About {
        name: "strassen",
        summary: "seven-way forks around sums of whole matrices",
        source: "Strassen, Numerische Mathematik 13, 1969; BOTS",
        operation: "block product",
        parameter: "side",
        sizes: Matmul::ABOUT.sizes,
        n_min: 1,
        n_max: 1 << 13,
    };
    type Input = Input;
    type Answer = ();

    fn prepare(n: i64, seed: u64) -> Input {
        let blocks = blocks_for(n);
        let side = padded_for(blocks);
        let levels = levels_for(blocks);
        let mut input = Input {
            a: Matrix::new(side),
            b: Matrix::new(side),
            c: Matrix::new(side),
            workspace: vec![Block::ZERO; workspace_for(side, levels)],
            levels,
            seed,
        };
        input.a.fill(n as usize, seed, 1);
        input.b.fill(n as usize, seed, 2);
        Strassen::reset(&mut input);
        input
    }
    /// Spoils every block of the workspace too: a product that does not run may not find the right
    /// answer there from the run before.
    fn reset(input: &mut Input) {
        input.c.clear();
        for block in &mut input.workspace {
            block.values[0] = f64::NAN;
        }
    }
    fn digest(input: &Input, _answer: &()) -> u64 {
        fold(0, input.c.weigh(input.seed))
    }
    fn expected(input: &Input) -> u64 {
        fold(0, matrix::weigh_product(&input.a, &input.b, input.seed))
    }
    fn operations(input: &Input) -> u64 {
        let leaf_side = (input.c.side() >> input.levels) as u64;
        (PRODUCTS as u64).pow(input.levels) * leaf_side.pow(3)
    }
    fn footprint_bytes(n: i64) -> i64 {
        let blocks = blocks_for(n);
        let side = padded_for(blocks);
        let workspace = workspace_for(side, levels_for(blocks)) * std::mem::size_of::<Block>();
        3 * bytes_of(side) + workspace as i64
    }
    fn notes(input: &Input) -> Notes {
        let workspace = input.workspace.len() * std::mem::size_of::<Block>();
        vec![
            ("padded_side", input.c.rows() as i64),
            ("levels", i64::from(input.levels)),
            ("workspace_bytes", workspace as i64),
        ]
    }
}
