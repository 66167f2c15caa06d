#include "harness/conductor/micro_catalogue.hpp"

#include <fstream>

#include "tests/harness/conductor/fake_benches.hpp"

namespace an::harness {
namespace {

TEST(ShortName, LosesHowItIsMeasuredAndKeepsWhatIsMeasured) {
  EXPECT_EQ(short_name("push_pop<ChaseLev>"), "push_pop<ChaseLev>");
  EXPECT_EQ(short_name("contended<Split>/iterations:3/manual_time"), "contended<Split>");
  EXPECT_EQ(short_name("cross<Pool>/real_time"), "cross<Pool>");
  EXPECT_EQ(short_name("spawn<S>/2/manual_time"), "spawn<S>/2");
  EXPECT_EQ(short_name("x/min_time:0.5/process_time"), "x");
}

class FindMicro : public FakeBenches {};

TEST_F(FindMicro, EveryProgramIsAskedInOrder) {
  add_program("pool");
  add_program("deque");
  std::ofstream(root_ / "data_bench") << "not executable";
  std::ofstream(root_ / "_bench") << "no name";
  const std::vector<MicroBenchmark> found = find_micro({root_}, patience_);
  std::vector<std::string> names;
  for (const MicroBenchmark& benchmark : found) {
    names.push_back(benchmark.name);
    EXPECT_EQ(benchmark.unusable, "");
  }
  EXPECT_EQ(names, (std::vector<std::string>{"deque/steady", "deque/items", "deque/a<b>/8",
                                             "pool/steady", "pool/items", "pool/a<b>/8"}));
  EXPECT_EQ(found[1].listed_name, "items/manual_time");
  EXPECT_EQ(found[1].program, "deque");
  EXPECT_EQ(found[1].executable.filename(), "deque_bench");
}

TEST_F(FindMicro, TheFirstFolderWins) {
  const auto first = add_program("pool");
  const auto second = out() / "pool_bench";
  std::filesystem::create_symlink(AN_FAKE_BENCH, second);
  EXPECT_EQ(find_micro({root_, out()}, patience_)[0].executable, first);
  EXPECT_EQ(find_micro({out(), root_}, patience_)[0].executable, second);
}

TEST_F(FindMicro, AProgramThatCannotBeAskedStaysVisible) {
  add_program("pool");
  for (const char* mode : {"list:crash", "list:empty"}) {
    misbehave(mode);
    const std::vector<MicroBenchmark> found = find_micro({root_}, patience_);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].name, "pool");
    EXPECT_NE(found[0].unusable, "");
  }
}

TEST_F(FindMicro, AFolderThatIsNotThereHasNone) {
  EXPECT_TRUE(find_micro({root_ / "none"}, patience_).empty());
}

}  // namespace
}  // namespace an::harness
