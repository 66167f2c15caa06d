#include "workloads/rmat_graph.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>

namespace an::workloads::rmat {
namespace {

TEST(RmatGraph, EveryArcHasItsTwin) {
  for (const std::int64_t vertices : {1, 2, 3, 100, 1024}) {
    const Graph graph = make_graph(vertices, 3);
    ASSERT_EQ(graph.vertices(), vertices);
    ASSERT_EQ(std::ssize(graph.targets), 2 * kEdgesPerVertex * vertices);
    ASSERT_EQ(graph.starts.front(), 0U);
    ASSERT_EQ(graph.starts.back(), graph.targets.size());
    std::map<std::pair<std::uint32_t, std::uint32_t>, int> balance;
    for (std::uint32_t from = 0; from < graph.vertices(); ++from) {
      ASSERT_GE(graph.degree(from), 0);
      for (std::uint32_t i = graph.starts[from]; i < graph.starts[from + 1]; ++i) {
        ASSERT_LT(graph.targets[i], vertices);
        ++balance[{from, graph.targets[i]}];
        --balance[{graph.targets[i], from}];
      }
    }
    for (const auto& [arc, count] : balance) {
      EXPECT_EQ(count, 0) << arc.first << " " << arc.second;
    }
  }
}

TEST(RmatGraph, DegreesAreThoseOfTheModel) {
  // The heaviest id gets a share of (0.57 + 0.19)^12 = 3.7% of the arcs of 4,096 vertices, which is
  // 2,430 arcs; a uniform graph's would have about 16.
  const Graph graph = make_graph(4096, 3);
  const std::int64_t most = graph.degree(hub_of(graph));
  EXPECT_GT(most, 2100);
  EXPECT_LT(most, 2800);
  std::int64_t isolated = 0;
  for (std::int64_t vertex = 0; vertex < graph.vertices(); ++vertex) {
    isolated += graph.degree(vertex) == 0 ? 1 : 0;
  }
  EXPECT_GT(isolated, 400);
  EXPECT_LT(isolated, 2048);
}

TEST(RmatGraph, TheHubIsTheVertexOfTheMostArcs) {
  EXPECT_EQ(hub_of({{0, 1, 4, 7, 8}, {1, 0, 2, 2, 1, 1, 3, 2}}), 1U);
  EXPECT_EQ(hub_of({{0, 0}, {}}), 0U);
}

TEST(RmatGraph, LabelsAreShuffled) {
  // Without it the hub would be vertex 0 every time.
  const auto hub = [](std::uint64_t seed) { return hub_of(make_graph(1000, seed)); };
  EXPECT_FALSE(hub(1) == hub(2) && hub(2) == hub(3));
}

TEST(RmatGraph, BytesAreThoseOfTheArrays) {
  const Graph graph = make_graph(1000, 3);
  EXPECT_EQ(graph_bytes(1000),
            static_cast<std::int64_t>((graph.starts.capacity() + graph.targets.capacity()) *
                                      sizeof(std::uint32_t)));
  EXPECT_EQ(scratch_bytes(1000), 64'000);
}

TEST(RmatGraph, TheSeedDecidesTheGraph) {
  EXPECT_EQ(make_graph(100, 1).targets, make_graph(100, 1).targets);
  EXPECT_NE(make_graph(100, 1).targets, make_graph(100, 2).targets);
}

TEST(RmatGraph, ASizeOutOfRangeIsRefused) {
  EXPECT_DEATH(make_graph(0, 1), "vertices >= 1");
  EXPECT_DEATH(make_graph((std::int64_t{1} << 27) + 1, 1), "vertices <= ");
}

}  // namespace
}  // namespace an::workloads::rmat
