//! workloads/integrate.hpp. rustc never contracts a multiplication and an addition into one rounding.

use crate::digest::fold;
use crate::table::{About, Notes, Problem};
use crate::vocabulary::Worker;

/// An interval is accepted when halving it changes its area by less than this.
pub const EPSILON: f64 = 1e-6;

/// Relative.
const TOLERANCE: f64 = 1.0 / (1u64 << 47) as f64;

#[inline(always)]
pub fn curve(x: f64) -> f64 {
    (x * x + 1.0) * x
}

/// An interval whose halves have been looked at.
pub struct Halved {
    pub middle: f64,
    pub y: f64,
    pub lower: f64,
    pub upper: f64,
}

impl Halved {
    /// Halves [x1, x2], whose values are y1 and y2.
    #[inline(always)]
    pub fn of(x1: f64, y1: f64, x2: f64, y2: f64) -> Halved {
        let half = (x2 - x1) / 2.0;
        let middle = x1 + half;
        let y = curve(middle);
        Halved { middle, y, lower: (y1 + y) / 2.0 * half, upper: (y + y2) / 2.0 * half }
    }

    #[inline(always)]
    pub fn is_accepted(&self, whole: f64) -> bool {
        (self.lower + self.upper - whole).abs() < EPSILON
    }
}

/// The area under the curve from x1 to x2, whose values there are y1 and y2 and whose trapezoid has the
/// area `whole`.
#[inline(never)]
pub fn area_of<W: Worker>(worker: W, x1: f64, y1: f64, x2: f64, y2: f64, whole: f64) -> f64 {
    let at = Halved::of(x1, y1, x2, y2);
    if at.is_accepted(whole) {
        return at.lower + at.upper;
    }
    let (left, right) = worker.join(
        |w| area_of(w, x1, y1, at.middle, at.y, at.lower),
        |w| area_of(w, at.middle, at.y, x2, y2, at.upper),
    );
    left + right
}

/// What the search for the accepted intervals comes to, without recursion and without adding an area.
struct Walk {
    joins: u64,
    /// By how much the trapezoids exceed the true area.
    excess: f64,
}

fn trapezoid(x1: f64, x2: f64) -> f64 {
    (curve(x1) + curve(x2)) / 2.0 * (x2 - x1)
}

fn excess_of(x1: f64, x2: f64) -> f64 {
    let width = x2 - x1;
    width * width * width * (x1 + width / 2.0) / 2.0
}

/// The far half is put aside, the near one looked at next.
fn walk(n: i64) -> Walk {
    let mut walk = Walk { joins: 0, excess: 0.0 };
    let mut waiting = vec![(0.0, n as f64)];
    while let Some((x1, x2)) = waiting.pop() {
        let middle = x1 + (x2 - x1) / 2.0;
        let halved = trapezoid(x1, middle) + trapezoid(middle, x2);
        if (halved - trapezoid(x1, x2)).abs() < EPSILON {
            walk.excess += excess_of(x1, middle) + excess_of(middle, x2);
            continue;
        }
        walk.joins += 1;
        waiting.push((middle, x2));
        waiting.push((x1, middle));
    }
    walk
}

pub struct Input {
    pub n: i64,
    walk: Walk,
}

impl Input {
    fn right_answer(&self) -> f64 {
        let square = (self.n * self.n) as f64;
        square * square / 4.0 + square / 2.0 + self.walk.excess
    }
}

pub struct Integrate;

impl Problem for Integrate {
    const ABOUT: About = About {
        name: "integrate",
        summary: "adaptive quadrature: forks with a little arithmetic",
        source: "Frigo et al., Cilk-5, PLDI 1998; its integrate.cilk",
        operation: "join",
        parameter: "n",
        sizes: &[("small", 150), ("medium", 3000), ("large", 20_000)],
        n_min: 1,
        n_max: 20_000,
    };
    type Input = Input;
    type Answer = f64;

    fn prepare(n: i64, _seed: u64) -> Input {
        Input { n, walk: walk(n) }
    }
    /// An area within the tolerance counts as the right one; any other counts as it is.
    fn digest(input: &Input, answer: &f64) -> u64 {
        let right = input.right_answer();
        let is_right = (answer - right).abs() <= TOLERANCE * right;
        fold(0, if is_right { right } else { *answer }.to_bits())
    }
    fn expected(input: &Input) -> u64 {
        fold(0, input.right_answer().to_bits())
    }
    fn operations(input: &Input) -> u64 {
        input.walk.joins
    }
    fn notes(input: &Input) -> Notes {
        vec![("intervals", 2 * (input.walk.joins as i64 + 1))]
    }
}

/// The area over [0, n].
pub fn whole_area<W: Worker>(worker: W, n: i64) -> f64 {
    let end = n as f64;
    area_of(worker, 0.0, curve(0.0), end, curve(end), curve(end) / 2.0 * end)
}
