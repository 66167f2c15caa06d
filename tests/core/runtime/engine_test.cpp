// Every native scheduler behind the virtual face.
#include "core/runtime/engine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "core/base/atomic.hpp"

namespace an {
namespace {

class EngineTest : public ::testing::TestWithParam<EngineEntry> {
 protected:
  static SchedulerConfig config() {
    SchedulerConfig config;
    config.workers = std::min(2U, GetParam().workers_max);
    return config;
  }

  Atomic<int> hosted_ = 0;
  TaskHost host_{&hosted_, [](void* count, Task& task) noexcept {
                   static_cast<Atomic<int>*>(count)->fetch_add(1, kStat);
                   task();
                 }};
  std::unique_ptr<Engine> engine_ = GetParam().start(config(), host_);
};

std::int64_t fib(Strand strand, std::int64_t n) {
  if (n < 2) {
    return n;
  }
  const auto [a, b] = strand.join([n](Strand left) { return fib(left, n - 1); },
                                  [n](Strand right) { return fib(right, n - 2); });
  return a + b;
}

TEST_P(EngineTest, ForksInsideForks) {
  std::int64_t answer = 0;
  engine_->run({&answer, [](void* result, Strand strand) {
                  *static_cast<std::int64_t*>(result) = fib(strand, 16);
                }});
  EXPECT_EQ(answer, 987);
}

TEST_P(EngineTest, HostsEveryInjectedTaskOnce) {
  Atomic<int> sum = 0;
  std::vector<Task> tasks;
  for (int i = 1; i <= 100; ++i) {
    tasks.emplace_back([&sum, i] { sum.fetch_add(i, kStat); });
  }
  engine_->inject_batch(tasks);
  engine_->inject([&sum] { sum.fetch_add(1000, kStat); });
  engine_->wait_injected();
  EXPECT_EQ(sum.load(kStat), 6050);
  EXPECT_EQ(hosted_.load(kStat), 101);
}

INSTANTIATE_TEST_SUITE_P(Native,
                         EngineTest,
                         ::testing::ValuesIn(engines().begin(), engines().end()),
                         [](const auto& engine) { return std::string(engine.param.name); });

TEST(Engines, AreListedOnceEach) {
  std::set<std::string_view> names;
  for (const EngineEntry& entry : engines()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_FALSE(entry.summary.empty());
  }
  for (const char* name : {"serial", "chase_lev", "heartbeat", "resonance"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

}  // namespace
}  // namespace an
