#include "harness/cell/turn_trace.hpp"

#include <gtest/gtest.h>

namespace an::harness {
namespace {

std::vector<std::string> kinds_of(const TurnTrace::Worker& worker) {
  std::vector<std::string> kinds;
  for (const TraceEntry& event : worker.events) {
    kinds.push_back(event.kind);
  }
  return kinds;
}

using Kinds = std::vector<std::string>;

TEST(TurnTracer, HasTheEventsOfTheTurnAndNoOthers) {
  TraceRing ring(100);
  TurnTracer tracer({&ring});
  ring.add(TraceKind::kSteal, 1);
  tracer.begin();
  ring.add(TraceKind::kSteal, 2);
  ring.add(TraceKind::kCohort, 77);
  ring.add(TraceKind::kCohortEnd, 0);
  ring.add(TraceKind::kPromote, 3);
  tracer.end();
  ring.add(TraceKind::kPark, 0);
  ASSERT_NE(tracer.last(), nullptr);
  const TurnTrace& trace = *tracer.last();
  ASSERT_EQ(trace.workers.size(), 1U);
  EXPECT_EQ(kinds_of(trace.workers[0]), (Kinds{"steal", "cohort", "cohort_end", "promote"}));
  EXPECT_EQ(trace.workers[0].events[0].arg, 2);
  EXPECT_EQ(trace.workers[0].events[1].arg, 77);
  EXPECT_EQ(trace.workers[0].lost, 0);
  std::int64_t before_ns = 0;
  for (const TraceEntry& event : trace.workers[0].events) {
    EXPECT_GE(event.at_ns, before_ns);
    EXPECT_LE(event.at_ns, trace.ns);
    before_ns = event.at_ns;
  }
}

TEST(TurnTracer, AWorkerThatSleepsWhenTheTurnBeginsDoesSoFromItsBegin) {
  TraceRing asleep(100), awake(100);
  TurnTracer tracer({&asleep, &awake});
  asleep.add(TraceKind::kSteal, 1);
  asleep.add(TraceKind::kPark, 0);
  awake.add(TraceKind::kPark, 0);
  awake.add(TraceKind::kUnpark, 0);
  tracer.begin();
  asleep.add(TraceKind::kUnpark, 0);
  tracer.end();
  const TurnTrace& trace = *tracer.last();
  EXPECT_EQ(kinds_of(trace.workers[0]), (Kinds{"park", "unpark"}));
  EXPECT_EQ(trace.workers[0].events[0].at_ns, 0);
  EXPECT_EQ(kinds_of(trace.workers[1]), Kinds{});
}

TEST(TurnTracer, CountsWhatNewerEventsReplaced) {
  TraceRing ring(3);
  TurnTracer tracer({&ring});
  ring.add(TraceKind::kSteal, 0);
  tracer.begin();
  for (int i = 0; i < 10; ++i) {
    ring.add(TraceKind::kSteal, i);
  }
  tracer.end();
  EXPECT_EQ(tracer.last()->workers[0].lost, 7);
  ASSERT_EQ(tracer.last()->workers[0].events.size(), 3U);
  EXPECT_EQ(tracer.last()->workers[0].events[0].arg, 7);
}

TEST(TurnTracer, EachTurnIsATraceOfItsOwn) {
  TraceRing ring(100);
  TurnTracer tracer({&ring});
  EXPECT_EQ(tracer.last(), nullptr);
  tracer.begin();
  ring.add(TraceKind::kSteal, 0);
  tracer.end();
  tracer.begin();
  tracer.end();
  EXPECT_TRUE(tracer.last()->workers[0].events.empty());
}

TEST(TurnTracer, WithoutRingsThereIsNoTrace) {
  TurnTracer tracer({});
  tracer.begin();
  tracer.end();
  EXPECT_EQ(tracer.last(), nullptr);
}

}  // namespace
}  // namespace an::harness
