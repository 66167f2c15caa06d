#include "core/runtime/runtime.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <numeric>
#include <stdexcept>

#include "core/base/backoff.hpp"
#include "core/base/error.hpp"
#include "core/base/thread.hpp"
#include "core/runtime/engine.hpp"

namespace an {
namespace {

// Every native scheduler, with two workers where it has them.
class RuntimeTest : public ::testing::TestWithParam<EngineEntry> {
 protected:
  Config config() const {
    Config config;
    config.scheduler = std::string(GetParam().name);
    config.workers = std::min(2U, GetParam().workers_max);
    return config;
  }
};

TEST_P(RuntimeTest, RunsEverySubmittedTaskOnce) {
  Runtime runtime(config());
  std::vector<Atomic<int>> runs(500);
  for (auto& count : runs) {
    runtime.submit([&count] { count.fetch_add(1, kStat); });
  }
  runtime.wait();
  for (const auto& count : runs) {
    EXPECT_EQ(count.load(kStat), 1);
  }
  runtime.wait();  // nothing is left
}

TEST_P(RuntimeTest, TasksMaySubmitAndFork) {
  Runtime runtime(config());
  Atomic<std::int64_t> sum = 0;
  for (int i = 0; i < 20; ++i) {
    runtime.submit([&] {
      runtime.submit([&sum] { sum.fetch_add(1, kStat); });
      const auto [a, b] = runtime.join([] { return 10; }, [] { return 100; });
      sum.fetch_add(a + b, kStat);
    });
  }
  runtime.wait();
  EXPECT_EQ(sum.load(kStat), 20 * 111);
}

TEST_P(RuntimeTest, ABatchIsAllItsTasks) {
  Runtime runtime(config());
  Atomic<std::size_t> sum = 0;
  runtime.submit_batch(1000,
                       [&sum](std::size_t i) { return [&sum, i] { sum.fetch_add(i, kStat); }; });
  runtime.submit_batch(0, [](std::size_t) { return [] {}; });
  runtime.wait();
  EXPECT_EQ(sum.load(kStat), 999U * 1000 / 2);
}

TEST_P(RuntimeTest, ABatchWhoseMakerThrowsSubmitsWhatWasMade) {
  Runtime runtime(config());
  Atomic<int> runs = 0;
  const auto make = [&runs](std::size_t i) {
    if (i == 3) {
      throw std::runtime_error("no fourth");
    }
    return [&runs] { runs.fetch_add(1, kStat); };
  };
  EXPECT_THROW(runtime.submit_batch(5, make), std::runtime_error);
  runtime.wait();
  EXPECT_EQ(runs.load(kStat), 3);
}

TEST_P(RuntimeTest, WaitRethrowsTheFirstExceptionOnceAndAllTasksRun) {
  Runtime runtime(config());
  Atomic<int> runs = 0;
  for (int i = 0; i < 50; ++i) {
    runtime.submit([&runs, i] {
      runs.fetch_add(1, kStat);
      if (i % 10 == 0) {
        throw std::runtime_error("a task's");
      }
    });
  }
  EXPECT_THROW(runtime.wait(), std::runtime_error);
  EXPECT_EQ(runs.load(kStat), 50);
  EXPECT_NO_THROW(runtime.wait());
}

TEST_P(RuntimeTest, BeyondTheCapacityTheCallerRunsTheTask) {
  Config small = config();
  small.queue_capacity = 4;
  small.workers = 1;  // nobody takes a task before wait()
  int runs = 0;       // outlives the runtime, which runs the last task
  Runtime runtime(small);
  for (int i = 0; i < 4; ++i) {
    runtime.submit([&runs] { ++runs; });
  }
  EXPECT_EQ(runs, 0);
  runtime.submit([&runs] { ++runs; });
  EXPECT_EQ(runs, 1);
  runtime.submit_batch(10, [&runs](std::size_t) { return [&runs] { ++runs; }; });
  EXPECT_EQ(runs, 11);
  runtime.submit([] { throw std::runtime_error("kept for wait"); });
  EXPECT_THROW(runtime.wait(), std::runtime_error);
  EXPECT_EQ(runs, 15);
  runtime.submit([&runs] { ++runs; });
  EXPECT_EQ(runs, 15) << "the places were given back";
}

TEST_P(RuntimeTest, AChainOfTasksAtTheCapacityDoesNotNest) {
  Config small = config();
  small.queue_capacity = 1;
  small.workers = 1;
  Runtime runtime(small);
  int links = 0;
  std::function<void()> link = [&] {
    if (++links < 200'000) {
      runtime.submit([&link] { link(); });
    }
  };
  runtime.submit([] {});  // the queue is full
  runtime.submit([&link] { link(); });
  runtime.wait();
  EXPECT_EQ(links, 200'000);
}

TEST_P(RuntimeTest, EveryTaskOfABatchIsMovedFrom) {
  Config small = config();
  small.queue_capacity = 2;
  small.workers = 1;
  Runtime runtime(small);
  const auto owned = std::make_shared<int>(0);
  std::vector<Task> tasks;
  for (int i = 0; i < 6; ++i) {
    tasks.emplace_back([owned] { ++*owned; });
  }
  runtime.submit_batch(tasks);
  runtime.wait();
  EXPECT_EQ(*owned, 6);
  EXPECT_EQ(owned.use_count(), 1);
}

TEST_P(RuntimeTest, TheDestructorRunsWhatIsLeftAndDropsItsExceptions) {
  Atomic<int> runs = 0;
  {
    Runtime runtime(config());
    runtime.submit_batch(100, [&runs](std::size_t) {
      return [&runs] {
        runs.fetch_add(1, kStat);
        throw std::runtime_error("nobody asks");
      };
    });
  }
  EXPECT_EQ(runs.load(kStat), 100);
}

TEST_P(RuntimeTest, WaitInsideATaskSaysSo) {
  Runtime runtime(config());
  runtime.submit([&runtime] { runtime.wait(); });
  EXPECT_THROW(runtime.wait(), Error);
}

TEST_P(RuntimeTest, WaitInsideATaskThatSubmitRunsOrAParallelCallSaysSo) {
  Config small = config();
  small.queue_capacity = 1;
  small.workers = 1;
  Runtime runtime(small);
  runtime.submit([] {});
  runtime.submit([&runtime] { runtime.wait(); });
  EXPECT_THROW(runtime.wait(), Error);
  EXPECT_THROW(runtime.run([&runtime] { runtime.wait(); }), Error);
}

// The thread that runs the branch is not the one that runs the task.
TEST(Runtime, WaitInsideAStolenBranchSaysSo) {
  Config config;
  config.scheduler = "chase_lev";
  config.workers = 2;
  Runtime runtime(config);
  Atomic<bool> stolen = false;
  Atomic<int> refused = 0;
  runtime.run([&](Strand strand) {
    strand.join(
        [&](Strand) {
          while (!stolen.load(kStat)) {
            cpu_yield();
          }
        },
        [&](Strand) {
          stolen.store(true, kStat);
          try {
            runtime.wait();
          } catch (const Error&) {
            refused.fetch_add(1, kStat);
          }
        });
  });
  EXPECT_EQ(refused.load(kStat), 1);
}

TEST_P(RuntimeTest, AGrainBelowOneIsRefused) {
  Runtime runtime(config());
  const auto one = [](std::int64_t) { return 1; };
  EXPECT_THROW(runtime.for_range(0, 10, 0, one), Error);
  EXPECT_THROW(runtime.reduce(0, 10, -1, 0, one, std::plus<>{}), Error);
}

TEST_P(RuntimeTest, ThreadsMaySubmitTogether) {
  Runtime runtime(config());
  Atomic<int> runs = 0;
  {
    std::vector<Thread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back("submitter", [&] {
        for (int i = 0; i < 200; ++i) {
          runtime.submit([&runs] { runs.fetch_add(1, kStat); });
        }
      });
    }
  }
  runtime.wait();
  EXPECT_EQ(runs.load(kStat), 600);
}

TEST_P(RuntimeTest, ParallelCallsGiveTheSerialAnswers) {
  Runtime runtime(config());
  std::vector<int> squares(1000);
  runtime.for_range(0, 1000, 16, [&squares](std::int64_t i) {
    squares[static_cast<std::size_t>(i)] = static_cast<int>(i * i);
  });
  const std::int64_t expected = std::accumulate(squares.begin(), squares.end(), std::int64_t{0});
  const auto square = [](std::int64_t i) { return i * i; };
  EXPECT_EQ(runtime.reduce(0, 1000, 16, std::int64_t{0}, square, std::plus<>{}), expected);
  EXPECT_EQ(runtime.reduce(5, 5, 1, std::int64_t{-1}, square, std::plus<>{}), -1);
  const auto [a, b] = runtime.join([] { return 1; }, [](Strand) { return 2; });
  EXPECT_EQ(a + b, 3);
  EXPECT_EQ(runtime.run([] { return 4; }), 4);
  EXPECT_EQ(runtime.run([](Strand) {}), Unit{});
  EXPECT_THROW(runtime.run([] { throw std::runtime_error("the root's"); }), std::runtime_error);
}

INSTANTIATE_TEST_SUITE_P(Native,
                         RuntimeTest,
                         ::testing::ValuesIn(engines().begin(), engines().end()),
                         [](const auto& engine) { return std::string(engine.param.name); });

// What Runtime(config) throws; empty if it does not.
std::string refusal(const Config& config) {
  try {
    const Runtime runtime(config);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Runtime, AnUnknownSchedulerIsRefusedWithTheNearestName) {
  const std::string said = refusal({.scheduler = "hartbeat"});
  EXPECT_NE(said.find("'hartbeat'"), std::string::npos) << said;
  EXPECT_NE(said.find("Did you mean 'heartbeat'?"), std::string::npos) << said;
  EXPECT_NE(said.find("chase_lev"), std::string::npos) << said;
}

TEST(Runtime, BadNumbersAndOptionsAreRefused) {
  EXPECT_NE(refusal({.workers = kWorkersMax + 1}), "");
  const std::string said = refusal({.scheduler = "serial", .workers = 2});
  EXPECT_NE(said.find("2 workers"), std::string::npos) << said;
  EXPECT_EQ(said.find("--"), std::string::npos) << "no flag of a program: " << said;
  EXPECT_NE(refusal({.workers = 1, .queue_capacity = 0}), "");
  EXPECT_NE(refusal({.workers = 1, .options = {{"colour", "red"}}}), "");
  EXPECT_EQ(refusal({.scheduler = "heartbeat", .workers = 1, .options = {{"beat_us", "50"}}}), "");
}

TEST(Runtime, WithoutANumberThereIsAWorkerForEachUsableCpu) {
  const Runtime runtime;
  EXPECT_EQ(runtime.workers(), allowed_cpus().size());
  EXPECT_EQ(runtime.scheduler(), "chase_lev");
  EXPECT_EQ(Runtime({.scheduler = "serial"}).workers(), 1U);
}

TEST(Runtime, PinnedWorkersWorkAndAreCounted) {
  Runtime runtime({.workers = 2, .pin = Pin::kCompact});
  Atomic<std::uint64_t> runs = 0;
  runtime.submit_batch(64, [&runs](std::size_t) { return [&runs] { runs.fetch_add(1, kStat); }; });
  runtime.wait();
  EXPECT_EQ(runs.load(kStat), 64U);
  std::uint64_t tasks = 0;
  for (const Counter& counter : runtime.counters()) {
    tasks += counter.name == "tasks" ? counter.value : 0;
  }
  EXPECT_EQ(tasks, 64U);
}

}  // namespace
}  // namespace an
