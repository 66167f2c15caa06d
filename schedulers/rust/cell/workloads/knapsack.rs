//! workloads/knapsack.hpp

use crate::digest::{fold, Rng};
use crate::table::{About, Problem};
use crate::vocabulary::{stay_a_call, Worker};

#[derive(Clone, Copy)]
pub struct Item {
    pub value: i64,
    pub weight: i64,
}

/// Whether a packing worth `value`, with `room` left, could still reach `threshold` if the rest of the
/// items were all as valuable for their weight as `best`, the next one.
#[inline(always)]
pub fn may_reach(best: &Item, room: i64, value: i64, threshold: i64) -> bool {
    room * best.value >= (threshold - value) * best.weight
}

/// What a search found: the value of the best packing in the low bits, above them the nodes visited.
pub type Found = u64;
pub const ONE_NODE: Found = 1 << 20;
const N_MAX: i64 = 40;
const _: () = assert!(N_MAX * 1500 < ONE_NODE as i64);

fn value_of(found: Found) -> u64 {
    found % ONE_NODE
}
fn nodes_of(found: Found) -> u64 {
    found / ONE_NODE
}
#[inline(always)]
pub fn either(a: Found, b: Found) -> Found {
    (nodes_of(a) + nodes_of(b)) * ONE_NODE + value_of(a).max(value_of(b))
}

/// Packings that take `items` into account, given `value` in the sack and `room` left; of value 0 if none
/// can reach `threshold`. Items come most valuable for their weight first.
#[inline(never)]
fn search<W: Worker>(worker: W, items: &[Item], room: i64, value: i64, threshold: i64) -> Found {
    let (item, rest) = match items.split_first() {
        Some(split) => split,
        None => return ONE_NODE + value as Found,
    };
    if !may_reach(item, room, value, threshold) {
        return ONE_NODE;
    }
    if item.weight > room {
        return ONE_NODE + stay_a_call(search(worker, rest, room, value, threshold));
    }
    let (taken, left) = worker.join(
        |w| search(w, rest, room - item.weight, value + item.value, threshold),
        |w| search(w, rest, room, value, threshold),
    );
    ONE_NODE + either(taken, left)
}

/// Item i of n: a weight in 100 .. 1000, and a value of a half to one and a half times as much.
fn draw(rng: &mut Rng, i: i64, n: i64) -> Item {
    let weight = 100 + i64::from(rng.below(901));
    let per_mille = 500 + (1000 * i + i64::from(rng.below(1000))) / n;
    Item { value: weight * per_mille / 1000, weight }
}

/// What is packed by taking every item that still fits, in order.
fn greedy_value(items: &[Item], mut room: i64) -> i64 {
    let mut value = 0;
    for item in items {
        if item.weight <= room {
            room -= item.weight;
            value += item.value;
        }
    }
    value
}

/// Nodes of the search, by an explicit stack of the branches put aside.
fn count_nodes(items: &[Item], room: i64, threshold: i64) -> u64 {
    let mut nodes = 0;
    let mut aside = vec![(0, room, 0)];
    while let Some((mut next, mut room, mut value)) = aside.pop() {
        nodes += 1;
        while next < items.len() && may_reach(&items[next], room, value, threshold) {
            let item = &items[next];
            next += 1;
            nodes += 1;
            if item.weight <= room {
                aside.push((next, room, value));
                room -= item.weight;
                value += item.value;
            }
        }
    }
    nodes
}

pub struct Input {
    /// Most valuable for its weight first.
    pub items: Vec<Item>,
    pub room: i64,
    pub threshold: i64,
    nodes: u64,
}

impl Input {
    pub fn search<W: Worker>(&self, worker: W) -> Found {
        search(worker, &self.items, self.room, 0, self.threshold)
    }
}

pub struct Knapsack;

impl Problem for Knapsack {
    const ABOUT: About = About {
        name: "knapsack",
        summary: "branch and bound with a threshold known before",
        source: "Cilk; Duran et al., BOTS, ICPP 2009",
        operation: "node",
        parameter: "items",
        sizes: &[("small", 20), ("medium", 28), ("large", 34)],
        n_min: 1,
        n_max: N_MAX,
    };
    type Input = Input;
    type Answer = Found;

    fn prepare(n: i64, seed: u64) -> Input {
        let mut rng = Rng::new(seed);
        let mut items: Vec<Item> = (0..n).map(|i| draw(&mut rng, i, n)).collect();
        let room = items.iter().map(|item| item.weight).sum::<i64>() / 2;
        items.sort_by(|a, b| {
            let order = (b.value * a.weight).cmp(&(a.value * b.weight));
            order.then(a.weight.cmp(&b.weight))
        });
        let threshold = greedy_value(&items, room) * 9 / 10;
        let nodes = count_nodes(&items, room, threshold);
        Input { items, room, threshold, nodes }
    }
    fn digest(_input: &Input, answer: &Found) -> u64 {
        fold(fold(0, nodes_of(*answer)), value_of(*answer))
    }
    /// The value by dynamic programming over the room, the nodes by a walk with an explicit stack.
    fn expected(input: &Input) -> u64 {
        let mut best = vec![0; input.room as usize + 1];
        for item in &input.items {
            let weight = item.weight as usize;
            for room in (weight..best.len()).rev() {
                best[room] = best[room].max(best[room - weight] + item.value);
            }
        }
        fold(fold(0, input.nodes), best[input.room as usize] as u64)
    }
    fn operations(input: &Input) -> u64 {
        input.nodes
    }
    fn footprint_bytes(n: i64) -> i64 {
        n * std::mem::size_of::<Item>() as i64
    }
}
