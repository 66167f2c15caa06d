// Items: work without an order of its own, a number of things that any thread may take: what makes it
// visible to a sleeper is the protocol under test.
#pragma once

#include "core/base/atomic.hpp"

namespace an::model {

class Items {
 public:
  void add(int count) { left_.fetch_add(count, kStat); }
  bool can_be_seen() const { return left_.load(kStat) > 0; }
  bool take() {
    int left = left_.load(kStat);
    while (left > 0) {
      if (left_.compare_exchange_strong(left, left - 1, kStat)) {
        return true;
      }
    }
    return false;
  }

 private:
  Atomic<int> left_ = 0;
};

}  // namespace an::model
