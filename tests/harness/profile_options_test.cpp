// What the command line says of `profile`, the command and the scheduler.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/options.hpp"
#include "harness/request.hpp"

namespace an::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Options parse(std::vector<std::string> words) {
  words.insert(words.begin(), "./harness");
  return parse_options(words);
}

std::vector<std::string> schedulers_of(const std::string& asked) {
  WorkloadEntry fib;
  fib.name = "fib";
  fib.n_max = 50;
  SchedulerEntry serial;
  serial.name = "serial";
  serial.workloads = {fib};
  SchedulerEntry heartbeat = serial;
  heartbeat.name = "heartbeat";
  SchedulerEntry profile = serial;
  profile.name = "profile";
  profile.is_instrument = true;
  return make_request(parse({"--size=8", "--scheduler=" + asked}),
                      Catalogue{{serial, heartbeat, profile}})
      .schedulers;
}

TEST(ProfileOptions, TakeHeartbeatUnlessOthersAreNamed) {
  const Options options = parse({"profile", "--workload=fib"});
  EXPECT_EQ(options.command, Command::kProfile);
  EXPECT_THAT(options.schedulers, ElementsAre("heartbeat"));
  EXPECT_FALSE(options.memory);
  EXPECT_THAT(parse({"profile", "--scheduler=a,b"}).schedulers, ElementsAre("a", "b"));
}

TEST(ProfileOptions, AreRefusedWhereTheyHaveNoEffect) {
  for (const char* idle :
       {"--filter=x", "--memory=on", "--baseline=none", "--dry-run", "--resume"}) {
    try {
      parse({"profile", idle});
      ADD_FAILURE() << idle << " was accepted";
    } catch (const UsageError& error) {
      EXPECT_THAT(error.what(), HasSubstr("has no effect here")) << idle;
    }
  }
}

TEST(ProfileOptions, AnInstrumentIsTakenByNameAndNotByAll) {
  EXPECT_THAT(schedulers_of("all"), ElementsAre("serial", "heartbeat"));
  EXPECT_THAT(schedulers_of("profile"), ElementsAre("profile"));
  EXPECT_THAT(schedulers_of("all,profile,serial"), ElementsAre("serial", "heartbeat", "profile"));
}

}  // namespace
}  // namespace an::harness
