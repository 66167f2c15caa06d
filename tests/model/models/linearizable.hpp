// Linearizable: whether a small history of concurrent calls has an order in which a sequential
// specification gives the same answers (M. Herlihy, J. Wing, "Linearizability", TOPLAS 1990). All
// orders are tried.
//
//     History<Call> history;
//     history.record([&] { return Call{.value = 1, .is_done = queue.try_push(1)}; });  // any thread
//     ... join ...
//     require(is_linearizable(history, Fifo()), "the calls have an order");
//
// Nobody can tell the time under a weak memory model: one call precedes another if its last operation
// happens before the other's first. Recording is no operation of the model, so it orders nothing.
#pragma once

#include <array>

#include "tests/model/checker/execution.hpp"

namespace an::model {

template <class Call>
class History {
 public:
  static constexpr int kCallsMax = 8;

  // Records what `run` returns: the call that it has made.
  template <class Run>
  Call record(const Run& run) {
    const int index = begin();
    const Call call = run();
    end(index, call);
    return call;
  }

  int size() const { return size_; }
  const Call& operator[](int index) const { return entries_[index].call; }
  bool precedes(int a, int b) const {
    return entries_[b].known.covers(entries_[a].thread, entries_[a].end);
  }

 private:
  struct Entry {
    Call call;
    int thread;
    Clock known;  // when it began
    Stamp end;    // its last operation
  };

  int begin() {
    const Execution::Outside outside;
    if (size_ == kCallsMax) {
      Execution::the().fail("a history of more than 8 calls");
    }
    entries_[size_].thread = Execution::self();
    entries_[size_].known = Execution::the().happened();
    return size_++;
  }
  void end(int index, const Call& call) {
    const Execution::Outside outside;
    entries_[index].call = call;
    entries_[index].end = Execution::the().happened().at[entries_[index].thread];
  }

  std::array<Entry, kCallsMax> entries_{};
  int size_ = 0;
};

// Whether the calls that are not in `placed` (bit i: call i) can follow, in some order.
template <class Call, class Specification>
bool is_linearizable_after(const History<Call>& history,
                           const Specification& specification,
                           unsigned placed) {
  bool is_all = true;
  for (int call = 0; call < history.size(); ++call) {
    bool is_next = (placed >> call & 1) == 0;
    is_all = is_all && !is_next;
    for (int other = 0; other < history.size() && is_next; ++other) {
      is_next = other == call || (placed >> other & 1) != 0 || !history.precedes(other, call);
    }
    Specification after = specification;
    if (is_next && after.accepts(history, call) &&
        is_linearizable_after(history, after, placed | 1U << call)) {
      return true;
    }
  }
  return is_all;
}

// `specification`: the state in the beginning. Copied freely; accepts(history, call) moves it on, or
// returns false if call number `call` cannot have this answer in this state.
template <class Call, class Specification>
bool is_linearizable(const History<Call>& history, const Specification& specification) {
  const Execution::Outside outside;
  return is_linearizable_after(history, specification, 0);
}

}  // namespace an::model
