//! What the cells written in Rust share: the protocol of harness/PROTOCOL.md, the turn loop, and the
//! workloads. It knows no scheduler: a cell gives it a [`table::Runtime`] and, for each workload, a
//! [`table::Kernel`]; the kernels of fork-join runtimes stand here, written once over
//! [`vocabulary::Worker`].
//!
//! A workload here is that of the same name in workloads/ of the root: same sizes, same input from the
//! same seed, same operations, same digest. tests/e2e/test_peers.py compares them.

pub mod digest;
pub mod process;
pub mod protocol;
pub mod serve;
pub mod sha1;
pub mod table;
pub mod vocabulary;
pub mod workloads;
