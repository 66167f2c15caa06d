// What is known about a strand that can go on: where it is, and for a fork, who has arrived at the join.
//
// A join has two sides, the child and the rest of the parent, and each arrives once. The first to
// arrive leaves, the second goes on with the parent: no side ever waits for the other. While the
// parent has not been stolen nobody arrives, and the word is not touched.
//
// J. Schmaus, F. Fischer, W. Schröder-Preikschat et al., "Nowa: a wait-free continuation-stealing
// concurrency platform", IPDPS 2021 (the join as one atomic operation of each side).
#pragma once

#include <cstdint>

#include "core/fiber/fiber.hpp"
#include "core/task/job.hpp"

namespace an::schedulers::continuation {

// A strand that whoever takes the job resumes. It lies in a frame of that strand.
struct Continuation : Job {
  explicit Continuation(Fiber& fiber) noexcept : Job(nullptr), strand(&fiber) {}
  // Whether `job` is one; the others are called.
  static bool is(const Job& job) noexcept { return job.run == nullptr; }

  Fiber* strand;
};

enum Arrivals : std::uint32_t { kNoneArrived = 0, kOneArrived = 1 };

// One side of the join `fork` is done: the child with its result in place, or the parent with its stack
// left. True when the other side was first: then the caller goes on with the parent. If not, `fork`
// may be gone.
inline bool arrive(Continuation& fork) noexcept {
  // (N1) acq_rel; pairs with (N1), (N2): releases what this side did, result or suspended context, and
  // acquires what the other did. If the release were relaxed, the parent could read a result that was
  // never written; without the acquire, the child could resume a context that was never saved:
  // tests/model/models/join_point.cpp.
  return fork.state.exchange(kOneArrived, kAcqRel) == kOneArrived;
}

// For the parent, before it leaves its stack: whether the child is done.
inline bool has_child_arrived(const Continuation& fork) noexcept {
  // (N2) acquire; pairs with (N1): the child's result and effects.
  return fork.state.load(kAcquire) == kOneArrived;
}

}  // namespace an::schedulers::continuation
