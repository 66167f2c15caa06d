#include "core/runtime/task.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

namespace an {
namespace {

struct alignas(64) Aligned {
  int* calls;
  void operator()() const {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(this) % 64, 0U);
    ++*calls;
  }
};

TEST(Task, CallsSmallLargeAndOverAlignedCallables) {
  int calls = 0;
  Task small([&calls] { ++calls; });
  Task large([&calls, weight = std::array<char, 100>{}] { calls += 10 + weight[0]; });
  Task aligned(Aligned{&calls});
  small();
  large();
  aligned();
  EXPECT_EQ(calls, 12);
}

TEST(Task, MovesAndEndsWhatItOwnsExactlyOnce) {
  const auto owned = std::make_shared<int>(0);
  {
    std::vector<Task> tasks;
    for (int i = 0; i < 10; ++i) {
      tasks.emplace_back([owned] { ++*owned; });
      tasks.emplace_back([owned, weight = std::array<char, 100>{}] { *owned += 1 + weight[0]; });
    }
    EXPECT_EQ(owned.use_count(), 21);
    Task other = std::move(tasks.front());
    other();
    tasks.front() = std::move(tasks.back());
    tasks.front()();
    EXPECT_EQ(owned.use_count(), 21);
    tasks.back() = [] {};
    auto& itself = tasks.front();
    tasks[0] = std::move(itself);
    itself();
  }
  EXPECT_EQ(*owned, 3);
  EXPECT_EQ(owned.use_count(), 1);
}

TEST(Task, TakesWhatCanOnlyBeMovedAndDropsResults) {
  int seen = 0;
  Task task([&seen, value = std::make_unique<int>(7)] { return seen = *value; });
  task();
  EXPECT_EQ(seen, 7);
}

TEST(Task, LetsExceptionsPass) {
  Task task([] { throw std::runtime_error("a task's"); });
  EXPECT_THROW(task(), std::runtime_error);
}

}  // namespace
}  // namespace an
