// What the command line says of `metg`, `micro` and `run --trace`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/options.hpp"

namespace an::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Options parse(std::vector<std::string> words) {
  words.insert(words.begin(), "./harness");
  return parse_options(words);
}

// The message of the UsageError for these words.
std::string refusal_of(const std::vector<std::string>& words) {
  try {
    parse(words);
  } catch (const UsageError& error) {
    return error.what();
  }
  ADD_FAILURE() << "no UsageError";
  return "";
}

TEST(OptionsOfMicro, TakesNamesAndNoFlagOfACell) {
  const Options options = parse({"micro", "deque", "pool/hot<Pool>", "--samples=6", "--filter=x"});
  EXPECT_EQ(options.command, Command::kMicro);
  EXPECT_THAT(options.benchmarks, ElementsAre("deque", "pool/hot<Pool>"));
  EXPECT_EQ(options.samples, 6);
  EXPECT_TRUE(parse({"micro"}).benchmarks.empty());
  for (const char* flag : {"--scheduler=serial", "--workload=fib", "--turns=2", "--rel-ci=2%",
                           "--budget=1s", "--memory=off", "--freeze=off", "--resume"}) {
    EXPECT_THAT(refusal_of({"micro", flag}), HasSubstr("has no effect here")) << flag;
  }
  EXPECT_THAT(refusal_of({"micro", "--tolerance=5%"}), HasSubstr("is for compare and gate"));
}

TEST(OptionsOfMetg, MeasureItsWorkloadOverItsGridWithoutMemory) {
  const Options options = parse({"metg", "--scheduler=heartbeat"});
  EXPECT_EQ(options.command, Command::kMetg);
  EXPECT_THAT(options.workloads, ElementsAre("spin_tree"));
  EXPECT_EQ(options.sizes.size(), 17U);
  EXPECT_EQ(options.sizes.back(), "65536");
  EXPECT_FALSE(options.memory);
  EXPECT_EQ(options.target, 0.5);
  EXPECT_THAT(parse({"metg", "--size=8,64"}).sizes, ElementsAre("8", "64"));
  EXPECT_EQ(parse({"metg", "--target=90%"}).target, 0.9);
}

TEST(OptionsOfTrace, ATraceHasAFileOrTheRunDirectorys) {
  EXPECT_EQ(parse({"--size=small"}).trace, std::nullopt);
  EXPECT_EQ(parse({"--trace"}).trace, "");
  EXPECT_EQ(parse({"--trace", "run"}).trace, "");
  EXPECT_EQ(parse({"--trace=a.json"}).trace, "a.json");
  EXPECT_EQ(parse({"--trace", "--size=small"}).trace, "");
  EXPECT_THAT(refusal_of({"--trace="}), HasSubstr("--trace"));
  EXPECT_THAT(refusal_of({"metg", "--trace"}), HasSubstr("--trace is for run"));
}

TEST(OptionsOfMetg, AFlagThatWouldDoNothingIsRefused) {
  EXPECT_THAT(refusal_of({"metg", "--workload=fib"}), HasSubstr("has no effect"));
  EXPECT_THAT(refusal_of({"metg", "run", "--samples=3"}), HasSubstr("--samples has no effect"));
  EXPECT_THAT(refusal_of({"metg", "a", "b"}), HasSubstr("one run directory"));
  EXPECT_THAT(refusal_of({"run", "--target=50%"}), HasSubstr("--target is for metg"));
  EXPECT_THAT(refusal_of({"metg", "--ref=a"}), HasSubstr("--ref"));
}

}  // namespace
}  // namespace an::harness
