#include "core/base/thread.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.hpp"
#include "gtest/gtest.h"

namespace an {
namespace {

std::string current_name() {
  std::array<char, 16> name{};
  EXPECT_EQ(::pthread_getname_np(::pthread_self(), name.data(), name.size()), 0);
  return name.data();
}

TEST(Thread, RunsItsBodyUnderItsName) {
  std::string name;
  Thread thread("worker-7", [&] { name = current_name(); });
  thread.join();
  EXPECT_EQ(name, "worker-7");
}

TEST(Thread, KeepsFifteenBytesOfALongName) {
  std::string name;
  Thread thread("a-name-of-more-than-fifteen-bytes", [&] { name = current_name(); });
  thread.join();
  EXPECT_EQ(name, "a-name-of-more-");
}

TEST(Thread, TheDestructorWaitsForTheBody) {
  bool ran = false;
  {
    const Thread thread("short", [&] { ran = true; });
  }
  EXPECT_TRUE(ran);
}

TEST(Thread, ASecondJoinAndAJoinOfNothingDoNothing) {
  Thread thread("twice", [] {});
  thread.join();
  thread.join();
  Thread nothing;
  nothing.join();
}

TEST(Thread, CanBeMovedWhileItRuns) {
  bool ran = false;
  Thread first("moved", [&] { ran = true; });
  Thread second(std::move(first));
  second.join();
  EXPECT_TRUE(ran);
}

TEST(Thread, AllowedCpusAreThoseOfTheKernelInAscendingOrder) {
  cpu_set_t set;
  CPU_ZERO(&set);
  ASSERT_EQ(::sched_getaffinity(0, sizeof set, &set), 0);
  const std::vector<int> cpus = allowed_cpus();
  EXPECT_TRUE(std::is_sorted(cpus.begin(), cpus.end()));
  EXPECT_EQ(cpus.size(), static_cast<std::size_t>(CPU_COUNT(&set)));
  for (const int cpu : cpus) {
    EXPECT_TRUE(CPU_ISSET(static_cast<std::size_t>(cpu), &set)) << "CPU " << cpu;
  }
}

TEST(Thread, PinningRestrictsOnlyTheCallingThread) {
  const std::vector<int> before = allowed_cpus();
  for (const int cpu : before) {
    Thread pinned("pinned", [cpu] {
      pin_current_thread(cpu);
      cpu_set_t set;
      CPU_ZERO(&set);
      ASSERT_EQ(::sched_getaffinity(0, sizeof set, &set), 0);
      EXPECT_EQ(CPU_COUNT(&set), 1);
      EXPECT_TRUE(CPU_ISSET(static_cast<std::size_t>(cpu), &set));
      EXPECT_EQ(allowed_cpus(), std::vector<int>{cpu});
      EXPECT_EQ(::sched_getcpu(), cpu);
    });
    pinned.join();
  }
  EXPECT_EQ(allowed_cpus(), before);
}

TEST(Thread, ARestrictionIsInheritedByThreadsStartedUnderIt) {
  const int cpu = allowed_cpus().back();
  Thread parent("parent", [cpu] {
    restrict_current_thread({cpu});
    Thread child("child", [cpu] { EXPECT_EQ(allowed_cpus(), std::vector<int>{cpu}); });
    child.join();
  });
  parent.join();
}

TEST(Thread, RestrictingToCpusThatDoNotExistIsAnErrorWithARemedy) {
  const std::vector<int> before = allowed_cpus();
  for (const std::vector<int>& cpus : {std::vector<int>{}, std::vector<int>{8191},
                                       std::vector<int>{-1}, std::vector<int>{1'000'000'000}}) {
    try {
      restrict_current_thread(cpus);
      FAIL() << "accepted";
    } catch (const Error& error) {
      EXPECT_NE(error.remedy().find("--pin=none"), std::string::npos);
    }
  }
  EXPECT_EQ(allowed_cpus(), before);
}

TEST(Thread, CpusThatDoNotExistAreIgnoredBesideOneThatDoes) {
  const int cpu = allowed_cpus().front();
  Thread restricted("some", [cpu] {
    restrict_current_thread({cpu, 8191, 1'000'000'000});
    EXPECT_EQ(allowed_cpus(), std::vector<int>{cpu});
  });
  restricted.join();
}

}  // namespace
}  // namespace an
