//! workloads/tree_sum.hpp

use crate::digest::{fold, Rng};
use crate::table::{About, Notes, Problem};
use crate::vocabulary::{stay_a_call, Worker};

/// Links are distances from the node itself, in nodes; 0 = no such child. A node without a left child
/// is a leaf.
#[repr(C)]
pub struct Node {
    pub left: u32,
    pub right: u32,
    pub value: u64,
}
const NODE_BYTES: usize = 16;
const _: () = assert!(std::mem::size_of::<Node>() == NODE_BYTES);

impl Node {
    /// The node `distance` further on.
    ///
    /// # Safety
    /// `distance` is a link of this node, which stands in the array it was made for.
    #[inline(always)]
    pub unsafe fn child(&self, distance: u32) -> &Node {
        &*(self as *const Node).add(distance as usize)
    }
}

/// The sum of the values below `node`, and its own.
///
/// # Safety
/// The links of `node` and of all below it are those of `append_subtree`.
#[inline(never)]
pub unsafe fn sum_of<W: Worker>(worker: W, node: &Node) -> u64 {
    if node.left == 0 {
        return node.value;
    }
    if node.right == 0 {
        // At most one node: the last inner one of a heap.
        let below = stay_a_call(sum_of(worker, node.child(node.left)));
        return node.value.wrapping_add(below);
    }
    let (left, right) =
        worker.join(|w| sum_of(w, node.child(node.left)), |w| sum_of(w, node.child(node.right)));
    node.value.wrapping_add(left).wrapping_add(right)
}

/// Appends the subtree of heap position `heap` (root 1, children 2h and 2h + 1) of a tree of `count`
/// nodes, depth first.
fn append_subtree(nodes: &mut Vec<Node>, heap: u64, count: u64) {
    let own = nodes.len();
    nodes.push(Node { left: 0, right: 0, value: 0 });
    if 2 * heap <= count {
        nodes[own].left = (nodes.len() - own) as u32;
        append_subtree(nodes, 2 * heap, count);
    }
    if 2 * heap + 1 <= count {
        nodes[own].right = (nodes.len() - own) as u32;
        append_subtree(nodes, 2 * heap + 1, count);
    }
}

pub struct Input {
    pub nodes: Vec<Node>,
    seed: u64,
}

impl Input {
    /// The sum of all values.
    pub fn sum<W: Worker>(&self, worker: W) -> u64 {
        // SAFETY: `nodes` is what append_subtree made.
        unsafe { sum_of(worker, &self.nodes[0]) }
    }
}

pub struct TreeSum;

impl Problem for TreeSum {
    const ABOUT: About = About {
        name: "tree_sum",
        summary: "a fork at every inner node of a balanced tree",
        source: "Olden treeadd, TOPLAS 1995; Spice and Chili, 2024",
        operation: "node",
        parameter: "nodes",
        sizes: &[("small", 1023), ("small", 65_535), ("medium", 1_048_575), ("large", 16_777_215)],
        n_min: 1,
        n_max: (1 << 30) - 1,
    };
    type Input = Input;
    type Answer = u64;

    fn prepare(n: i64, seed: u64) -> Input {
        let mut nodes = Vec::with_capacity(n as usize);
        append_subtree(&mut nodes, 1, n as u64);
        let mut rng = Rng::new(seed);
        for node in &mut nodes {
            node.value = rng.next();
        }
        Input { nodes, seed }
    }
    fn digest(_input: &Input, answer: &u64) -> u64 {
        fold(0, *answer)
    }
    /// Draws the values again and adds them, modulo 2^64: reads neither links nor nodes.
    fn expected(input: &Input) -> u64 {
        let mut rng = Rng::new(input.seed);
        let draw = |sum: u64, _| sum.wrapping_add(rng.next());
        fold(0, (0..input.nodes.len()).fold(0, draw))
    }
    fn operations(input: &Input) -> u64 {
        input.nodes.len() as u64
    }
    fn footprint_bytes(n: i64) -> i64 {
        n * NODE_BYTES as i64
    }
    fn notes(_input: &Input) -> Notes {
        vec![("bytes_per_node", NODE_BYTES as i64)]
    }
}
