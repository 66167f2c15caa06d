// CountsPool: the counts of task groups, reused. They live as long as the crew, because the last task
// of a group may still look at them when the group is gone (Crew::task_finished).
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "core/sync/quiescence.hpp"

namespace an::schedulers::stealing {

class CountsPool {
 public:
  // `places` is how many may count: the workers, and one for everybody outside.
  explicit CountsPool(std::uint32_t places) : places_(places) {}

  // Counts for a new group; any thread.
  Quiescence& take() {
    const std::lock_guard guard(lock_);
    if (free_.empty()) {
      all_.push_back(std::make_unique<Quiescence>(places_));
      return *all_.back();
    }
    Quiescence& counts = *free_.back();
    free_.pop_back();
    return counts;
  }

  // When the group is quiescent.
  void give_back(Quiescence& counts) {
    const std::lock_guard guard(lock_);
    free_.push_back(&counts);
  }

 private:
  std::uint32_t places_;
  std::mutex lock_;
  std::vector<std::unique_ptr<Quiescence>> all_;
  std::vector<Quiescence*> free_;
};

}  // namespace an::schedulers::stealing
