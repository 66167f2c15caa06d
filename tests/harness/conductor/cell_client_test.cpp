#include "harness/conductor/cell_client.hpp"

#include <signal.h>
#include <unistd.h>

#include <array>

#include "tests/harness/conductor/fake_cells.hpp"

namespace an::harness {
namespace {

class CellClientTest : public FakeCells {
 protected:
  CellClientTest() { ::signal(SIGPIPE, SIG_IGN); }

  CellClient start(const std::string& mode, Nanos timeout_ns = kPatienceNs, int wake_fd = -1) {
    misbehave(mode);
    return CellClient({AN_FAKE_CELL, {}, {}, {}}, timeout_ns, wake_fd);
  }
};

TEST_F(CellClientTest, SpeaksAWholeLife) {
  CellClient cell = start("");
  EXPECT_EQ(cell.describe().value.workloads.size(), 2u);
  EXPECT_EQ(cell.estimate({"fib", 8, 1}).value.bytes, 4096);
  const auto ready = cell.prepare({"fib", 8, 1, 1, {}, {}, {}, {}});
  ASSERT_TRUE(ready) << ready.reason;
  const auto turn = cell.turn(3);
  ASSERT_TRUE(turn) << turn.reason;
  EXPECT_EQ(turn.value.check, fold_repeated(ready.value.expected, 3));
  EXPECT_FALSE(cell.memory().value.metered);
  EXPECT_TRUE(cell.quit());
}

TEST_F(CellClientTest, ARefusalLeavesItUsable) {
  CellClient cell = start("");
  const auto refused = cell.turn(1);
  EXPECT_EQ(refused.status, CallStatus::kRefused);
  EXPECT_EQ(refused.error.kind, ErrorKind::kUsage);
  EXPECT_TRUE(cell.describe());
}

TEST_F(CellClientTest, SilenceIsATimeoutAndKills) {
  CellClient cell = start("hang_start", 300'000'000);
  const auto answer = cell.describe();
  EXPECT_EQ(answer.status, CallStatus::kTimeout);
  EXPECT_EQ(answer.reason, "no reply to describe within 0.3 s");
  EXPECT_NE(::kill(cell.pid(), 0), 0);
  EXPECT_FALSE(cell.describe());
}

TEST_F(CellClientTest, AWakeEndsAWait) {
  std::array<int, 2> wake{};
  ASSERT_EQ(::pipe(wake.data()), 0);
  CellClient cell = start("hang_start", kPatienceNs, wake[0]);
  ASSERT_EQ(::write(wake[1], "!", 1), 1);
  EXPECT_EQ(cell.describe().status, CallStatus::kInterrupted);
  ::close(wake[0]);
  ::close(wake[1]);
}

TEST_F(CellClientTest, EndOfInputEndsIt) {
  CellClient cell = start("");
  EXPECT_TRUE(cell.describe());
  EXPECT_TRUE(cell.end_of_input());
}

}  // namespace
}  // namespace an::harness
