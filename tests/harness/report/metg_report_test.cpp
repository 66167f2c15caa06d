#include "harness/report/metg_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace an::harness {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using Side = TaskLength::Side;

Metg row(const std::string& scheduler, std::uint32_t workers) {
  Metg metg;
  metg.plan.scheduler = scheduler;
  metg.plan.workers = workers;
  metg.value = {Side::kAt, 61.24};
  metg.low = {{Side::kBelow, 6.1}};
  metg.high = {{Side::kAt, 70.1}};
  metg.units = 6;
  metg.curve = {{1, 6, 6.1, 0.123, 0.1, 0.2}, {4096, 6, 5321, 0.987, std::nullopt, std::nullopt}};
  return metg;
}

Metg refused(const std::string& reason) {
  Metg metg;
  metg.plan.scheduler = "gone";
  metg.reason = reason;
  return metg;
}

TEST(MetgTable, ShowsTheLengthWithItsBoundsAndTheCurve) {
  const std::string text = render_metg({row("x", 2)}, 0.5, false);
  EXPECT_THAT(text, HasSubstr("METG(50 %)"));
  EXPECT_THAT(text, HasSubstr("61.2 [< 6.10, 70.1]"));
  EXPECT_THAT(text, HasSubstr("6ns  5.3us\n"));
  EXPECT_THAT(text, HasSubstr("0.12   0.99\n"));
}

TEST(MetgTable, ABoundIsNoNumber) {
  Metg metg = row("x", 2);
  metg.value = {Side::kAbove, 5321};
  metg.low = metg.high = std::nullopt;
  EXPECT_THAT(render_metg({metg}, 0.9, false), HasSubstr("> 5321 "));
}

TEST(MetgTable, ARowWithoutAFigureSaysWhyAndIsInNoCurve) {
  const std::string text = render_metg({refused("it is n/a")}, 0.5, false);
  EXPECT_THAT(text, HasSubstr("it is n/a"));
  EXPECT_EQ(text.find("efficiency"), std::string::npos);
}

TEST(MetgTable, ASizeThatOnlyOneSchedulerHasIsADashInTheOthers) {
  Metg other = row("y", 2);
  other.curve.pop_back();
  EXPECT_THAT(render_metg({row("x", 2), other}, 0.5, false), HasSubstr("0.12      -\n"));
}

TEST(MetgJson, HasTheFigureOrTheReason) {
  const Json json = Json::parse(metg_json({row("x", 2), refused("it is n/a")}, 0.5, 0.05));
  EXPECT_EQ(json["target"], 0.5);
  const Json& first = json["rows"][0];
  EXPECT_EQ(first["metg"], (Json{{"sign", "="}, {"ns", 61.24}}));
  EXPECT_EQ(first["metg_low"]["sign"], "<");
  EXPECT_EQ(first["reason"], nullptr);
  EXPECT_EQ(first["curve"][1]["efficiency_low"], nullptr);
  const Json& second = json["rows"][1];
  EXPECT_EQ(second["metg"], nullptr);
  EXPECT_EQ(second["reason"], "it is n/a");
}

}  // namespace
}  // namespace an::harness
