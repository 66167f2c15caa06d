// The fork-join vocabulary: what a workload may say to the worker that runs it.
//
// A worker is a handle passed by value: empty, or one pointer. It names the strand that holds it,
// so a branch uses the handle it is given, never one it captured. `worker.join(f, g)` runs both
// branches, possibly in parallel, each with the handle of whoever runs it, and returns both results
// as a pair (void becomes Unit). It returns only when both have ended. If a branch throws, the
// exception leaves join once the other branch can no longer touch the caller's frame; if both
// throw, f's does. When f throws, g may not have run at all.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace an {

// The value of a branch that returns void.
struct Unit {
  friend constexpr bool operator==(Unit, Unit) = default;
};

template <class T>
using ValueOf = std::conditional_t<std::is_void_v<T>, Unit, T>;

// What branch F yields when worker W runs it.
template <class W, class F>
using BranchResult = ValueOf<std::invoke_result_t<F&, W>>;

template <class W, class F, class G>
using JoinResult = std::pair<BranchResult<W, F>, BranchResult<W, G>>;

// Calls a branch and maps void to Unit.
template <class W, class F>
[[gnu::always_inline]] inline BranchResult<W, F> run_branch(F& branch, W worker) {
  if constexpr (std::is_void_v<std::invoke_result_t<F&, W>>) {
    branch(worker);
    return Unit{};
  } else {
    return branch(worker);
  }
}

// A concept cannot say "for every callable"; these stand for all.
struct ProbeBranch {
  int operator()(auto) const { return 0; }
};

template <class W>
concept ForkJoinWorker = std::is_trivially_copyable_v<W> && sizeof(W) <= sizeof(void*) &&
                         requires(W worker, ProbeBranch branch) {
  { worker.join(branch, branch) } -> std::same_as<std::pair<int, int>>;
};

// What all parts of one loop have in common. Branches refer to it, so that a branch is three words,
// which a scheduler can keep by value.
template <class Body>
struct RangeLoop {
  std::int64_t grain;
  const Body& body;

  template <ForkJoinWorker W>
  void run(W worker, std::int64_t begin, std::int64_t end) const {
    if (end - begin <= grain) {
      for (std::int64_t i = begin; i < end; ++i) {
        body(worker, i);
      }
      return;
    }
    const std::int64_t middle = begin + (end - begin) / 2;
    worker.join([this, begin, middle](W left) { run(left, begin, middle); },
                [this, middle, end](W right) { run(right, middle, end); });
  }
};

// Runs body(worker, i) for every i in [begin, end). Requires grain >= 1: fewer iterations are not worth a
// fork. A worker with a for_range of its own runs it; others split in halves down to `grain` iterations,
// span O(log(n / grain) + grain) bodies. If bodies throw, one of the exceptions leaves the loop when no body
// runs any more, and some may not have run at all.
template <ForkJoinWorker W, class Body>
void for_range(
    W worker, std::int64_t begin, std::int64_t end, std::int64_t grain, const Body& body) {
  if constexpr (requires { worker.for_range(begin, end, grain, body); }) {
    worker.for_range(begin, end, grain, body);
  } else {
    RangeLoop<Body>{grain, body}.run(worker, begin, end);
  }
}

// The same of one fold.
template <class T, class Map, class Combine>
struct RangeFold {
  std::int64_t grain;
  const T& identity;
  const Map& map;
  const Combine& combine;

  template <ForkJoinWorker W>
  T run(W worker, std::int64_t begin, std::int64_t end) const {
    if (end - begin <= grain) {
      T total = identity;
      for (std::int64_t i = begin; i < end; ++i) {
        total = combine(total, map(worker, i));
      }
      return total;
    }
    const std::int64_t middle = begin + (end - begin) / 2;
    auto [left, right] = worker.join([this, begin, middle](W w) { return run(w, begin, middle); },
                                     [this, middle, end](W w) { return run(w, middle, end); });
    return combine(left, right);
  }
};

// Folds map(worker, i) over [begin, end) with the associative `combine`, in order, splitting in
// halves down to `grain` iterations. Requires grain >= 1; returns `identity` for an empty range.
template <ForkJoinWorker W, class T, class Map, class Combine>
T reduce(W worker,
         std::int64_t begin,
         std::int64_t end,
         std::int64_t grain,
         const T& identity,
         const Map& map,
         const Combine& combine) {
  return RangeFold<T, Map, Combine>{grain, identity, map, combine}.run(worker, begin, end);
}

// Runs branches[0..count) as a balanced tree of joins. Each is called with the worker that runs it.
template <ForkJoinWorker W, class Branch>
void join_n(W worker, Branch* branches, std::int64_t count) {
  for_range(worker, 0, count, 1, [branches](W w, std::int64_t i) { branches[i](w); });
}

}  // namespace an
