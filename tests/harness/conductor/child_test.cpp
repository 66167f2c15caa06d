#include "harness/conductor/child.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>

#include "core/base/error.hpp"

namespace an::harness {
namespace {

constexpr Nanos kPatienceNs = 20'000'000'000;

ChildSpec shell(const std::string& script) {
  return {"/bin/sh", {"-c", script}, {}, {}};
}

// The third field of /proc/PID/stat once it is `wanted`; "" when the patience ends.
std::string wait_for_state(pid_t pid, char wanted) {
  const Deadline until = Deadline::after(kPatienceNs);
  while (!until.has_passed()) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string id, name, state;
    if (stat >> id >> name >> state && state[0] == wanted) {
      return state;
    }
  }
  return "";
}

TEST(Child, TellsTheExitCode) {
  Child child(shell("exit 3"));
  const auto ending = child.wait(Deadline::after(kPatienceNs));
  ASSERT_TRUE(ending);
  EXPECT_EQ(ending->text(), "exit code 3");
}

TEST(Child, TellsTheSignalByName) {
  Child child(shell("kill -SEGV $$"));
  EXPECT_EQ(child.wait(Deadline::after(kPatienceNs)).value().text(), "signal SIGSEGV");
}

TEST(Child, WaitGivesUpAtTheDeadline) {
  Child child(shell("sleep 1000"));
  EXPECT_FALSE(child.wait(Deadline::after(1'000'000)));
  EXPECT_EQ(child.kill().text(), "signal SIGKILL");
  EXPECT_EQ(child.kill().text(), "signal SIGKILL");
}

TEST(Child, TheWholeGroupDiesEvenWhenTheLeaderIsGone) {
  Child child(shell("trap '' TERM; sleep 1000 & echo $!; exit 0"));
  std::string text(16, '\0');
  const ssize_t count = ::read(child.read_fd(), text.data(), text.size());
  ASSERT_GT(count, 0);
  const pid_t grandchild = std::stoi(text);
  EXPECT_EQ(child.wait(Deadline::after(kPatienceNs)).value().text(), "exit code 0");
  const Deadline until = Deadline::after(kPatienceNs);
  std::string state = "S";
  while (state != "" && state != "Z" && state != "X" && !until.has_passed()) {
    std::ifstream stat("/proc/" + std::to_string(grandchild) + "/stat");
    std::string id, name;
    state = "";
    stat >> id >> name >> state;
  }
  EXPECT_FALSE(until.has_passed());
}

TEST(Child, FreezesAndThaws) {
  Child child(shell("while :; do :; done"));
  EXPECT_TRUE(child.freeze(kPatienceNs));
  EXPECT_EQ(wait_for_state(child.pid(), 'T'), "T");
  EXPECT_TRUE(child.is_frozen());
  child.thaw();
  EXPECT_FALSE(child.is_frozen());
  EXPECT_EQ(wait_for_state(child.pid(), 'R'), "R");
  EXPECT_TRUE(child.freeze(kPatienceNs));
  EXPECT_EQ(child.kill().text(), "signal SIGKILL");
}

TEST(Child, KeepsTheLastLineOfItsStandardError) {
  Child child(shell("echo first >&2; echo 'the last' >&2; echo >&2"));
  child.wait(Deadline::after(kPatienceNs));
  EXPECT_EQ(child.last_stderr_line(), "the last");
  Child silent(shell("exit 0"));
  silent.wait(Deadline::after(kPatienceNs));
  EXPECT_EQ(silent.last_stderr_line(), "");
}

TEST(Child, HasItsOwnGroupAndTheGivenEnvironment) {
  Child child(shell("sleep 1000"));
  EXPECT_EQ(::getpgid(child.pid()), child.pid());
  Child plain({"/bin/sh", {"-c", "test \"$ANTINODE_TEST\" = yes"}, {{"ANTINODE_TEST", "yes"}}, {}});
  EXPECT_EQ(plain.wait(Deadline::after(kPatienceNs)).value().text(), "exit code 0");
}

TEST(Child, ClosingItsInputIsAnEndOfFile) {
  Child child(shell("cat; exit 7"));
  child.close_input();
  EXPECT_EQ(child.wait(Deadline::after(kPatienceNs)).value().text(), "exit code 7");
}

TEST(Child, AnExecutableThatIsNotThereIsAnError) {
  EXPECT_THROW(Child({"/nonexistent/cell", {}, {}, {}}), Error);
}

}  // namespace
}  // namespace an::harness
