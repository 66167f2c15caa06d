#include "harness/verdict/micro_figures.hpp"

#include <gtest/gtest.h>

namespace an::harness {
namespace {

MicroRecord record_of(const std::vector<double>& times) {
  MicroRecord record;
  record.benchmark = {"deque", "deque/line", "line/manual_time", "", ""};
  record.status = Status::kOk;
  for (const double time : times) {
    MicroSample sample;
    sample.reading.ns = time;
    sample.wall_ns = 1'000'000;
    record.samples.push_back(sample);
  }
  return record;
}

MicroFigure figure_of(const MicroRecord& record) {
  return micro_figures({record}).front();
}

TEST(MicroFigures, AreMediansWithTheIntervalOfTheSignTest) {
  const MicroFigure figure = figure_of(record_of({5, 1, 2, 4, 3, 6}));
  EXPECT_EQ(figure.samples, 6);
  EXPECT_DOUBLE_EQ(figure.ns->median, 3.5);
  ASSERT_TRUE(figure.ns->interval) << "six samples are enough for 95 %";
  EXPECT_DOUBLE_EQ(figure.ns->interval->low, 1);
  EXPECT_DOUBLE_EQ(figure.ns->interval->high, 6);
  EXPECT_DOUBLE_EQ(figure.ns->sigma, 1.4826 * 1.5);
  EXPECT_FALSE(figure_of(record_of({1, 2, 3, 4, 5})).ns->interval);
}

TEST(MicroFigures, TheTimeOfAnItemIsTheFigureWhereThereIsOne) {
  MicroRecord record = record_of({100, 200, 300});
  record.samples[0].reading.counters = {{"ns_per_item", 1}, {"rate", 0.5}};
  record.samples[1].reading.counters = {{"ns_per_item", 3}, {"rate", 0.7}};
  record.samples[2].reading.counters = {{"ns_per_item", 2}};
  const MicroFigure figure = figure_of(record);
  EXPECT_DOUBLE_EQ(figure.ns->median, 2);
  EXPECT_TRUE(figure.counters.empty()) << "one sample has no rate";
  record.samples[2].reading.counters["rate"] = 0.6;
  EXPECT_DOUBLE_EQ(figure_of(record).counters.at("rate").median, 0.6);
  EXPECT_EQ(figure_of(record).counters.count("ns_per_item"), 0U);
  record.samples[2].reading.counters.erase("ns_per_item");
  EXPECT_DOUBLE_EQ(figure_of(record).ns->median, 200);
}

TEST(MicroFigures, WhatFailedHasNone) {
  for (const Status status :
       {Status::kCrash, Status::kTimeout, Status::kWrong, Status::kNotApplicable}) {
    MicroRecord record = record_of({1, 2, 3});
    record.status = status;
    record.reason = "why";
    EXPECT_FALSE(figure_of(record).ns);
    EXPECT_EQ(figure_of(record).samples, 0);
    EXPECT_EQ(figure_of(record).reason, "why");
  }
}

TEST(MicroFigures, WhatWasInterruptedKeepsItsOwn) {
  MicroRecord record = record_of({1, 2, 3});
  record.status = Status::kPartial;
  EXPECT_DOUBLE_EQ(figure_of(record).ns->median, 2);
  EXPECT_FALSE(figure_of(record_of({})).ns);
}

TEST(MicroNoise, IsSummedOverAllSamples) {
  MicroRecord record = record_of({1, 2});
  record.samples[0].noise = {100, 3, {}};
  record.samples[1].noise = {400, 4, {}};
  const MicroNoise noise = micro_noise({record});
  EXPECT_DOUBLE_EQ(*noise.waiting_share, 0.25);  // 500 us of 2 ms
  EXPECT_EQ(noise.steal_ticks, 7);
}

TEST(MicroNoise, IsUnknownWhereASampleDoesNotSay) {
  MicroRecord record = record_of({1, 2});
  record.samples[0].noise = {100, 3, {}};
  EXPECT_FALSE(micro_noise({record}).waiting_share);
  EXPECT_FALSE(micro_noise({record}).steal_ticks);
  EXPECT_FALSE(micro_noise({}).waiting_share);
}

}  // namespace
}  // namespace an::harness
