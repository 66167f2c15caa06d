//! One file, one workload; each is described in the file of the same name in workloads/ of the root.

pub mod fib;
pub mod integrate;
pub mod knapsack;
pub mod matmul;
pub mod matrix;
pub mod mergesort;
pub mod noop_batch;
pub mod nqueens;
pub mod skynet;
pub mod strassen;
pub mod tree_sum;
pub mod uts;

#[cfg(test)]
mod tests;
