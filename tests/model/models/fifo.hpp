// Fifo: the specification of our queues. Items leave in the order of their pushes. What both queues
// may do besides, and nothing more: a producer or consumer that is in the middle of its call holds a
// place, so a pop may find nothing while one of the two oldest items is still being pushed, and a push
// no room while the place of its item is still being emptied. Never when those calls have ended.
#pragma once

#include <array>

#include "tests/model/models/linearizable.hpp"

namespace an::model {

struct QueueCall {
  bool is_push;
  bool is_done;  // false: "full", or "nothing for now"
  int value;     // of the item
};
using QueueHistory = History<QueueCall>;

class Fifo {
 public:
  // `blocking`: so many of the oldest items hide all if they are still being pushed.
  Fifo(int capacity, int blocking) : capacity_(capacity), blocking_(blocking) {}

  bool accepts(const QueueHistory& history, int call) {
    return history[call].is_push ? accepts_push(history, call) : accepts_pop(history, call);
  }

 private:
  bool accepts_push(const QueueHistory& history, int call) {
    const bool is_full = pushed_ - popped_ == capacity_;
    if (history[call].is_done) {
      pushes_[pushed_++] = call;
      return !is_full;
    }
    return is_full || (pushed_ >= capacity_ && !history.precedes(pops_[pushed_ - capacity_], call));
  }

  bool accepts_pop(const QueueHistory& history, int call) {
    if (history[call].is_done) {
      pops_[popped_++] = call;
      return popped_ <= pushed_ && history[pushes_[popped_ - 1]].value == history[call].value;
    }
    bool is_hidden = popped_ == pushed_;
    for (int i = popped_; i < pushed_ && i < popped_ + blocking_; ++i) {
      is_hidden = is_hidden || !history.precedes(pushes_[i], call);
    }
    return is_hidden;
  }

  std::array<int, QueueHistory::kCallsMax> pushes_{};  // the calls, in the order of the items
  std::array<int, QueueHistory::kCallsMax> pops_{};
  int pushed_ = 0;
  int popped_ = 0;
  int capacity_;
  int blocking_;
};

}  // namespace an::model
