#include "schedulers/profile.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/schedulers/counter.hpp"
#include "tests/schedulers/spin.hpp"
#include "workloads/fib.hpp"
#include "workloads/spin_tree.hpp"
#include "workloads/tree_sum.hpp"

namespace an::schedulers::profile {
namespace {

using Worker = Scheduler::Worker;

constexpr double kBurdenNs = 1000;

// Adds strands that take 10, 20, 30 ns ... in serial order and end with `edges`.
Totals totals_of(const std::vector<Mark>& marks) {
  Spans spans(kBurdenNs);
  double ns = 0;
  for (const Mark mark : marks) {
    spans.add(mark, ns += 10);
  }
  return spans.totals();
}

Mark plain(Edge edge) {
  return {edge, kRunGroup};
}

TEST(ProfileSpans, OfOneStrandIsItsTime) {
  const Totals totals = totals_of({plain(Edge::kEnd)});
  EXPECT_EQ(totals.strands, 1U);
  EXPECT_EQ(totals.span_strands, 1U);
  EXPECT_DOUBLE_EQ(totals.work_ns, 10);
  EXPECT_DOUBLE_EQ(totals.span_ns, 10);
  EXPECT_EQ(totals.burdens, 0U);
}

TEST(ProfileSpans, OfAJoinTakesTheLongerBranch) {
  // 10, then 20 beside 30, then 40.
  const Totals totals =
      totals_of({plain(Edge::kFork), plain(Edge::kMiddle), plain(Edge::kJoin), plain(Edge::kEnd)});
  EXPECT_EQ(totals.strands, 4U);
  EXPECT_EQ(totals.joins, 1U);
  EXPECT_EQ(totals.span_strands, 3U);
  EXPECT_DOUBLE_EQ(totals.work_ns, 100);
  EXPECT_DOUBLE_EQ(totals.span_ns, 80);
  EXPECT_DOUBLE_EQ(totals.burdened_ns, 80);
  EXPECT_EQ(totals.burdens, 1U);
}

TEST(ProfileSpans, EachLengthHasAPathOfItsOwn) {
  // The first branch forks three times in a row, the second is one long strand.
  Spans spans(kBurdenNs);
  spans.add(plain(Edge::kFork), 1);
  for (int i = 0; i < 3; ++i) {
    spans.add(plain(Edge::kFork), 1);
    spans.add(plain(Edge::kMiddle), 1);
    spans.add(plain(Edge::kJoin), 1);
  }
  spans.add(plain(Edge::kMiddle), 1);
  spans.add(plain(Edge::kJoin), 1500);
  spans.add(plain(Edge::kEnd), 1);
  const Totals& totals = spans.totals();
  EXPECT_EQ(totals.span_strands, 9U);
  EXPECT_DOUBLE_EQ(totals.span_ns, 1502);
  EXPECT_DOUBLE_EQ(totals.burdened_ns, 9);  // and 4,000 of burden are more than 1,502 and 1,000
  EXPECT_EQ(totals.burdens, 4U);
}

TEST(ProfileSpans, ATaskRunsBesideItsSpawnerUntilTheWait) {
  // 10; a task of 20 beside 30; the wait; 40.
  const Totals totals =
      totals_of({{Edge::kSpawn, 1}, {Edge::kTaskEnd, 1}, {Edge::kWait, 1}, plain(Edge::kEnd)});
  EXPECT_EQ(totals.tasks, 1U);
  EXPECT_EQ(totals.strands, 4U);
  EXPECT_DOUBLE_EQ(totals.span_ns, 80);
  EXPECT_EQ(totals.span_strands, 3U);
  EXPECT_DOUBLE_EQ(totals.burdened_ns, 70);  // by way of the task
  EXPECT_EQ(totals.burdens, 1U);
}

TEST(ProfileSpans, AWaitIsForTheTaskThatEndsLast) {
  Spans spans(0);
  for (const double ns : {5.0, 1000.0, 6.0}) {
    spans.add({Edge::kSpawn, 1}, 1);
    spans.add({Edge::kTaskEnd, 1}, ns);
  }
  spans.add({Edge::kWait, 1}, 1);
  spans.add(plain(Edge::kEnd), 1);
  EXPECT_DOUBLE_EQ(spans.totals().span_ns, 2 + 1000 + 1);
}

TEST(ProfileSpans, AGroupsNumberStartsAnewAfterAWait) {
  // The first branch waits for a task of 1,000; the second uses the number again, for one of 1.
  Spans spans(0);
  spans.add(plain(Edge::kFork), 1);
  for (const double ns : {1000.0, 1.0}) {
    spans.add({Edge::kSpawn, 1}, 1);
    spans.add({Edge::kTaskEnd, 1}, ns);
    spans.add({Edge::kWait, 1}, 1);
    spans.add(plain(ns > 1 ? Edge::kMiddle : Edge::kJoin), ns > 1 ? 1 : 1500);
  }
  spans.add(plain(Edge::kEnd), 1);
  EXPECT_DOUBLE_EQ(spans.totals().span_ns, 1 + 1 + 1 + 1500 + 1);
}

TEST(ProfileSpans, TheEndOfARunWaitsForItsTasks) {
  // 10; a task of 20; 5 to the end.
  Spans spans(0);
  spans.add(plain(Edge::kSpawn), 10);
  spans.add(plain(Edge::kTaskEnd), 20);
  spans.add(plain(Edge::kEnd), 5);
  EXPECT_DOUBLE_EQ(spans.totals().span_ns, 30);
  spans.add(plain(Edge::kEnd), 7);  // the next run begins at its own beginning
  EXPECT_DOUBLE_EQ(spans.totals().span_ns, 37);
}

TEST(ProfileSpans, ARunThatWasInterruptedDoesNotCountMoreThanOthers) {
  Spans spans(0);
  for (int run = 0; run < 100; ++run) {
    spans.add(plain(Edge::kEnd), run == 50 ? 1'000'000 : 10);
  }
  EXPECT_DOUBLE_EQ(spans.totals().span_ns, 100 * 10);
  EXPECT_DOUBLE_EQ(spans.totals().burdened_ns, 100 * 10);
  EXPECT_DOUBLE_EQ(spans.totals().work_ns, 99 * 10 + 1'000'000);
}

TEST(ProfileKinds, AKindNeverTimedHasTheMeanOfAll) {
  Kinds kinds;
  kinds.learn(Edge::kFork, Edge::kMiddle, 300);
  kinds.learn(Edge::kJoin, Edge::kJoin, 100);
  EXPECT_DOUBLE_EQ(kinds.weight(Edge::kFork, Edge::kMiddle), 300);
  EXPECT_DOUBLE_EQ(kinds.weight(Edge::kJoin, Edge::kJoin), 100);
  EXPECT_DOUBLE_EQ(kinds.weight(Edge::kFork, Edge::kFork), 200);
}

TEST(Profile, CountsOfFibAreThoseOfTheFormula) {
  for (const std::int64_t n : {2, 3, 10, 20}) {
    Scheduler scheduler(SchedulerConfig{});
    scheduler.run([&](Worker worker) {
      return workloads::fib::fib_of(worker, static_cast<std::uint64_t>(n));
    });
    const std::uint64_t joins = workloads::fib::fib_by_loop(n + 1) - 1;
    EXPECT_EQ(counter(scheduler, "joins"), joins);
    EXPECT_EQ(counter(scheduler, "strands"), 3 * joins + 1);
    // Down the first branches: n - 1 forks, each with a strand before it and one after its join.
    EXPECT_EQ(counter(scheduler, "span_strands"), 2 * static_cast<std::uint64_t>(n - 1) + 1);
    EXPECT_EQ(counter(scheduler, "tasks"), 0U);
  }
}

TEST(Profile, TheSpanOfABalancedTreeIsItsDepth) {
  Scheduler scheduler(SchedulerConfig{});
  auto input = workloads::tree_sum::Workload::prepare((1 << 12) - 1, 1);
  constexpr int kRuns = 3;
  for (int run = 0; run < kRuns; ++run) {
    scheduler.run([&](Worker worker) { return workloads::tree_sum::Workload::run(worker, input); });
  }
  EXPECT_EQ(counter(scheduler, "joins"), kRuns * ((1U << 11) - 1));
  EXPECT_EQ(counter(scheduler, "span_strands"), kRuns * (2U * 11 + 1));
}

TEST(Profile, TasksOfEveryKindAreCounted) {
  Scheduler scheduler(SchedulerConfig{});
  scheduler.inject([](Worker) {});
  scheduler.inject_batch(2, [](std::int64_t) { return [](Worker) {}; });
  scheduler.wait_injected();
  EXPECT_EQ(counter(scheduler, "tasks"), 3U);
  EXPECT_EQ(counter(scheduler, "strands"), 7U);
  scheduler.run([](Worker worker) {
    worker.spawn([](Worker) {});
    worker.spawn([](Worker) {}, Phase{1});
    worker.spawn_batch(3, [](std::int64_t) { return [](Worker) {}; });
    TaskGroup<Worker> group(worker);
    group.spawn(
        worker, [](Worker) {}, Hint{});
    group.spawn_batch(worker, 4, [](std::int64_t) { return [](Worker) {}; });
    group.wait(worker);
    group.wait(worker);  // for nothing: no join
  });
  EXPECT_EQ(counter(scheduler, "tasks"), 3U + 10);
  EXPECT_EQ(counter(scheduler, "strands"), 7U + 1 + 2 * 10 + 1);
}

TEST(Profile, ARunInsideARunIsAPartOfItsStrand) {
  Scheduler scheduler(SchedulerConfig{});
  scheduler.run([&](Worker) {
    return scheduler.run([](Worker worker) { worker.join([](Worker) {}, [](Worker) {}); });
  });
  EXPECT_EQ(counter(scheduler, "strands"), 4U);
  EXPECT_EQ(counter(scheduler, "span_strands"), 3U);
}

TEST(Profile, ExceptionsLeaveTheStateRight) {
  Scheduler scheduler(SchedulerConfig{});
  const auto fail = [](Worker) { throw std::runtime_error("on purpose"); };
  const auto pass = [](Worker) {};
  EXPECT_ANY_THROW(scheduler.run([&](Worker worker) { worker.join(fail, pass); }));
  EXPECT_EQ(counter(scheduler, "strands"), 3U);  // the second branch did not run
  EXPECT_ANY_THROW(scheduler.run([&](Worker worker) { worker.join(pass, fail); }));
  EXPECT_ANY_THROW(scheduler.run([&](Worker worker) { worker.spawn(fail); }));
  EXPECT_ANY_THROW(scheduler.run([&](Worker worker) {
    TaskGroup<Worker> group(worker);
    group.spawn(worker, [&](Worker w) { w.join(pass, fail); });
    group.wait(worker);
  }));
  const std::uint64_t before = counter(scheduler, "span_strands");
  scheduler.run([&](Worker worker) { worker.join(pass, pass); });
  EXPECT_EQ(counter(scheduler, "span_strands"), before + 3);
}

TEST(Profile, TimesOfLongStrandsAreTheirs) {
  Scheduler scheduler(SchedulerConfig{});
  constexpr Nanos kShortNs = 1'000'000, kLongNs = 3'000'000;
  scheduler.run([](Worker worker) {
    worker.join([](Worker) { spin_for_ns(kShortNs); }, [](Worker) { spin_for_ns(kLongNs); });
  });
  EXPECT_GE(counter(scheduler, "work_ns"), (kShortNs + kLongNs) * 99 / 100);
  EXPECT_GE(counter(scheduler, "span_ns"), kLongNs * 99 / 100);
  // Whatever else the machine did meanwhile: the shorter branch is not on the path.
  EXPECT_LE(counter(scheduler, "span_ns"), counter(scheduler, "work_ns") - kShortNs * 99 / 100);
  EXPECT_EQ(counter(scheduler, "batched_ns"), 0U);
  EXPECT_EQ(counter(scheduler, "burdens_ns"), 1000U);
}

TEST(Profile, LongLeavesOnShortForksKeepTheirTime) {
  // 64 leaves of 10 us under joins of nothing: the span is one leaf and 12 short strands, although two
  // strands of three are short.
  constexpr std::uint64_t kLeafNs = 10'000, kLeaves = 64;
  const Deadline deadline = Deadline::after(10'000'000'000);  // a busy machine may need more runs
  std::uint64_t shortest_ns = UINT64_MAX;
  while (shortest_ns > 5 * kLeafNs && !deadline.has_passed()) {
    Scheduler scheduler(SchedulerConfig{});
    scheduler.run([](Worker worker) {
      for_range(worker, 0, kLeaves, 1, [](Worker, std::int64_t) { spin_for_ns(kLeafNs); });
    });
    shortest_ns = std::min(shortest_ns, counter(scheduler, "span_ns"));
    EXPECT_EQ(counter(scheduler, "joins"), kLeaves - 1);
    EXPECT_GE(counter(scheduler, "work_ns"), kLeaves * kLeafNs * 99 / 100);
  }
  EXPECT_GE(shortest_ns, kLeafNs * 99 / 100);
  EXPECT_LE(shortest_ns, 5 * kLeafNs);
}

TEST(Profile, LongStrandsAreTimedOneByOneToTheEnd) {
  Scheduler scheduler(SchedulerConfig{});
  scheduler.run([](Worker worker) {  // several logs long
    for_range(worker, 0, 512, 1, [](Worker, std::int64_t) { spin_for_ns(5'000); });
  });
  EXPECT_EQ(counter(scheduler, "batched_ns"), 0U);
  EXPECT_EQ(counter(scheduler, "looks"), counter(scheduler, "strands"));
}

TEST(Profile, ABatchIsSharedOutByWhatStrandsOfAKindTake) {
  // 1,024 leaves that are long beside what joins them, but short beside a look at the clock. Equal shares
  // would put a good part of a leaf on each of the 20 short strands of the path: two thirds of `equal_ns`.
  constexpr std::uint64_t kSteps = 96;
  auto input = workloads::spin_tree::Workload::prepare(kSteps, 1);
  const Deadline deadline = Deadline::after(10'000'000'000);  // a busy machine may need more runs
  std::uint64_t span_ns = UINT64_MAX;
  std::uint64_t equal_ns = 0;
  while (span_ns > equal_ns / 2 && !deadline.has_passed()) {
    Scheduler scheduler(SchedulerConfig{});
    constexpr std::uint64_t kRuns = 40;
    std::uint64_t work_ns = UINT64_MAX;
    span_ns = UINT64_MAX;
    for (std::uint64_t run = 0; run < kRuns; ++run) {
      const std::uint64_t work_before = counter(scheduler, "work_ns");
      const std::uint64_t span_before = counter(scheduler, "span_ns");
      scheduler.run(
          [&](Worker worker) { return workloads::spin_tree::Workload::run(worker, input); });
      work_ns = std::min(work_ns, counter(scheduler, "work_ns") - work_before);
      span_ns = std::min(span_ns, counter(scheduler, "span_ns") - span_before);
    }
    equal_ns = work_ns * counter(scheduler, "span_strands") / counter(scheduler, "strands");
  }
  EXPECT_LE(span_ns, equal_ns / 2);
}

TEST(Profile, ShortStrandsAreTimedInBatches) {
  Scheduler scheduler(SchedulerConfig{});
  scheduler.run([](Worker worker) { return workloads::fib::fib_of(worker, 22); });
  EXPECT_LT(counter(scheduler, "looks"), counter(scheduler, "strands") / 4);
  EXPECT_GT(counter(scheduler, "batched_ns"), 0U);
  EXPECT_LE(counter(scheduler, "batched_ns"), counter(scheduler, "work_ns"));
  EXPECT_GT(counter(scheduler, "probe_ns"), 0U);
}

TEST(Profile, MoreThanOneWorkerAndBadOptionsAreRefused) {
  SchedulerConfig config;
  config.workers = 2;
  EXPECT_THROW(Scheduler{config}, Error);
  config.workers = 1;
  config.options["burden_ns"] = "-1";
  EXPECT_THROW(Scheduler{config}, Error);
}

}  // namespace
}  // namespace an::schedulers::profile
