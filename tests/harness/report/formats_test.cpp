#include "harness/report/formats.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/harness/report/sample_results.hpp"

namespace an::harness {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(Csv, HasAHeaderAndALinePerCellThatIsNoBaseline) {
  const std::string text = render_csv({make_result("fib", 25, "resonance", 3.5),
                                       make_baseline(make_result("fib", 25, "serial", 3.41))});
  EXPECT_THAT(text,
              StartsWith("cell,scheduler,workload,size,workers,options,allocator,status,reason,"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  EXPECT_THAT(text, HasSubstr("fib/n:25/sched:resonance/"
                              "workers:1,resonance,fib,25,1,,glibc,ok,,18,6,0,samples,1000,3.5,"));
}

TEST(Csv, QuotesWhatWouldBreakALine) {
  const std::string text =
      render_csv({make_failure("fib", 25, "a", Status::kCrash, "said \"no\", twice\nand died")});
  EXPECT_THAT(text, HasSubstr(",crash,\"said \"\"no\"\", twice\nand died\",0,0,0,,,,"));
}

TEST(Csv, JoinsOptionsAndCounters) {
  CellResult result = make_result("fib", 25, "heartbeat", 3.41);
  result.plan.options = {{"beat_us", "100"}, {"credits", "2"}};
  result.counters = {{"steals", 3}};
  EXPECT_THAT(render_csv({result}), HasSubstr(",beat_us=100;credits=2,glibc,"));
  EXPECT_THAT(render_csv({result}), HasSubstr(",true,steals=3,\n"));
}

TEST(Csv, HasEveryFigureOfMemoryUnderItsName) {
  CellResult result = make_result("fib", 25, "heartbeat", 3.41);
  result.plan.allocator.name = "mimalloc";
  result.task_bytes = 40;
  result.memory = {.live_peak_bytes = 900,
                   .retained_bytes = 8,
                   .leaked_bytes = 0,
                   .requested_bytes = 700,
                   .rss_delta_kib = -4};
  const std::string text = render_csv({result, make_result("fib", 25, "serial", 3.41)});
  EXPECT_THAT(text, HasSubstr(",bytes_per_op,task_bytes,requested_bytes,retained_bytes,"
                              "leaked_bytes,rss_delta_kib,rss_peak_kib,"));
  EXPECT_THAT(text, HasSubstr(",mimalloc,ok,"));
  EXPECT_THAT(text, HasSubstr(",0,40,700,8,0,-4,3120,"));
  EXPECT_THAT(text, HasSubstr(",0,,,,,,3120,"));
}

TEST(Markdown, IsATablePerWorkload) {
  const std::string text = render_markdown(
      {make_result("fib", 25, "a", 3.41), make_result("nqueens", 8, "a", 9)}, {{"fib", "join"}});
  EXPECT_THAT(text, StartsWith("### fib\n\nOne operation: join.\n\n| size | scheduler |"));
  EXPECT_THAT(text, HasSubstr("| ---: | --- |"));
  EXPECT_THAT(text, HasSubstr("| 25 | a | 1 | 18 | 3.41 [3.39, 3.52] |"));
  EXPECT_THAT(text, HasSubstr("\n### nqueens\n"));
}

TEST(Markdown, EscapesWhatWouldEndACell) {
  const std::string text =
      render_markdown({make_failure("fib", 25, "a", Status::kCrash, "a|b\nc")}, {});
  EXPECT_THAT(text, HasSubstr("CRASH: a\\|b c |\n"));
  EXPECT_THAT(text, Not(HasSubstr("a|b")));
}

TEST(Latex, IsABooktabsTablePerWorkloadWithIntervals) {
  const std::string text = render_latex(
      {make_result("fib", 25, "good", 3.41), make_result("tree_sum", 8, "good", 2)}, {});
  EXPECT_THAT(text, StartsWith("% fib\n\\begin{tabular}{r"));
  EXPECT_THAT(text, HasSubstr("\\end{tabular}\n\n% tree_sum\n"));
  EXPECT_THAT(text, HasSubstr(" & 3.41 [3.39, 3.52] & 1.00 [0.99, 1.01] & "));
  for (const char* rule : {"\\toprule", "\\midrule", "\\bottomrule"}) {
    EXPECT_THAT(text, HasSubstr(rule));
  }
}

TEST(Latex, EscapesWhatTexWouldRead) {
  const std::string text = render_latex(
      {make_failure("fib", 25, "a_b", Status::kCrash, "100% & $x$ #1 {~^\\}<>\nend")}, {});
  EXPECT_THAT(text, HasSubstr("{}25 & a\\_b & 1 & \\multicolumn{"));
  EXPECT_THAT(text, HasSubstr("{CRASH: 100\\% \\& \\$x\\$ \\#1 \\{\\textasciitilde{}"
                              "\\textasciicircum{}\\textbackslash{}\\}\\textless{}"
                              "\\textgreater{} end} \\\\\n"));
}

}  // namespace
}  // namespace an::harness
