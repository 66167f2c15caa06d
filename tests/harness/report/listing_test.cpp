#include "harness/report/listing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace an::harness {
namespace {

using testing::HasSubstr;
using testing::Not;

Catalogue small_catalogue() {
  WorkloadEntry fib{.name = "fib",
                    .summary = "naive Fibonacci",
                    .source = "folklore",
                    .operation = "join",
                    .parameter = "n",
                    .sizes = {{"small", 20}, {"small", 25}, {"large", 35}},
                    .n_min = 0,
                    .n_max = 50};
  SchedulerEntry heartbeat;
  heartbeat.name = "heartbeat";
  heartbeat.summary = "promotes on a beat";
  heartbeat.workers_max = 1024;
  heartbeat.task_bytes = 40;
  heartbeat.options = {{"beat_us", "30", "time between beats", "1..1000000"}};
  heartbeat.workloads = {fib};
  SchedulerEntry peer;
  peer.name = "rayon";
  peer.absent_reason = "rustc is not installed";
  SchedulerEntry instrument;
  instrument.name = "profile";
  instrument.summary = "measures work and span";
  instrument.is_instrument = true;
  return {{heartbeat, instrument, peer}};
}

TEST(List, ShowsWhatThereIsAndWhyTheRestIsNot) {
  const std::string text = list_text(small_catalogue());
  EXPECT_THAT(text, HasSubstr("heartbeat  promotes on a beat\n"));
  EXPECT_THAT(text,
              HasSubstr("profile    measures work and span (run when named, not with all)\n"));
  EXPECT_THAT(text, HasSubstr("rayon      absent: rustc is not installed\n"));
  EXPECT_THAT(text, HasSubstr("fib        naive Fibonacci (small 20 25, large 35)\n"));
}

TEST(List, IsJsonToo) {
  const auto json = nlohmann::json::parse(list_json(small_catalogue()));
  EXPECT_EQ(json["schedulers"][0]["task_bytes"], 40);
  EXPECT_EQ(json["schedulers"][2]["task_bytes"], nullptr);
  EXPECT_EQ(json["schedulers"][0]["absent_reason"], nullptr);
  EXPECT_EQ(json["schedulers"][2]["absent_reason"], "rustc is not installed");
  EXPECT_EQ(json["schedulers"][0]["instrument"], false);
  EXPECT_EQ(json["schedulers"][1]["instrument"], true);
  EXPECT_EQ(json["workloads"][0]["schedulers"], (std::vector<std::string>{"heartbeat"}));
}

TEST(Describe, TellsEverythingAboutAScheduler) {
  const std::string text = describe_text(small_catalogue(), "heartbeat");
  EXPECT_THAT(text, HasSubstr("task        40 B with an empty callable\n"));
  EXPECT_THAT(text, HasSubstr("heartbeat.beat_us=30"));
  EXPECT_THAT(text, HasSubstr("1..1000000"));
  EXPECT_THAT(text, Not(HasSubstr("instrument")));
  EXPECT_THAT(describe_text(small_catalogue(), "profile"), HasSubstr("--scheduler=all leaves it"));
  EXPECT_THAT(describe_text(small_catalogue(), "rayon"), HasSubstr("rustc is not installed"));
}

TEST(Describe, TellsEverythingAboutAWorkload) {
  const std::string text = describe_text(small_catalogue(), "fib");
  for (const char* part : {"naive Fibonacci", "folklore", "join", "small 20 25", "n = 0..50"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  const auto json = nlohmann::json::parse(describe_json(small_catalogue(), "fib"));
  EXPECT_EQ(json["scheduler"], nullptr);
  EXPECT_EQ(json["workload"]["sizes"].size(), 3U);
}

TEST(Describe, SaysNothingOfTheUnknown) {
  EXPECT_EQ(describe_text(small_catalogue(), "nope"), "");
  EXPECT_EQ(describe_json(small_catalogue(), "nope"), "");
}

}  // namespace
}  // namespace an::harness
