#include "core/base/atomic.hpp"

#include <cstdint>

#include "core/base/backoff.hpp"
#include "core/base/cache_line.hpp"
#include "core/base/rng.hpp"
#include "core/base/thread.hpp"
#include "gtest/gtest.h"

namespace an {
namespace {

constexpr int kRounds = 20'000;

TEST(Atomic, ThirtyTwoAndSixtyFourBitWordsAreLockFree) {
  EXPECT_TRUE(Atomic<std::uint32_t>::is_always_lock_free);
  EXPECT_TRUE(Atomic<std::uint64_t>::is_always_lock_free);
  EXPECT_TRUE(Atomic<void*>::is_always_lock_free);
}

TEST(Atomic, HeavyBarrierAvailabilityNeverChanges) {
  const bool available = heavy_barrier_available();
  Thread other("asks-too", [&] { EXPECT_EQ(heavy_barrier_available(), available); });
  other.join();
  EXPECT_EQ(heavy_barrier_available(), available);
}

// Store buffering (Dekker): each side writes its flag, then reads the other's. Without a StoreLoad
// barrier on both sides, both may read 0 (seen within thousands of rounds without heavy_barrier).
struct Side {
  Atomic<std::uint32_t> flag = 0;
  Atomic<int> round = 0;   // how often this side has come to a meeting
  std::uint32_t seen = 0;  // the other's flag; read by the other after a meeting
};

// Returns once both sides have come here equally often.
void meet(Side& mine, const Side& other) {
  const int round = mine.round.load(kRelaxed) + 1;
  mine.round.store(round, kRelease);
  Backoff backoff;
  while (other.round.load(kAcquire) < round) {
    backoff.wait();
  }
}

// Plays one round. Both flags start out in both caches, so that a load is quick and a store is not;
// random pauses let either side be the first.
template <class Barrier>
void play(Side& mine, const Side& other, Rng& rng, Barrier barrier) {
  mine.flag.store(0, kRelaxed);
  meet(mine, other);
  mine.seen = other.flag.load(kRelaxed);
  const std::uint32_t pauses = rng.below(8);
  meet(mine, other);
  for (std::uint32_t i = 0; i < pauses; ++i) {
    cpu_pause();
  }
  mine.flag.store(1, kRelaxed);
  barrier();
  mine.seen = other.flag.load(kRelaxed);
  meet(mine, other);
}

TEST(Atomic, LightAndHeavyBarriersTogetherForbidThatBothSidesMissEachOther) {
  if (!heavy_barrier_available()) {
    GTEST_SKIP() << "membarrier(2) is refused here: likely an old kernel or a seccomp filter";
  }
  Padded<Side> frequent{};
  Padded<Side> rare{};
  int both_missed = 0;
  Thread other("frequent", [&] {
    Rng rng(1);
    for (int round = 0; round < kRounds; ++round) {
      play(frequent.value, rare.value, rng, light_barrier);
      meet(frequent.value, rare.value);
    }
  });
  Rng rng(2);
  for (int round = 0; round < kRounds; ++round) {
    play(rare.value, frequent.value, rng, heavy_barrier);
    both_missed += frequent.value.seen == 0 && rare.value.seen == 0 ? 1 : 0;
    meet(rare.value, frequent.value);
  }
  other.join();
  EXPECT_EQ(both_missed, 0) << "in " << kRounds << " rounds";
}

}  // namespace
}  // namespace an
