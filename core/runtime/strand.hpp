// Strand: a worker whose scheduler is not known at compile time. It speaks the fork-join vocabulary of
// core/task/fork_join.hpp, so for_range, reduce, join_n and kernels written as templates run on it: a fork
// costs one indirect call more than on the scheduler's own handle, an element of a range nothing.
//
// A strand is one pointer into the frame of whoever called the branch: valid until that branch returns, on the
// thread that runs it. A branch uses the strand it is given; one that takes no argument is fine too.
#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include "core/task/fork_join.hpp"

namespace an {

class Strand;

// A branch by reference, its type forgotten.
struct BranchRef {
  void* context;
  void (*call)(void* context, Strand strand);
};

// One of the two branches is called with the strand, or with nothing when it takes nothing.
template <class F>
decltype(auto) call_on(F& branch, Strand strand);

class Strand {
 public:
  // What a scheduler provides once: its join on forgotten types.
  struct Worker {
    void (*join)(const Worker& self, BranchRef f, BranchRef g);
  };

  explicit Strand(const Worker& worker) noexcept : worker_(&worker) {}

  template <class F, class G>
  auto join(F&& f, G&& g) const {
    auto first = [&f](Strand strand) { return call_on(f, strand); };
    auto second = [&g](Strand strand) { return call_on(g, strand); };
    Slot<decltype(first)> left{&first, {}};
    Slot<decltype(second)> right{&second, {}};
    worker_->join(*worker_, left.ref(), right.ref());
    return std::pair(std::move(*left.result), std::move(*right.result));
  }

  // A branch and where its result goes.
  template <class F>
  struct Slot {
    F* branch;
    std::optional<BranchResult<Strand, F>> result;

    BranchRef ref() noexcept {
      return {this, [](void* context, Strand strand) {
                auto& self = *static_cast<Slot*>(context);
                self.result.emplace(run_branch(*self.branch, strand));
              }};
    }
  };

 private:
  const Worker* worker_;
};

template <class F>
decltype(auto) call_on(F& branch, Strand strand) {
  if constexpr (std::is_invocable_v<F&, Strand>) {
    return branch(strand);
  } else {
    return branch();
  }
}

// The strand of a worker of type W, made in the frame of each branch.
template <ForkJoinWorker W>
class StrandOf : public Strand::Worker {
 public:
  explicit StrandOf(W worker) noexcept : Strand::Worker{&join_branches}, worker_(worker) {}

 private:
  static void join_branches(const Strand::Worker& self, BranchRef f, BranchRef g) {
    const auto run = [](BranchRef branch, W worker) {
      const StrandOf strand(worker);
      branch.call(branch.context, Strand(strand));
    };
    static_cast<const StrandOf&>(self).worker_.join([&](W left) { run(f, left); },
                                                    [&](W right) { run(g, right); });
  }

  W worker_;
};

static_assert(ForkJoinWorker<Strand>);

}  // namespace an
