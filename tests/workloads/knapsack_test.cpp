#include "workloads/knapsack.hpp"

#include <gtest/gtest.h>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::knapsack {
namespace {

using namespace an::tests;

// Runs joins like the serial scheduler, second branch first, and counts them.
struct Counting {
  std::uint64_t* joins;

  template <class F, class G>
  JoinResult<Counting, F, G> join(F&& f, G&& g) const {
    ++*joins;
    auto second = run_branch(g, *this);
    return {run_branch(f, *this), std::move(second)};
  }
};

// Every subset there is.
std::int64_t best_of_all_subsets(const Workload::Input& input) {
  std::int64_t best = 0;
  for (std::uint32_t set = 0; set < (1U << input.items.size()); ++set) {
    std::int64_t value = 0;
    std::int64_t weight = 0;
    for (std::size_t i = 0; i < input.items.size(); ++i) {
      if ((set >> i & 1) != 0) {
        value += input.items[i].value;
        weight += input.items[i].weight;
      }
    }
    best = weight <= input.room ? std::max(best, value) : best;
  }
  return best;
}

// Nodes of the search by plain recursion.
std::uint64_t nodes_below(const Workload::Input& input,
                          std::size_t next,
                          std::int64_t room,
                          std::int64_t value) {
  if (next == input.items.size() || !may_reach(input.items[next], room, value, input.threshold)) {
    return 1;
  }
  const Item& item = input.items[next];
  const std::uint64_t left = nodes_below(input, next + 1, room, value);
  return 1 + left +
         (item.weight > room
              ? 0
              : nodes_below(input, next + 1, room - item.weight, value + item.value));
}

TEST(Knapsack, AnswersAreRightAndRepeat) {
  for (const std::int64_t n : {1, 2, 3, 7, 17, 20}) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      auto input = Workload::prepare(n, seed);
      EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n << " " << seed;
      EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n << " " << seed;
    }
  }
}

TEST(Knapsack, TheAnswerIsTheBestOfAllSubsets) {
  for (std::int64_t n = 1; n <= 14; ++n) {
    auto input = Workload::prepare(n, 7);
    EXPECT_EQ(value_of(answer_of<Workload>(input)), best_of_all_subsets(input)) << n;
  }
}

TEST(Knapsack, TheNodesDifferLittleBetweenSeeds) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const std::uint64_t nodes = Workload::operations(Workload::prepare(20, seed));
    EXPECT_GT(nodes, 15'000U) << seed;
    EXPECT_LT(nodes, 150'000U) << seed;
  }
}

TEST(Knapsack, ItemsComeMostValuableForTheirWeightFirst) {
  const auto input = Workload::prepare(30, 3);
  for (std::size_t i = 1; i < input.items.size(); ++i) {
    EXPECT_GE(input.items[i - 1].value * input.items[i].weight,
              input.items[i].value * input.items[i - 1].weight);
  }
}

TEST(Knapsack, TheNodesAreThoseOfTheSearch) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    auto input = Workload::prepare(20, seed);
    EXPECT_EQ(Workload::operations(input), nodes_below(input, 0, input.room, 0)) << seed;
    EXPECT_EQ(Workload::operations(input), nodes_of(answer_of<Workload>(input))) << seed;
  }
}

TEST(Knapsack, TheOrderOfTheBranchesDoesNotChangeTheWork) {
  auto input = Workload::prepare(20, 5);
  std::uint64_t joins = 0;
  const Found answer = Workload::run(Counting{&joins}, input);
  EXPECT_EQ(answer, answer_of<Workload>(input));
  EXPECT_GT(joins, Workload::operations(input) / 4);
  EXPECT_LT(joins, Workload::operations(input) / 2);
}

TEST(Knapsack, EitherAddsNodesAndKeepsTheBetterValue) {
  const Found found = either(3 * kOneNode + 7, 4 * kOneNode + 5);
  EXPECT_EQ(nodes_of(found), 7U);
  EXPECT_EQ(value_of(found), 7);
}

TEST(Knapsack, ACorruptedAnswerIsNoticed) {
  auto input = Workload::prepare(20, 1);
  const Found answer = answer_of<Workload>(input);
  EXPECT_EQ(Workload::digest(input, answer), Workload::expected(input));
  EXPECT_NE(Workload::digest(input, answer - 1), Workload::expected(input));
  EXPECT_NE(Workload::digest(input, answer + 1), Workload::expected(input));
  EXPECT_NE(Workload::digest(input, answer - kOneNode), Workload::expected(input));
  EXPECT_NE(Workload::digest(input, 0), Workload::expected(input));
}

TEST(Knapsack, TheSeedDrawsTheItems) {
  EXPECT_EQ(expected_of_size<Workload>(20, 1), expected_of_size<Workload>(20, 1));
  EXPECT_NE(expected_of_size<Workload>(20, 1), expected_of_size<Workload>(20, 2));
}

}  // namespace
}  // namespace an::workloads::knapsack
