#include "harness/conductor/micro.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/error.hpp"
#include "tests/harness/conductor/fake_benches.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::json;

TEST(OrderOfUnit, IsAPermutationDrawnAnewInEachUnit) {
  std::set<std::vector<std::size_t>> orders;
  for (int unit = 0; unit < 60; ++unit) {
    std::vector<std::size_t> order = order_of_unit(4, 7, unit);
    EXPECT_EQ(order, order_of_unit(4, 7, unit)) << "the seed decides";
    orders.insert(order);
    std::sort(order.begin(), order.end());
    EXPECT_EQ(order, (std::vector<std::size_t>{0, 1, 2, 3}));
  }
  EXPECT_GT(orders.size(), 15U) << "of 24";
  EXPECT_NE(order_of_unit(20, 1, 0), order_of_unit(20, 2, 0));
  EXPECT_TRUE(order_of_unit(0, 1, 0).empty());
}

class Micro : public FakeBenches {
 protected:
  MicroOutcome run(int samples = 3) {
    ::signal(SIGPIPE, SIG_IGN);
    MicroRequest request;
    request.benchmarks = find_micro({root_}, patience_);
    request.samples = samples;
    request.min_time_ns = 1'000'000;
    request.patience = patience_;
    request.out = out();
    request.command = {"harness", "micro"};
    return run_micro(request, [this](const std::string& text) { notes_.push_back(text); });
  }

  std::vector<Json> samples() const {
    std::ifstream stream(out() / "micro.jsonl");
    std::vector<Json> lines;
    for (std::string line; std::getline(stream, line);) {
      lines.push_back(Json::parse(line));
    }
    return lines;
  }

  Json environment() const {
    std::ifstream stream(out() / "environment.json");
    return Json::parse(stream);
  }

  std::vector<std::string> notes_;
};

TEST_F(Micro, EveryUnitHasEachBenchmarkOnce) {
  add_program("deque");
  add_program("pool");
  const MicroOutcome outcome = run(4);
  EXPECT_FALSE(outcome.interrupted);
  ASSERT_EQ(outcome.records.size(), 6U);
  for (const MicroRecord& record : outcome.records) {
    EXPECT_EQ(record.status, Status::kOk);
    EXPECT_EQ(record.samples.size(), 4U);
  }
  const std::vector<Json> lines = samples();
  ASSERT_EQ(lines.size(), 24U);
  std::set<std::vector<std::string>> orders;
  for (std::size_t unit = 0; unit < 4; ++unit) {
    std::vector<std::string> order;
    for (std::size_t position = 0; position < 6; ++position) {
      const Json& line = lines[6 * unit + position];
      EXPECT_EQ(line["unit"], unit);
      EXPECT_EQ(line["position"], position);
      order.push_back(line["benchmark"]);
    }
    EXPECT_EQ(std::set(order.begin(), order.end()).size(), 6U);
    orders.insert(order);
  }
  EXPECT_GT(orders.size(), 1U) << "the order changes";
  EXPECT_EQ(notes_.size(), 4U);
}

TEST_F(Micro, ASampleHasItsFigureItsCountersAndItsNoise) {
  add_program("deque");
  run(1);
  for (const Json& line : samples()) {
    EXPECT_EQ(line["status"], "ok");
    EXPECT_TRUE(line["reason"].is_null());
    EXPECT_EQ(line["publishable"], true);
    EXPECT_GT(line["wall_ns"], 0);
    EXPECT_TRUE(line.contains("psi_some_us"));
    if (line["benchmark"] == "deque/items") {
      EXPECT_EQ(line["ns"], 2500.0);
      EXPECT_EQ(line["counters"]["success_rate"], 0.25);
    }
  }
}

TEST_F(Micro, TheEnvironmentNamesThePrograms) {
  add_program("deque");
  const MicroOutcome outcome = run(1);
  const Json json = environment();
  EXPECT_EQ(json["programs"]["deque"]["code_hash"].get<std::string>().size(), 32U);
  EXPECT_EQ(json["plan"]["benchmarks"].size(), 3U);
  EXPECT_EQ(json["command"], (std::vector<std::string>{"harness", "micro"}));
  EXPECT_TRUE(json["machine"].contains("kernel"));
  EXPECT_EQ(outcome.builds.at("deque").type, "Release");
}

TEST_F(Micro, WhatFailsGetsNoOtherProcess) {
  add_program("deque");
  misbehave("steady:crash,items:lacking,a<b>:fault");
  const MicroOutcome outcome = run(3);
  EXPECT_EQ(outcome.records[0].status, Status::kCrash);
  EXPECT_EQ(outcome.records[1].status, Status::kNotApplicable);
  EXPECT_EQ(outcome.records[2].status, Status::kWrong);
  const std::vector<Json> lines = samples();
  ASSERT_EQ(lines.size(), 3U);
  for (const Json& line : lines) {
    EXPECT_TRUE(line["ns"].is_null());
    EXPECT_TRUE(line["reason"].is_string());
  }
}

TEST_F(Micro, WhatFailsLaterHasFailed) {
  add_program("deque");
  misbehave("steady:second_crash");
  const MicroOutcome outcome = run(3);
  EXPECT_EQ(outcome.records[0].status, Status::kCrash);
  EXPECT_EQ(outcome.records[0].samples.size(), 1U);
  EXPECT_EQ(outcome.records[1].samples.size(), 3U) << "the others go on";
}

TEST_F(Micro, AProgramThatCannotBeAskedHasFailed) {
  add_program("deque");
  misbehave("list:crash");
  const MicroOutcome outcome = run(2);
  ASSERT_EQ(outcome.records.size(), 1U);
  EXPECT_EQ(outcome.records[0].status, Status::kCrash);
  EXPECT_EQ(samples().size(), 1U);
}

TEST_F(Micro, AnInterruptKeepsWhatIsMeasured) {
  add_program("deque");
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  MicroRequest request;
  request.benchmarks = find_micro({root_}, patience_);
  request.samples = 5;
  request.patience = {patience_.timeout_ns, ends[0]};
  request.out = out();
  int units = 0;
  const MicroOutcome outcome = run_micro(request, [&](const std::string&) {
    if (++units == 3) {
      ASSERT_EQ(::write(ends[1], "!", 1), 1);
    }
  });
  EXPECT_TRUE(outcome.interrupted);
  for (const MicroRecord& record : outcome.records) {
    EXPECT_EQ(record.status, Status::kPartial);
    EXPECT_EQ(record.samples.size(), 2U);
  }
  EXPECT_EQ(samples().size(), 6U);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_F(Micro, AFolderThatCannotBeWrittenIsAnError) {
  add_program("deque");
  MicroRequest request;
  request.benchmarks = find_micro({root_}, patience_);
  request.patience = patience_;
  request.out = root_ / "none";
  EXPECT_THROW(run_micro(request, [](const std::string&) {}), Error);
}

}  // namespace
}  // namespace an::harness
