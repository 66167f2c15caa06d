#include "harness/conductor/callgrind.hpp"

#include <signal.h>

#include "tests/harness/conductor/fake_cells.hpp"

namespace an::harness {
namespace {

class Callgrind : public FakeCells {
 protected:
  Callgrind() { ::signal(SIGPIPE, SIG_IGN); }
  ~Callgrind() override { ::unsetenv("FAKE_VALGRIND"); }

  CallgrindRequest request(std::uint32_t workers = 1) {
    const std::filesystem::path cell = root_ / "cell-good";
    if (!std::filesystem::exists(cell)) {
      add_cell("good");
    }
    return {AN_FAKE_VALGRIND, cell, {"fib", 8, workers, 1, {}, {}, {}, {}}, kPatienceNs, -1};
  }
};

TEST_F(Callgrind, TheSlopeIsFreeOfTheStartUp) {
  const InstructionCount count = count_instructions(request());
  ASSERT_TRUE(count.per_op) << count.reason;
  EXPECT_DOUBLE_EQ(*count.per_op, 5000.0 / 8) << "eight operations per iteration";
  EXPECT_EQ(count.spread, 0.0);
}

TEST_F(Callgrind, CountsThatDriftAreSaidNotToRepeat) {
  ::setenv("FAKE_VALGRIND", "drifts", 1);
  const InstructionCount count = count_instructions(request());
  ASSERT_TRUE(count.per_op) << count.reason;
  EXPECT_GT(count.spread.value_or(0), 0.1);
}

TEST_F(Callgrind, MoreThanOneWorkerIsRefusedWithTheReason) {
  const InstructionCount count = count_instructions(request(2));
  EXPECT_FALSE(count.per_op);
  EXPECT_FALSE(count.is_failure);
  EXPECT_NE(count.reason.find("one thread at a time"), std::string::npos) << count.reason;
}

TEST_F(Callgrind, WithoutValgrindTheRemedyIsToInstallIt) {
  CallgrindRequest absent = request();
  absent.valgrind.clear();
  const InstructionCount count = count_instructions(absent);
  EXPECT_FALSE(count.per_op);
  EXPECT_FALSE(count.is_failure);
  EXPECT_NE(count.reason.find("apt-get install valgrind"), std::string::npos) << count.reason;
}

TEST_F(Callgrind, AWrongAnswerUnderItIsAFailureOfTheCell) {
  misbehave("wrong_first");
  const InstructionCount count = count_instructions(request());
  EXPECT_FALSE(count.per_op);
  EXPECT_TRUE(count.is_failure);
  EXPECT_NE(count.reason.find("wrong answer"), std::string::npos) << count.reason;
}

TEST_F(Callgrind, ACellThatDoesNotDoThatIsNoFailure) {
  misbehave("unsupported");
  const InstructionCount count = count_instructions(request());
  EXPECT_FALSE(count.per_op);
  EXPECT_FALSE(count.is_failure);
}

TEST_F(Callgrind, AFileWithoutTotalIsNoCount) {
  ::setenv("FAKE_VALGRIND", "silent", 1);
  const InstructionCount count = count_instructions(request());
  EXPECT_FALSE(count.per_op);
  EXPECT_NE(count.reason.find("no total"), std::string::npos) << count.reason;
}

TEST(CallgrindFile, TheTotalIsThatOfAllParts) {
  EXPECT_EQ(parse_callgrind_total("events: Ir\nsummary: 3\n\nfn=(1)\n+3 4\n\ntotals: 3747128\n"),
            3747128);
  EXPECT_EQ(parse_callgrind_total("part: 1\ntotals: 5\npart: 2\ntotals: 7\n"), 12);
}

TEST(CallgrindFile, ATornOrForeignFileHasNone) {
  for (const char* text : {"", "summary: 3\n", "\ntotals: ", "\ntotals: x", "\ntotals: 0\n"}) {
    EXPECT_EQ(parse_callgrind_total(text), std::nullopt) << text;
  }
}

TEST_F(Callgrind, ValgrindIsLookedForInEveryFolderOfThePath) {
  std::filesystem::create_directories(root_ / "a");
  std::filesystem::create_directories(root_ / "b");
  std::filesystem::create_symlink(AN_FAKE_VALGRIND, root_ / "b" / "valgrind");
  const std::string path = (root_ / "a").string() + "::" + (root_ / "b").string();
  EXPECT_EQ(find_valgrind(path), root_ / "b" / "valgrind");
  EXPECT_TRUE(find_valgrind((root_ / "a").string()).empty());
  EXPECT_TRUE(find_valgrind("").empty());
}

}  // namespace
}  // namespace an::harness
