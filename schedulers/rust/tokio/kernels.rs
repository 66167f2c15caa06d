//! The kernels of cell/workloads once more, as futures: a function that forks cannot be the same for
//! both, for here it returns before its branches have run. What they compute between forks is shared.

use std::future::Future;
use std::pin::Pin;

use cell::workloads::integrate::{curve, Halved};
use cell::workloads::knapsack::{either, may_reach, Found, Item, ONE_NODE};
use cell::workloads::nqueens::{lower_half, Board};
use cell::workloads::skynet::BRANCHES;
use cell::workloads::uts::{child_of, children_of, root_of, Count, Tree};
use cell::workloads::{noop_batch, tree_sum};

/// A call of a recursive function: a future cannot contain itself.
type Call<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A reference to what outlives the tasks, for tasks that must be 'static. An Arc would be the safe way;
/// its counter, shared by all workers, would then be what is measured.
pub struct Shared<T: ?Sized + 'static>(&'static T);

impl<T: ?Sized> Clone for Shared<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: ?Sized> Copy for Shared<T> {}

impl<T: ?Sized> Shared<T> {
    /// # Safety
    /// Every task that holds a copy ends before `value` does.
    pub unsafe fn new(value: &T) -> Shared<T> {
        Shared(&*(value as *const T))
    }
}

/// Spawns the second branch, awaits the first, then the second.
async fn join<A, B: Send + 'static>(
    first: impl Future<Output = A>,
    second: impl Future<Output = B> + Send + 'static,
) -> (A, B) {
    let second = tokio::spawn(second);
    let first = first.await;
    (first, second.await.expect("a panic ends the process"))
}

pub fn fib_of(n: u64) -> Call<u64> {
    Box::pin(async move {
        if n < 2 {
            return n;
        }
        let (a, b) = join(fib_of(n - 1), fib_of(n - 2)).await;
        a + b
    })
}

fn area_of(x1: f64, y1: f64, x2: f64, y2: f64, whole: f64) -> Call<f64> {
    Box::pin(async move {
        let at = Halved::of(x1, y1, x2, y2);
        if at.is_accepted(whole) {
            return at.lower + at.upper;
        }
        let near = area_of(x1, y1, at.middle, at.y, at.lower);
        let far = area_of(at.middle, at.y, x2, y2, at.upper);
        let (left, right) = join(near, far).await;
        left + right
    })
}

pub fn whole_area(n: i64) -> Call<f64> {
    let end = n as f64;
    area_of(0.0, curve(0.0), end, curve(end), curve(end) / 2.0 * end)
}

fn count_over(board: Board, choices: u32) -> Call<u64> {
    Box::pin(async move {
        if choices.is_power_of_two() {
            let next = board.with(choices);
            let legal = next.legal();
            return match (next.is_full(), legal) {
                (true, _) => 1,
                (false, 0) => 0,
                _ => count_over(next, legal).await,
            };
        }
        let lower = lower_half(choices);
        let (below, above) = join(count_over(board, lower), count_over(board, choices ^ lower)).await;
        below + above
    })
}

pub fn solutions(n: i64) -> Call<u64> {
    let empty = Board::empty(n);
    count_over(empty, empty.legal())
}

/// The sum of the ordinals of the `leaves` leaves that begin at `first`. Requires a power of ten.
pub fn sum_of(first: i64, leaves: i64) -> Call<u64> {
    Box::pin(async move {
        if leaves == 1 {
            return first as u64;
        }
        sum_over(first, leaves / BRANCHES, 0, BRANCHES).await
    })
}

/// The branches [begin, end) of the node at `first`, `below` leaves each, in halves.
fn sum_over(first: i64, below: i64, begin: i64, end: i64) -> Call<u64> {
    Box::pin(async move {
        if end - begin == 1 {
            return sum_of(first + begin * below, below).await;
        }
        let middle = begin + (end - begin) / 2;
        let lower = sum_over(first, below, begin, middle);
        let (lower, upper) = join(lower, sum_over(first, below, middle, end)).await;
        lower + upper
    })
}

/// Packings that take `items` into account, given `value` in the sack and `room` left.
pub fn search(items: Shared<[Item]>, room: i64, value: i64, threshold: i64) -> Call<Found> {
    Box::pin(async move {
        let (item, rest) = match items.0.split_first() {
            Some((item, rest)) => (item, Shared(rest)),
            None => return ONE_NODE + value as Found,
        };
        if !may_reach(item, room, value, threshold) {
            return ONE_NODE;
        }
        if item.weight > room {
            return ONE_NODE + search(rest, room, value, threshold).await;
        }
        let taken = search(rest, room - item.weight, value + item.value, threshold);
        let (taken, left) = join(taken, search(rest, room, value, threshold)).await;
        ONE_NODE + either(taken, left)
    })
}

/// The sum of the values below a node, and its own.
///
/// # Safety
/// As tree_sum::sum_of.
pub unsafe fn tree_sum(node: Shared<tree_sum::Node>) -> Call<u64> {
    let Shared(node) = node;
    Box::pin(async move {
        if node.left == 0 {
            return node.value;
        }
        let left = tree_sum(Shared(node.child(node.left)));
        if node.right == 0 {
            return node.value.wrapping_add(left.await);
        }
        let (left, right) = join(left, tree_sum(Shared(node.child(node.right)))).await;
        node.value.wrapping_add(left).wrapping_add(right)
    })
}

/// The subtrees of the children [begin, end), at `depth`, of `parent`.
fn count_children(
    tree: Shared<Tree>,
    parent: cell::workloads::uts::Node,
    depth: u32,
    begin: u32,
    end: u32,
) -> Call<Count> {
    Box::pin(async move {
        if end - begin == 1 {
            let node = child_of(&parent, begin);
            return match children_of(tree.0, &node, depth) {
                0 => Count::leaf(depth),
                children => count_children(tree, node, depth + 1, 0, children).await.with_parent(),
            };
        }
        let middle = begin + (end - begin) / 2;
        let lower = count_children(tree, parent, depth, begin, middle);
        let upper = count_children(tree, parent, depth, middle, end);
        let (lower, upper) = join(lower, upper).await;
        lower.with(upper)
    })
}

/// What is in the tree.
pub fn count(tree: Shared<Tree>) -> Call<Count> {
    Box::pin(async move {
        let root = root_of(tree.0.root_seed);
        match children_of(tree.0, &root, 0) {
            0 => Count::leaf(0),
            children => count_children(tree, root, 1, 0, children).await.with_parent(),
        }
    })
}

async fn touch(slot: &mut u8) {
    noop_batch::touch(slot);
}

/// Spawns a task for every counter, then awaits all their handles. Not a JoinSet, which keeps them in a
/// list under a lock besides.
///
/// # Safety
/// The future is awaited while `runs` is borrowed.
pub unsafe fn noop_batch(runs: &mut [u8]) -> impl Future<Output = ()> + Send + 'static {
    let runs: &'static mut [u8] = &mut *(runs as *mut [u8]);
    async move {
        let handles: Vec<_> = runs.iter_mut().map(|slot| tokio::spawn(touch(slot))).collect();
        for handle in handles {
            handle.await.expect("a panic ends the process");
        }
    }
}
