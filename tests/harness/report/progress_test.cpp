#include "harness/report/progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace an::harness {
namespace {

using testing::HasSubstr;
using testing::Not;

CellPlan plan_named(const std::string& name) {
  CellPlan plan;
  plan.name = name;
  return plan;
}

CellRecord record_of(const std::string& name, Status status, const std::string& reason) {
  CellRecord record;
  record.plan = plan_named(name);
  record.status = status;
  if (!reason.empty()) {
    record.reason = reason;
  }
  return record;
}

TEST(PlainProgress, WritesOneLinePerFinishedCell) {
  std::ostringstream stream;
  const auto progress = make_progress(stream, {false, 80});
  progress->planned({plan_named("fib/a"), plan_named("fib/b")});
  progress->turn(plan_named("fib/a"), 0, 2);
  CellRecord good = record_of("fib/a", Status::kOk, "");
  Sample sample;
  sample.ns = 3410;
  sample.ops = 1000;
  good.samples.push_back(sample);
  progress->finished(good);
  progress->finished(record_of("fib/b", Status::kCrash, "killed by SIGSEGV"));
  progress->note("waiting for the lock");
  EXPECT_EQ(stream.str(),
            "2 cells\n"
            "[1/2] fib/a: ok, last turn 3.41 ns/op\n"
            "[2/2] fib/b: crash (killed by SIGSEGV)\n"
            "waiting for the lock\n");
}

TEST(TerminalProgress, OverwritesItsLineAndLeavesNothingBehind) {
  std::ostringstream stream;
  {
    const auto progress = make_progress(stream, {true, 80});
    progress->planned({plan_named("fib/a"), plan_named("fib/b")});
    progress->turn(plan_named("fib/a"), 1, 4);
    progress->finished(record_of("fib/a", Status::kOk, ""));
    progress->finished(record_of("fib/b", Status::kTimeout, "no reply for 1 s"));
  }
  const std::string text = stream.str();
  EXPECT_THAT(text, HasSubstr("1 of 2 cells left"));
  EXPECT_THAT(text, HasSubstr("fib/b: timeout (no reply for 1 s)\n")) << "failures stay on screen";
  EXPECT_THAT(text, Not(HasSubstr("fib/a: ok")));
  EXPECT_EQ(text.substr(text.size() - 4), "\r\x1b[K");
}

TEST(ProgressLine, ShowsBarCellsAndTimeLeft) {
  const CellPlan plan = plan_named("fib/n:25");
  const ProgressState state{
      .done = 10, .total = 40, .cells_finished = 1, .cells = 4, .elapsed_ns = 5'000'000'000};
  EXPECT_EQ(progress_line(state, &plan, 80),
            "[#####...............] 3 of 4 cells left, ETA 15 s  fib/n:25");
}

TEST(ProgressLine, GuessesNothingBeforeTheFirstTurn) {
  const std::string line = progress_line({}, nullptr, 80);
  EXPECT_EQ(line, "[....................] 0 of 0 cells left");
}

TEST(ProgressLine, FitsTheTerminal) {
  const CellPlan plan = plan_named(std::string(300, 'x'));
  EXPECT_EQ(progress_line({.total = 1, .cells = 1}, &plan, 40).size(), 39U);
  EXPECT_EQ(progress_line({}, &plan, 0), "");
}

}  // namespace
}  // namespace an::harness
