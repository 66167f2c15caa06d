#include "workloads/bfs.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <utility>

#include "core/base/thread.hpp"
#include "core/sync/latch.hpp"
#include "tests/workloads/serial_run.hpp"

namespace an::workloads::bfs {
namespace {

using namespace an::tests;

// The levels as numbers.
std::vector<std::uint32_t> levels_of(const Input& input) {
  std::vector<std::uint32_t> levels;
  for (const Level& level : input.levels) {
    levels.push_back(level.load(kStat));
  }
  return levels;
}

// An input for `graph`, not yet searched.
Input input_for(rmat::Graph graph, std::uint32_t source) {
  const auto count = static_cast<std::size_t>(graph.vertices());
  Input input{std::move(graph), source, 0, std::vector<Level>(count), {}, {}};
  input.frontier.resize(count);
  input.next.resize(count);
  forget_levels(input);
  return input;
}

// A star: vertex 0 has an arc to each other vertex and back.
rmat::Graph star(std::uint32_t leaves) {
  rmat::Graph graph{{0, leaves}, std::vector<std::uint32_t>(leaves)};
  std::iota(graph.targets.begin(), graph.targets.end(), 1U);
  for (std::uint32_t leaf = 0; leaf < leaves; ++leaf) {
    graph.targets.push_back(0);
    graph.starts.push_back(leaves + leaf + 1);
  }
  return graph;
}

TEST(Bfs, AnswersAreRightAndRepeat) {
  for (const std::int64_t n : {1, 2, 31, 33, 1100, 4096}) {
    auto input = Workload::prepare(n, 3);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
  }
}

TEST(Bfs, HandMadeGraphsAreSearchedRight) {
  // The path 0 - 1 - 2 - 3, from 1, and vertex 4 alone.
  Input path = input_for({{0, 1, 3, 5, 6, 6}, {1, 0, 2, 1, 3, 2}}, 1);
  answer_of<Workload>(path);
  EXPECT_EQ(levels_of(path), (std::vector<std::uint32_t>{1, 0, 1, 2, kUnreached}));
  EXPECT_EQ(Workload::digest(path, Unit{}), Workload::expected(path));
}

TEST(Bfs, AHubOfAnyDegreeIsSplitRight) {
  for (const std::uint32_t leaves : {255U, 256U, 257U, 512U, 5000U}) {
    Input input = input_for(star(leaves), leaves);
    answer_of<Workload>(input);
    std::vector<std::uint32_t> right(leaves + 1, 2);
    right[0] = 1;
    right[leaves] = 0;
    EXPECT_EQ(levels_of(input), right) << leaves;
  }
}

TEST(Bfs, ACorruptedLevelIsNoticed) {
  auto input = Workload::prepare(1001, 3);
  const Unit answer = answer_of<Workload>(input);
  EXPECT_EQ(Workload::digest(input, answer), Workload::expected(input));
  for (const std::size_t vertex : {0U, 500U, 1000U}) {
    const std::uint32_t right = input.levels[vertex].load(kStat);
    for (const std::uint32_t wrong : {right + 1, right - 1}) {
      input.levels[vertex].store(wrong, kStat);
      EXPECT_NE(Workload::digest(input, answer), Workload::expected(input)) << vertex;
    }
    input.levels[vertex].store(right, kStat);
  }
}

TEST(Bfs, AnArcLeftOutIsNoticed) {
  Input input = input_for({{0, 1, 3, 5, 6, 6}, {1, 0, 2, 1, 3, 2}}, 1);
  const std::uint64_t right = Workload::expected(input);
  input.graph.targets[4] = 1;  // 2 - 3 becomes 2 - 1
  EXPECT_NE(digest_of_run<Workload>(input), right);
}

TEST(Bfs, AVertexIsClaimedOnce) {
  // Whoever comes second passes over claimed vertices faster, so the threads meet.
  constexpr std::size_t kVertices = 4'000'000;
  constexpr std::size_t kThreads = 2;
  std::vector<Level> levels(kVertices);
  for (Level& level : levels) {
    level.store(kUnreached, kStat);
  }
  std::vector<std::uint64_t> claimed(kThreads);
  Latch start(kThreads);
  {
    std::vector<Thread> threads;
    for (std::size_t t = 0; t < kThreads; ++t) {
      threads.emplace_back("claimant", [&levels, &start, &total = claimed[t]] {
        start.count_down();
        start.wait();
        std::uint64_t count = 0;
        for (Level& level : levels) {
          count += claim(level, 7) ? 1 : 0;
        }
        total = count;
      });
    }
  }
  EXPECT_EQ(std::accumulate(claimed.begin(), claimed.end(), std::uint64_t{0}), kVertices);
}

TEST(Bfs, WhatIsFoundArrivesOnceInTheNextFrontier) {
  std::vector<std::uint32_t> vertices(1000);
  Next next{vertices.data()};
  {
    Found first(next);
    Found second(next);
    for (std::uint32_t vertex = 0; vertex < 1000; ++vertex) {
      (vertex % 3 == 0 ? first : second).add(vertex);
    }
  }
  EXPECT_EQ(next.size.load(kStat), 1000);
  std::sort(vertices.begin(), vertices.end());
  std::vector<std::uint32_t> right(1000);
  std::iota(right.begin(), right.end(), 0U);
  EXPECT_EQ(vertices, right);
}

TEST(Bfs, OperationsAndBytesAreThoseOfTheInput) {
  const auto input = Workload::prepare(4096, 3);
  EXPECT_EQ(note_of<Workload>(input, "arcs"), 65'536);
  EXPECT_EQ(note_of<Workload>(input, "hub_arcs"), input.graph.degree(input.source));
  // Nearly all arcs belong to the component of the hub.
  EXPECT_LE(Workload::operations(input), 65'536U);
  EXPECT_GT(Workload::operations(input), 64'000U);
  const std::size_t ids = input.frontier.capacity() + input.next.capacity();
  EXPECT_EQ(Workload::footprint_bytes(4096),
            rmat::graph_bytes(4096) + rmat::scratch_bytes(4096) +
                static_cast<std::int64_t>(input.levels.capacity() * sizeof(Level) +
                                          ids * sizeof(std::uint32_t)));
}

TEST(Bfs, TheSeedDecidesTheGraph) {
  EXPECT_EQ(digest_of_size<Workload>(100, 1), digest_of_size<Workload>(100, 1));
  EXPECT_NE(digest_of_size<Workload>(100, 1), digest_of_size<Workload>(100, 2));
}

}  // namespace
}  // namespace an::workloads::bfs
