// The only door to atomics. Every atomic in the tree is an `Atomic<T>`, every order one of the
// names below, so that a model checker can shadow this file alone.
//
// Each use of an order other than kStat carries a label, its partner and its reason (tests/tidy
// enforces it). kStat, also relaxed, is for plain statistics and for what a thread reads or writes
// of its own, ordered by a labelled access beside it: nothing is inferred from such an access
// alone.
//
// Asymmetric barriers (after Dice, Huang and Yang, "Asymmetric Dekker Synchronization", 2001; Linux
// membarrier(2)): of the two StoreLoad barriers of a Dekker pair, the frequent side pays only a
// compiler barrier (`light_barrier`), the rare side interrupts every running thread of the process
// (`heavy_barrier`). A fork publishes a job and looks for sleepers without a locked instruction; a
// worker about to sleep pays microseconds.
#pragma once

#include <atomic>

namespace an {

template <class T>
using Atomic = std::atomic<T>;

inline constexpr std::memory_order kStat = std::memory_order_relaxed;
inline constexpr std::memory_order kRelaxed = std::memory_order_relaxed;
inline constexpr std::memory_order kAcquire = std::memory_order_acquire;
inline constexpr std::memory_order kRelease = std::memory_order_release;
inline constexpr std::memory_order kAcqRel = std::memory_order_acq_rel;
inline constexpr std::memory_order kSeqCst = std::memory_order_seq_cst;

// The frequent side: orders the caller's earlier stores before its later loads with respect to any
// thread that runs heavy_barrier() in between. Costs no instruction. Valid only while
// heavy_barrier_available().
inline void light_barrier() noexcept {
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

// True when the kernel grants private expedited membarriers to this process. Registers the process
// at the first call; the answer never changes afterwards. Thread-safe.
bool heavy_barrier_available() noexcept;

// The rare side: a full barrier on every thread of the process that is running now. 2 us on one
// two-CPU guest, 13 us on another: the interrupt leaves the virtual machine.
// Requires heavy_barrier_available().
void heavy_barrier() noexcept;

// Orders the caller's earlier accesses before its later ones in the total order of the seq_cst fences
// (a heavy_barrier() is one in every thread). For what an operation's order cannot say, off every hot
// path. ThreadSanitizer does not model fences: nothing may be published through this one.
inline void full_barrier() noexcept {
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

}  // namespace an
