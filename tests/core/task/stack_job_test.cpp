#include "core/task/stack_job.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <stdexcept>

#include "core/base/backoff.hpp"
#include "core/base/thread.hpp"

namespace an {
namespace {

struct TestWorker {
  static TestWorker enter(void* /*state*/) { return {}; }
  static void wake(void* state, WorkerId sleeper) {
    static_cast<Atomic<WorkerId>*>(state)->store(sleeper, kStat);
  }
};

TEST(StackJob, AStolenBranchHandsBackItsResult) {
  Atomic<WorkerId> woken = kNobody;
  auto branch = [](TestWorker) { return std::make_unique<int>(5); };
  StackJob<TestWorker, decltype(branch)> job(branch);
  EXPECT_FALSE(is_complete(job));
  job.execute(&woken);
  EXPECT_TRUE(is_complete(job));
  EXPECT_EQ(*job.take(), 5);
  EXPECT_EQ(woken.load(kStat), kNobody);
}

TEST(StackJob, AStolenBranchHandsBackWhatItThrew) {
  Atomic<WorkerId> woken = kNobody;
  auto branch = [](TestWorker) -> int { throw std::runtime_error("stolen"); };
  StackJob<TestWorker, decltype(branch)> job(branch);
  job.execute(&woken);
  EXPECT_THROW(job.take(), std::runtime_error);
}

TEST(StackJob, ADiscardedResultIsDestroyed) {
  Atomic<WorkerId> woken = kNobody;
  const auto token = std::make_shared<int>(1);
  auto branch = [&](TestWorker) { return token; };
  StackJob<TestWorker, decltype(branch)> job(branch);
  job.execute(&woken);
  EXPECT_EQ(token.use_count(), 2);
  job.discard();
  EXPECT_EQ(token.use_count(), 1);
}

TEST(StackJob, AnOwnerThatAskedIsWoken) {
  Atomic<WorkerId> woken = kNobody;
  auto branch = [](TestWorker) {};
  StackJob<TestWorker, decltype(branch)> job(branch);
  EXPECT_TRUE(ask_to_be_woken(job, 77));
  EXPECT_TRUE(ask_to_be_woken(job, 77)) << "asking twice is asking once";
  EXPECT_FALSE(is_complete(job));
  job.execute(&woken);
  EXPECT_EQ(woken.load(kStat), 77U);
  EXPECT_FALSE(ask_to_be_woken(job, 77)) << "too late: complete";
  EXPECT_EQ(job.take(), Unit{});
}

TEST(StackJob, ResultIsVisible) {
  Atomic<WorkerId> woken = kNobody;
  for (int round = 0; round < 1000; ++round) {
    int effect = 0;  // plain
    auto branch = [&](TestWorker) {
      effect = round;
      return std::array<int, 8>{round, round};
    };
    StackJob<TestWorker, decltype(branch)> job(branch);
    Atomic<Job*> handed = nullptr;
    Thread thief("thief", [&] {
      Job* taken = nullptr;
      while ((taken = handed.load(kAcquire)) == nullptr) {
        cpu_yield();
      }
      taken->execute(&woken);
    });
    handed.store(&job, kRelease);
    while (!is_complete(job)) {
      cpu_yield();
    }
    EXPECT_EQ(effect, round);
    EXPECT_EQ(job.take()[1], round);
  }
}

}  // namespace
}  // namespace an
