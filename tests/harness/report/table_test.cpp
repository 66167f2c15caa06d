#include "harness/report/table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/harness/report/sample_results.hpp"

namespace an::harness {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

// The only line that contains `word`.
std::string line_with(const std::string& text, const std::string& word) {
  std::string found;
  for (const std::string& line : lines_of(text)) {
    if (line.find(word) != std::string::npos) {
      EXPECT_TRUE(found.empty()) << word << " occurs twice in\n" << text;
      found = line;
    }
  }
  return found;
}

TEST(Table, ShowsEveryFigureOfACell) {
  const std::string text =
      render_table({make_result("fib", 25, "resonance", 3.41)}, {{"fib", "join"}}, false);
  EXPECT_EQ(lines_of(text)[0], "fib  (one operation: join)");
  const std::string row = line_with(text, "resonance");
  for (const char* part :
       {"25", "18", "3.41 [3.39, 3.52]", "1.00 [0.99, 1.01]", "0 B", "3.05 MiB", "yes"}) {
    EXPECT_THAT(row, HasSubstr(part));
  }
}

TEST(Table, AlignsColumns) {
  const std::string text = render_table(
      {make_result("fib", 25, "serial", 3.41), make_result("fib", 25, "chase_lev", 1234.5)}, {},
      false);
  const std::string head = line_with(text, "x best");
  const std::size_t column = head.find("x best") + 6;
  EXPECT_EQ(line_with(text, "serial  ").substr(column - 4, 4), "1.00");
  EXPECT_EQ(line_with(text, "chase_lev").substr(column - 3, 3), "362");
}

TEST(Table, HasOneBlockPerWorkloadAndNoRowForABaseline) {
  const std::string text = render_table({make_result("fib", 25, "resonance", 4),
                                         make_baseline(make_result("fib", 25, "serial", 3.41)),
                                         make_result("nqueens", 8, "resonance", 9)},
                                        {}, false);
  EXPECT_THAT(text, HasSubstr("\n\nnqueens\n"));
  EXPECT_THAT(text, Not(HasSubstr("  serial  ")));
}

TEST(Table, ShowsTheReasonOfEveryRowWithoutFigures) {
  const std::string text =
      render_table({make_failure("fib", 25, "a", Status::kWrong, "the digest is 7, expected 9"),
                    make_failure("fib", 25, "b", Status::kCrash, "killed by SIGSEGV"),
                    make_failure("fib", 25, "c", Status::kTimeout, "no reply for 1 s"),
                    make_failure("fib", 25, "d", Status::kNotApplicable, "rustc is not installed")},
                   {}, false);
  EXPECT_THAT(line_with(text, " a "), HasSubstr("WRONG: the digest is 7, expected 9"));
  EXPECT_THAT(line_with(text, " b "), HasSubstr("CRASH: killed by SIGSEGV"));
  EXPECT_THAT(line_with(text, " c "), HasSubstr("TIMEOUT: no reply for 1 s"));
  EXPECT_THAT(line_with(text, " d "), HasSubstr("n/a: rustc is not installed"));
}

TEST(Table, KeepsTheFiguresOfAPartialCell) {
  CellResult result = make_result("fib", 25, "a", 3.41);
  result.status = Status::kPartial;
  result.reason = "interrupted";
  const std::string row = line_with(render_table({result}, {}, false), " a ");
  EXPECT_THAT(row, HasSubstr("3.41 ["));
  EXPECT_THAT(row, HasSubstr("partial: interrupted"));
}

TEST(Table, SaysWhatEndedARunBeforeItsSamplesWereUsedUp) {
  CellResult result = make_result("fib", 25, "a", 3.41);
  EXPECT_THAT(render_table({result}, {}, false), Not(HasSubstr("units, then")));
  result.stopped = Stopped::kBudget;
  EXPECT_THAT(render_table({result}, {}, false), HasSubstr("size 25: 6 units, then --budget"));
  result.stopped = Stopped::kRelCi;
  EXPECT_THAT(render_table({result}, {}, false), HasSubstr("within --rel-ci"));
}

TEST(Table, NeverCallsAnUncheckedCellVerified) {
  CellResult result = make_result("fib", 25, "a", 3.41);
  result.verified = false;
  EXPECT_THAT(render_table({result}, {}, false), HasSubstr("not verified"));
}

TEST(Table, SaysWhyXSerialIsMissing) {
  const std::string text = render_table(
      {make_result("fib", 25, "resonance", 4),
       make_baseline(make_failure("fib", 25, "serial", Status::kCrash, "killed by SIGBUS"))},
      {}, false);
  EXPECT_THAT(text,
              HasSubstr("size 25: no x serial: the serial baseline is CRASH: killed by SIGBUS"));
}

TEST(Table, MakesColumnsOfByteNotesAndLinesOfOthers) {
  CellResult result = make_result("wave_add", 64, "serial", 3.41);
  result.notes = {{"resident_bytes", 3072}, {"moved_bytes_per_op", 768}, {"lanes", 8}};
  const std::string text = render_table({result}, {}, false);
  EXPECT_THAT(line_with(text, "resident bytes"), HasSubstr("moved bytes per op"));
  EXPECT_THAT(line_with(text, "3.41 ["), HasSubstr("3.00 KiB"));
  EXPECT_THAT(line_with(text, "3.41 ["), HasSubstr("768 B"));
  EXPECT_THAT(line_with(text, "lanes"), HasSubstr("size 64: lanes 8"));
}

TEST(Table, NamesTheOptionsThatMakeTheCellAnother) {
  CellResult result = make_result("fib", 25, "heartbeat", 3.41);
  result.plan.options = {{"beat_us", "100"}};
  EXPECT_THAT(render_table({result}, {}, false), HasSubstr("heartbeat beat_us=100"));
}

TEST(Table, NamesAnAllocatorThatIsNotGlibc) {
  CellResult result = make_result("fib", 25, "heartbeat", 3.41);
  EXPECT_THAT(render_table({result}, {}, false), Not(HasSubstr("glibc")));
  result.plan.allocator.name = "mimalloc";
  EXPECT_THAT(render_table({result}, {}, false), HasSubstr("heartbeat alloc:mimalloc"));
}

TEST(Table, WarnsBelowOfALeakOfAVerifiedCellOnly) {
  CellResult result = make_result("fib", 25, "heartbeat", 3.41);
  result.memory.leaked_bytes = 0;
  EXPECT_THAT(render_table({result}, {}, false), Not(HasSubstr("warning")));
  result.memory.leaked_bytes = 24;
  EXPECT_THAT(line_with(render_table({result}, {}, false), "warning"),
              HasSubstr("fib/n:25/sched:heartbeat/workers:1 leaks 24 B"));
  result.verified = false;
  EXPECT_THAT(render_table({result}, {}, false), Not(HasSubstr("warning")));
}

TEST(Table, ColoursOnlyWhenAsked) {
  const std::vector<CellResult> results{make_result("fib", 25, "a", 3.41),
                                        make_failure("fib", 25, "b", Status::kCrash, "x")};
  EXPECT_THAT(render_table(results, {}, false), Not(HasSubstr("\x1b")));
  const std::string coloured = render_table(results, {}, true);
  EXPECT_THAT(coloured, HasSubstr("\x1b[31m"));
  EXPECT_THAT(coloured, HasSubstr("\x1b[32m"));
}

TEST(Table, OfNothingIsEmpty) {
  EXPECT_EQ(render_table({}, {}, true), "");
}

TEST(Footer, SaysWhereFiguresComeFromAndWhatForbidsThem) {
  Provenance provenance{"some CPU", "2026-01-02T03:04:05Z", "abc+", "harness --x", "results/r", {},
                        false};
  const std::string good = render_footer(provenance);
  for (const char* part : {"some CPU", "2026-01-02", "abc+", "harness --x", "results/r"}) {
    EXPECT_THAT(good, HasSubstr(part));
  }
  EXPECT_THAT(good, Not(HasSubstr("ot publishable")));
  provenance.unpublishable = {"heartbeat: Debug"};
  provenance.interrupted = true;
  EXPECT_THAT(render_footer(provenance), HasSubstr("Not publishable"));
  EXPECT_THAT(render_footer(provenance), HasSubstr("heartbeat: Debug"));
  EXPECT_THAT(render_footer(provenance), HasSubstr("Interrupted"));
}

}  // namespace
}  // namespace an::harness
