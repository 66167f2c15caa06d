// The fork-join helpers and the scheduler configuration, on the serial scheduler.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "schedulers/serial.hpp"

namespace an {
namespace {

using Serial = schedulers::serial::Scheduler;

TEST(ForkJoin, ForRangeVisitsEveryIndexOnce) {
  for (const std::int64_t grain : {1, 3, 100}) {
    std::vector<int> visits(50);
    for_range(Serial::Worker{}, 0, 50, grain,
              [&](auto, std::int64_t i) { ++visits[static_cast<std::size_t>(i)]; });
    EXPECT_EQ(visits, std::vector<int>(50, 1));
  }
  for_range(Serial::Worker{}, 5, 5, 1, [](auto, std::int64_t) { FAIL(); });
}

TEST(ForkJoin, ReduceFoldsInOrder) {
  const auto digits = reduce(
      Serial::Worker{}, 0, 7, 2, std::string{},
      [](auto, std::int64_t i) { return std::to_string(i); },
      [](const std::string& a, const std::string& b) { return a + b; });
  EXPECT_EQ(digits, "0123456");
  EXPECT_EQ(reduce(
                Serial::Worker{}, 3, 3, 1, 42, [](auto, std::int64_t) { return 0; },
                [](int a, int b) { return a + b; }),
            42);
}

TEST(ForkJoin, JoinNRunsEveryBranch) {
  int sum = 0;
  std::vector<std::function<void(Serial::Worker)>> branches;
  for (int i = 1; i <= 5; ++i) {
    branches.emplace_back([&sum, i](Serial::Worker) { sum += i; });
  }
  join_n(Serial::Worker{}, branches.data(), 5);
  EXPECT_EQ(sum, 15);
}

constexpr OptionSpec kNumber{"number", "5", "a number", "1..10"};
constexpr OptionSpec kSwitch{"switch", "on", "a switch", "on|off"};

TEST(SchedulerConfig, AbsentOptionsHaveTheirDefault) {
  const SchedulerConfig config;
  EXPECT_EQ(config.integer_option(kNumber, 1, 10), 5);
  EXPECT_TRUE(config.switch_option(kSwitch));
}

TEST(SchedulerConfig, BadValuesAreRefusedByName) {
  SchedulerConfig config;
  for (const char* bad : {"0", "11", "x", "", "5x", "99999999999999999999"}) {
    config.options["number"] = bad;
    EXPECT_THROW(config.integer_option(kNumber, 1, 10), Error) << bad;
  }
  config.options["switch"] = "maybe";
  try {
    config.switch_option(kSwitch);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("switch"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("on|off"), std::string::npos);
  }
}

TEST(Serial, RefusesASecondWorker) {
  SchedulerConfig config;
  config.workers = 2;
  EXPECT_THROW(Serial scheduler(config), Error);
}

}  // namespace
}  // namespace an
