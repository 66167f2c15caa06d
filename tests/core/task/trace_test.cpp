#include "core/task/trace.hpp"

#include <gtest/gtest.h>

#include "core/base/thread.hpp"

namespace an {
namespace {

// Adds the events numbered [from, to): the argument of each is its number.
void add(TraceRing& ring, std::int64_t from, std::int64_t to) {
  for (std::int64_t number = from; number < to; ++number) {
    ring.add(number % 2 == 0 ? TraceKind::kSteal : TraceKind::kPark, number);
  }
}

// Every event is the one of its number.
void expect_whole(const TraceExcerpt& excerpt) {
  for (std::size_t i = 0; i < excerpt.events.size(); ++i) {
    const auto number = static_cast<std::int64_t>(excerpt.first + i);
    ASSERT_EQ(excerpt.events[i].arg, number);
    ASSERT_EQ(excerpt.events[i].kind, number % 2 == 0 ? TraceKind::kSteal : TraceKind::kPark);
    ASSERT_TRUE(i == 0 || excerpt.events[i - 1].ticks <= excerpt.events[i].ticks);
  }
}

TEST(TraceRing, KeepsWhatItWasToldInOrder) {
  TraceRing ring(8);
  EXPECT_EQ(ring.recorded(), 0U);
  EXPECT_TRUE(ring.since(0).events.empty());
  add(ring, 0, 5);
  const TraceExcerpt all = ring.since(0);
  EXPECT_EQ(ring.recorded(), 5U);
  EXPECT_EQ(all.first, 0U);
  ASSERT_EQ(all.events.size(), 5U);
  expect_whole(all);
  const TraceExcerpt some = ring.since(3);
  EXPECT_EQ(some.first, 3U);
  EXPECT_EQ(some.events.size(), 2U);
  expect_whole(some);
  EXPECT_TRUE(ring.since(5).events.empty());
}

TEST(TraceRing, HasRoomForItsCapacityAndThenLosesTheOldest) {
  for (const std::uint32_t asked : {1U, 3U, 7U, 8U, 100U}) {
    TraceRing ring(asked);
    ASSERT_GE(ring.capacity(), asked);
    const auto full = static_cast<std::int64_t>(ring.capacity());
    add(ring, 0, full);
    EXPECT_EQ(ring.since(0).events.size(), ring.capacity());
    add(ring, full, 2 * full + 3);
    const TraceExcerpt rest = ring.since(0);
    EXPECT_EQ(rest.first, ring.capacity() + 3) << "the first one that is not lost";
    EXPECT_EQ(rest.events.size(), ring.capacity());
    expect_whole(rest);
  }
}

TEST(TraceRing, AReaderBesideTheWorkerSeesNoEventThatIsHalfReplaced) {
  constexpr std::int64_t kEvents = 500'000;
  TraceRing ring(16'383);  // reading it takes long enough for many to be replaced meanwhile
  Thread worker("an-ring", [&ring] { add(ring, 0, kEvents); });
  while (ring.recorded() < kEvents) {
    const TraceExcerpt excerpt = ring.since(0);
    ASSERT_LE(excerpt.events.size(), ring.capacity());
    ASSERT_NO_FATAL_FAILURE(expect_whole(excerpt));
  }
  worker.join();
  EXPECT_EQ(ring.since(0).first, kEvents - ring.capacity());
}

}  // namespace
}  // namespace an
