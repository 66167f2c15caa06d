#include "harness/report/micro_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace an::harness {
namespace {

using testing::HasSubstr;
using testing::Not;

MicroFigure sample_figure(const std::string& program, const std::string& name) {
  MicroFigure figure;
  figure.benchmark = {program, program + "/" + name, name, "", ""};
  figure.status = Status::kOk;
  figure.samples = 9;
  figure.ns = MicroEstimate{3.41, Interval{3.39, 3.52}, 0.0341};
  return figure;
}

MicroFigure failed_figure(Status status) {
  MicroFigure figure = sample_figure("deque", "line");
  figure.status = status;
  figure.reason = "needs two CPUs";
  figure.samples = 0;
  figure.ns.reset();
  return figure;
}

std::string text_of(const std::vector<MicroFigure>& figures) {
  return render_table(micro_grids(figures), false);
}

TEST(MicroTable, ShowsFigureIntervalSpreadAndCounters) {
  MicroFigure figure = sample_figure("deque", "contended<Split>");
  figure.counters = {{"success_rate", {0.5, Interval{0.4, 0.6}, 0.1}},
                     {"items_per_second", {123456789.0, Interval{1, 2}, 1}}};
  const std::string text = text_of({figure});
  EXPECT_THAT(text, HasSubstr("contended<Split>        9  3.41 [3.39, 3.52]  1.00 %"));
  EXPECT_THAT(text, HasSubstr("items_per_second 1.23e+08; success_rate 0.500 [0.400, 0.600]"));
  EXPECT_THAT(text, Not(HasSubstr("deque/"))) << "the block says it";
}

TEST(MicroTable, HasABlockPerProgramAndNoLineBetweenBenchmarks) {
  const std::string text = text_of({sample_figure("deque", "line"), sample_figure("deque", "pop"),
                                    sample_figure("pool", "hot")});
  EXPECT_EQ(text.find("deque\n"), 0U);
  EXPECT_THAT(text, HasSubstr("\n\npool\n"));
  EXPECT_EQ(text.find("\n\n"), text.rfind("\n\n"));
}

TEST(MicroTable, SaysWhyThereIsNoFigure) {
  EXPECT_THAT(text_of({failed_figure(Status::kNotApplicable)}),
              HasSubstr("line       n/a: needs two CPUs"));
  EXPECT_THAT(text_of({failed_figure(Status::kCrash)}),
              HasSubstr("line       CRASH: needs two CPUs"));
}

TEST(MicroTable, OneSampleHasNoSpread) {
  MicroFigure figure = sample_figure("deque", "line");
  figure.samples = 1;
  figure.ns = MicroEstimate{3.41, {}, 0};
  EXPECT_THAT(text_of({figure}), HasSubstr("line             1       3.41       -"));
}

TEST(MicroTable, TheFooterNamesBuildsThatMayNotBePublished) {
  MicroOutcome outcome;
  outcome.started = "2026-01-31T23:59:59Z";
  outcome.builds = {{"deque", {"GNU 12", "-O1", "Debug", ""}}, {"pool", {"", "", "Release", ""}}};
  const Provenance provenance = micro_provenance(outcome, {"harness", "micro", "a b"}, "out");
  EXPECT_EQ(provenance.unpublishable, std::vector<std::string>{"deque: Debug"});
  EXPECT_EQ(provenance.command, "harness micro 'a b'");
  EXPECT_EQ(provenance.run_directory, "out");
}

TEST(MicroTable, TheNoiseIsSaidWhereItIsKnown) {
  EXPECT_EQ(micro_noise_text({}), "");
  EXPECT_THAT(micro_noise_text({0.042, 3}), HasSubstr("4.20 % of the time; stolen ticks 3"));
}

TEST(MicroJson, SaysNullForUnknown) {
  const MicroFigure figure = sample_figure("pool", "hot");
  const auto json = nlohmann::json::parse(micro_json({failed_figure(Status::kTimeout), figure},
                                                     {{"pool", {"", "", "Release", ""}}}, {}));
  EXPECT_TRUE(json["benchmarks"][0]["ns"].is_null());
  EXPECT_EQ(json["benchmarks"][0]["status"], "timeout");
  EXPECT_TRUE(json["waiting_share"].is_null());
  EXPECT_EQ(json["benchmarks"][1]["ns"]["low"], 3.39);
  EXPECT_TRUE(json["benchmarks"][1]["reason"].is_null());
  EXPECT_EQ(json["builds"]["pool"]["publishable"], true);
}

}  // namespace
}  // namespace an::harness
