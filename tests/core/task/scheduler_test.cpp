#include "core/task/scheduler.hpp"

#include <gtest/gtest.h>

#include "core/base/error.hpp"

namespace an {
namespace {

constexpr OptionSpec kSize{"size", "8", "how large", "1..16"};
constexpr OptionSpec kSteal{"steal", "half", "how much", "half|one|all"};
constexpr OptionSpec kGrouping{"grouping", "on", "whether", "on|off"};
constexpr OptionSpec kAll[] = {kSize, kSteal, kGrouping};

TEST(SchedulerConfig, AnAbsentOptionHasItsDefault) {
  const SchedulerConfig config;
  EXPECT_EQ(config.option(kSteal), "half");
  EXPECT_EQ(config.integer_option(kSize, 1, 16), 8);
  EXPECT_EQ(config.choice_option(kSteal), "half");
  EXPECT_TRUE(config.switch_option(kGrouping));
}

TEST(SchedulerConfig, EveryListedChoiceIsAccepted) {
  for (const char* choice : {"half", "one", "all"}) {
    SchedulerConfig config;
    config.options["steal"] = choice;
    EXPECT_EQ(config.choice_option(kSteal), choice);
  }
}

TEST(SchedulerConfig, WhatIsNoChoiceIsRefusedWithTheChoices) {
  for (const char* wrong : {"", "hal", "halfone", "half|one", "HALF", "one "}) {
    SchedulerConfig config;
    config.options["steal"] = wrong;
    try {
      config.choice_option(kSteal);
      ADD_FAILURE() << "accepted '" << wrong << "'";
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("half|one|all"), std::string::npos) << error.what();
    }
  }
}

TEST(SchedulerConfig, IntegersOutOfRangeOrMalformedAreRefused) {
  for (const char* wrong : {"0", "17", "-1", "8x", "", "1e1", "99999999999999999999"}) {
    SchedulerConfig config;
    config.options["size"] = wrong;
    EXPECT_THROW(config.integer_option(kSize, 1, 16), Error) << wrong;
  }
}

TEST(SchedulerConfig, ASwitchIsOnOrOff) {
  SchedulerConfig config;
  config.options["grouping"] = "off";
  EXPECT_FALSE(config.switch_option(kGrouping));
  config.options["grouping"] = "true";
  EXPECT_THROW(config.switch_option(kGrouping), Error);
}

TEST(SchedulerConfig, AnUnknownOptionNamesThoseThatExist) {
  SchedulerConfig config;
  config.options["sise"] = "4";
  try {
    reject_unknown_options(config, "near_first", kAll);
    ADD_FAILURE() << "accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("size, steal, grouping"), std::string::npos)
        << error.what();
  }
  config.options.clear();
  EXPECT_NO_THROW(reject_unknown_options(config, "near_first", kAll));
}

}  // namespace
}  // namespace an
