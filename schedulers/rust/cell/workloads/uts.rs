//! workloads/uts.hpp

use crate::digest::fold;
use crate::sha1;
use crate::table::{About, Notes, Problem};
use crate::vocabulary::{stay_a_call, Worker};

/// A node is the hash that names it.
pub type Node = sha1::Digest;

pub fn root_of(seed: u32) -> Node {
    sha1::hash([0, 0, 0, 0, seed])
}

pub fn child_of(node: &Node, index: u32) -> Node {
    sha1::hash([node[0], node[1], node[2], node[3], node[4], index])
}

/// A number in [0, 1): the low 31 bits of the last word.
fn chance_of(node: &Node) -> f64 {
    f64::from(node[4] & 0x7fff_ffff) / f64::from(1u32 << 31)
}

#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Geometric,
    Binomial,
}

#[derive(Clone, Copy)]
pub struct Tree {
    shape: Shape,
    pub root_seed: u32,
    /// Geometric: mean number of children; binomial: children of the root.
    branches: f64,
    /// Nodes at this depth have no children.
    depth_max: u32,
    /// Binomial: below the root, the probability of having children, and how many they then are.
    fork_chance: f64,
    children: u32,
}

const fn geometric(root_seed: u32, depth_max: u32) -> Tree {
    Tree { shape: Shape::Geometric, root_seed, branches: 4.0, depth_max, fork_chance: 0.0, children: 0 }
}
const T1: Tree = geometric(19, 10);
const T1L: Tree = geometric(29, 13);
const T3: Tree = Tree {
    shape: Shape::Binomial,
    root_seed: 42,
    branches: 2000.0,
    depth_max: u32::MAX,
    fork_chance: 0.124875,
    children: 8,
};

/// Largest number of children of a geometric node.
const CHILDREN_MAX: u32 = 100;

/// Children of `node` at `depth`, whatever depth_max says.
#[inline(never)]
fn children_uncut(tree: &Tree, node: &Node, depth: u32) -> u32 {
    if tree.shape == Shape::Binomial {
        return match depth {
            0 => tree.branches as u32,
            _ if chance_of(node) < tree.fork_chance => tree.children,
            _ => 0,
        };
    }
    let stop = 1.0 / (1.0 + tree.branches);
    let children = ((1.0 - chance_of(node)).ln() / (1.0 - stop).ln()).floor();
    (children as u32).min(CHILDREN_MAX)
}

/// Children of `node` at `depth`.
pub fn children_of(tree: &Tree, node: &Node, depth: u32) -> u32 {
    if depth >= tree.depth_max {
        0
    } else {
        children_uncut(tree, node, depth)
    }
}

#[derive(Clone, Copy, PartialEq)]
pub struct Count {
    pub nodes: u64,
    pub leaves: u64,
    /// Of the deepest node; the root has depth 0.
    pub depth: u64,
}

impl Count {
    pub fn leaf(depth: u32) -> Count {
        Count { nodes: 1, leaves: 1, depth: u64::from(depth) }
    }

    /// The parent of what was counted, too.
    pub fn with_parent(self) -> Count {
        Count { nodes: self.nodes + 1, ..self }
    }

    pub fn with(self, other: Count) -> Count {
        Count {
            nodes: self.nodes + other.nodes,
            leaves: self.leaves + other.leaves,
            depth: self.depth.max(other.depth),
        }
    }
}

/// The subtrees of the children [begin, end), at `depth`, of `parent`. Requires begin < end.
#[inline(never)]
fn count_over<W: Worker>(worker: W, tree: &Tree, parent: &Node, depth: u32, begin: u32, end: u32) -> Count {
    if end - begin == 1 {
        let node = child_of(parent, begin);
        let children = children_of(tree, &node, depth);
        if children == 0 {
            return Count::leaf(depth);
        }
        return stay_a_call(count_over(worker, tree, &node, depth + 1, 0, children)).with_parent();
    }
    let middle = begin + (end - begin) / 2;
    let (lower, upper) = worker.join(
        |w| count_over(w, tree, parent, depth, begin, middle),
        |w| count_over(w, tree, parent, depth, middle, end),
    );
    lower.with(upper)
}

/// What is in the tree.
pub fn count<W: Worker>(worker: W, tree: &Tree) -> Count {
    let root = root_of(tree.root_seed);
    let children = children_of(tree, &root, 0);
    if children == 0 {
        return Count::leaf(0);
    }
    count_over(worker, tree, &root, 1, 0, children).with_parent()
}

/// The tree that n names and what is in it.
#[derive(Clone, Copy)]
pub struct Sample {
    pub tree: Tree,
    count: Count,
}

/// The sample trees of the paper and of sample_trees.sh in the authors' distribution.
const PUBLISHED: [Sample; 3] = [
    published(T3, 4_112_897, 3_599_034, 1572),
    published(T1, 4_130_071, 3_305_118, 10),
    published(T1L, 102_181_082, 81_746_377, 13),
];

const fn published(tree: Tree, nodes: u64, leaves: u64, depth: u64) -> Sample {
    let count = Count { nodes, leaves, depth };
    Sample { tree, count }
}

/// What a walk with an explicit stack finds, and how many nodes one more level would add.
fn count_walking(tree: &Tree) -> (Count, u64) {
    let mut count = Count { nodes: 0, leaves: 0, depth: 0 };
    let mut next_level = 0;
    let mut waiting = vec![(root_of(tree.root_seed), 0)];
    while let Some((node, depth)) = waiting.pop() {
        let uncut = children_uncut(tree, &node, depth);
        let children = if depth < tree.depth_max { uncut } else { 0 };
        count.nodes += 1;
        count.leaves += u64::from(children == 0);
        count.depth = count.depth.max(u64::from(depth));
        next_level += u64::from(uncut - children);
        waiting.extend((0..children).map(|i| (child_of(&node, i), depth + 1)));
    }
    (count, next_level)
}

pub struct Uts;

impl Problem for Uts {
    const ABOUT: About = About {
        name: "uts",
        summary: "unbalanced tree search: a tree nobody can foresee",
        source: "Olivier et al., UTS, LCPC 2006: T1, T3, T1L",
        operation: "node",
        parameter: "nodes",
        sizes: &[("small", 3987), ("medium", 4_112_897), ("medium", 4_130_071), ("large", 102_181_082)],
        n_min: 1,
        n_max: 102_181_082,
    };
    type Input = Sample;
    type Answer = Count;

    /// Published counts for the published trees, a walk for T1 cut at another depth.
    fn prepare(n: i64, _seed: u64) -> Sample {
        let nodes = n as u64;
        if let Some(sample) = PUBLISHED.iter().find(|sample| sample.count.nodes == nodes) {
            return *sample;
        }
        let mut tree = Tree { depth_max: 0, ..T1 };
        let (mut count, mut next_level) = count_walking(&tree);
        while count.nodes + next_level <= nodes {
            tree.depth_max += 1;
            (count, next_level) = count_walking(&tree);
        }
        Sample { tree, count }
    }
    fn digest(_sample: &Sample, answer: &Count) -> u64 {
        fold(fold(fold(0, answer.nodes), answer.leaves), answer.depth)
    }
    fn expected(sample: &Sample) -> u64 {
        Uts::digest(sample, &sample.count)
    }
    fn operations(sample: &Sample) -> u64 {
        sample.count.nodes
    }
    fn notes(sample: &Sample) -> Notes {
        vec![
            ("nodes", sample.count.nodes as i64),
            ("leaves", sample.count.leaves as i64),
            ("depth", sample.count.depth as i64),
        ]
    }
}
