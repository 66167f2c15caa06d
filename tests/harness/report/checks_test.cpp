#include "harness/report/checks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace an::harness {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::vector<CheckItem> kItems{
    {"smt", CheckState::kPass, "off", "shared units", "switch it off"},
    {"aslr", CheckState::kFail, "0", "one layout", "sysctl it"},
    {"governor", CheckState::kUnknown, "unknown", "the clock moves", "cpupower"}};

TEST(Checks, TheTextTellsMeaningAndRemedyOfWhatDoesNotPass) {
  const std::string text = checklist_text(kItems);
  EXPECT_THAT(text, HasSubstr("remedy: sysctl it"));
  EXPECT_THAT(text, HasSubstr("the clock moves"));
  EXPECT_THAT(text, Not(HasSubstr("switch it off")));
  EXPECT_THAT(text, HasSubstr("1 pass, 1 fail, 1 unknown"));
}

TEST(Checks, TheJsonHasEveryItemWhole) {
  const auto json = nlohmann::json::parse(checklist_json(kItems));
  ASSERT_EQ(json["checks"].size(), 3u);
  EXPECT_EQ(json["checks"][1]["state"], "fail");
  EXPECT_EQ(json["checks"][0]["remedy"], "switch it off");
}

}  // namespace
}  // namespace an::harness
