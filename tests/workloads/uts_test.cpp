#include "workloads/uts.hpp"

#include <gtest/gtest.h>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::uts {
namespace {

using namespace an::tests;

constexpr Count kCountT3{4'112'897, 3'599'034, 1572};
constexpr Count kCountT1{4'130'071, 3'305'118, 10};

TEST(Uts, AnswersAreRightAndRepeat) {
  for (const std::int64_t n : {1, 5, 6, 64, 65, 1001, 3987}) {
    auto input = Workload::prepare(n, 1);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
  }
}

TEST(Uts, TheBinomialTreeHasThePublishedCounts) {
  auto input = Workload::prepare(4'112'897, 1);
  EXPECT_EQ(input.tree.shape, Shape::kBinomial);
  EXPECT_EQ(input.count, kCountT3);
  EXPECT_EQ(answer_of<Workload>(input), kCountT3);
}

TEST(Uts, TheGeometricTreeHasThePublishedCounts) {
  auto input = Workload::prepare(4'130'071, 1);
  EXPECT_EQ(input.tree.shape, Shape::kGeometric);
  EXPECT_EQ(input.count, kCountT1);
  EXPECT_EQ(answer_of<Workload>(input), kCountT1);
}

// T1L itself takes a quarter of a minute; its first levels, and that it is named by its size.
TEST(Uts, TheLargeTreeIsWalkedRightAsFarAsItIsCheap) {
  auto input = Workload::prepare(Workload::kMax, 1);
  EXPECT_EQ(Workload::operations(input), 102'181'082U);
  EXPECT_EQ(note_of<Workload>(input, "depth"), 13);
  input.tree.depth_max = 5;
  input.count = count_walking(input.tree).count;
  EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input));
}

TEST(Uts, AnyOtherSizeIsTheDeepestCutOfAtMostSoManyNodes) {
  for (const std::int64_t n : {1, 5, 6, 7, 64, 65, 944, 3986, 3987, 100'000}) {
    const Sample sample = sample_of(n);
    EXPECT_LE(sample.count.nodes, static_cast<std::uint64_t>(n));
    EXPECT_EQ(sample.count.depth, sample.tree.depth_max);
    Tree deeper = sample.tree;
    ++deeper.depth_max;
    EXPECT_GT(count_walking(deeper).count.nodes, static_cast<std::uint64_t>(n));
  }
  EXPECT_EQ(sample_of(1100).count, (Count{944, 744, 4}));
  EXPECT_EQ(sample_of(4'130'070).tree.depth_max, 9U);
}

TEST(Uts, TheWalkForeseesTheNextLevel) {
  Tree tree = kT1;
  for (tree.depth_max = 0; tree.depth_max < 6;) {
    const Walked walked = count_walking(tree);
    ++tree.depth_max;
    EXPECT_EQ(count_walking(tree).count.nodes, walked.count.nodes + walked.next_level);
  }
}

TEST(Uts, ChildrenFollowTheChanceOfTheNode) {
  Node node{};
  EXPECT_EQ(chance_of(node), 0);
  EXPECT_EQ(children_of(kT1, node, 3), 0U);
  EXPECT_EQ(children_of(kT3, node, 1), 8U);
  node[4] = 0xffffffff;  // the highest bit is not looked at
  EXPECT_EQ(chance_of(node), 1 - 0x1p-31);
  EXPECT_EQ(children_of(kT1, node, 3), 96U);  // 31 log 2 / log 1.25, rounded down
  EXPECT_EQ(children_of(kT1, node, 10), 0U);
  EXPECT_EQ(children_of(kT3, node, 1), 0U);
  EXPECT_EQ(children_of(kT3, node, 0), 2000U);
  Tree wide = kT1;
  wide.branches = 50;
  EXPECT_EQ(children_of(wide, node, 3), kChildrenMax);
}

TEST(Uts, ACorruptedAnswerIsNoticed) {
  const auto input = Workload::prepare(1100, 1);
  EXPECT_EQ(Workload::digest(input, {944, 744, 4}), Workload::expected(input));
  EXPECT_NE(Workload::digest(input, {943, 744, 4}), Workload::expected(input));
  EXPECT_NE(Workload::digest(input, {944, 743, 4}), Workload::expected(input));
  EXPECT_NE(Workload::digest(input, {944, 744, 5}), Workload::expected(input));
}

TEST(Uts, TheSeedHasNoEffect) {
  EXPECT_EQ(digest_of_size<Workload>(100, 1), digest_of_size<Workload>(100, 2));
}

}  // namespace
}  // namespace an::workloads::uts
