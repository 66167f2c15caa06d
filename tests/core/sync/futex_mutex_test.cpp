#include "core/sync/futex_mutex.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <mutex>
#include <string>
#include <vector>

#include "core/base/backoff.hpp"
#include "core/base/rng.hpp"
#include "core/base/thread.hpp"

namespace an {
namespace {

bool is_asleep(int thread) {
  std::ifstream stat("/proc/self/task/" + std::to_string(thread) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(stat), {}};
  const auto name_end = text.rfind(')');
  return name_end != std::string::npos && text.substr(name_end + 2, 1) == "S";
}

TEST(FutexMutex, IsFreeUntilItIsTakenAndAfterItIsGivenBack) {
  FutexMutex mutex;
  EXPECT_TRUE(mutex.try_lock());
  EXPECT_FALSE(mutex.try_lock());
  mutex.unlock();
  mutex.lock();
  EXPECT_FALSE(mutex.try_lock());
  mutex.unlock();
  {
    const std::lock_guard guard(mutex);
    EXPECT_FALSE(mutex.try_lock());
  }
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TEST(FutexMutex, OneHolderAtATime) {
  constexpr int kThreads = 4;
  constexpr std::uint64_t kRounds = 20'000;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    FutexMutex mutex;
    std::uint64_t count = 0;  // plain: a second holder loses additions
    std::uint64_t tried = 0;
    std::vector<Thread> threads;
    for (std::uint64_t t = 0; t < kThreads; ++t) {
      threads.emplace_back("holder", [&, rng = Rng::stream(seed, t)]() mutable {
        for (std::uint64_t round = 0; round < kRounds; ++round) {
          if (rng.below(8) != 0) {
            const std::lock_guard guard(mutex);
            ++count;
          } else if (mutex.try_lock()) {
            ++tried;
            if (rng.below(64) == 0) {
              cpu_yield();  // let the others spin to their end and sleep
            }
            mutex.unlock();
          } else {
            const std::lock_guard guard(mutex);
            ++tried;
          }
        }
      });
    }
    threads.clear();
    EXPECT_EQ(count + tried, kThreads * kRounds);
    EXPECT_TRUE(mutex.try_lock()) << "free in the end";
  }
}

// Everybody is asleep before the holder lets go: each one must be woken, by the one before it.
TEST(FutexMutex, EverySleeperIsWoken) {
  for (int round = 0; round < 50; ++round) {
    constexpr int kThreads = 3;
    FutexMutex mutex;
    Atomic<int> ids[kThreads] = {};
    int holders = 0;
    mutex.lock();
    std::vector<Thread> threads;
    for (Atomic<int>& id : ids) {
      threads.emplace_back("sleeper", [&] {
        id.store(::gettid(), kRelease);
        const std::lock_guard guard(mutex);
        ++holders;
      });
    }
    for (const Atomic<int>& id : ids) {
      while (id.load(kAcquire) == 0 || !is_asleep(id.load(kStat))) {
        cpu_yield();
      }
    }
    EXPECT_EQ(holders, 0);
    mutex.unlock();
    threads.clear();
    EXPECT_EQ(holders, kThreads);
  }
}

TEST(FutexMutexDeathTest, UnlockingWhatNobodyHoldsIsABrokenInvariant) {
  FutexMutex mutex;
  EXPECT_DEATH(mutex.unlock(), "kContended");
}

}  // namespace
}  // namespace an
