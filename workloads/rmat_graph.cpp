#include "workloads/rmat_graph.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include "core/base/assert.hpp"
#include "core/base/rng.hpp"

namespace an::workloads::rmat {
namespace {

// Of 256: the quadrants (from, to) = (0, 0), (0, 1), (1, 0) end here; (1, 1) is the rest.
constexpr std::uint64_t kEnd00 = 146;
constexpr std::uint64_t kEnd01 = kEnd00 + 49;
constexpr std::uint64_t kEnd10 = kEnd01 + 49;

struct Edge {
  std::uint32_t from;
  std::uint32_t to;
};

// The permutation of Fisher and Yates.
std::vector<std::uint32_t> shuffled_labels(std::size_t count, Rng& rng) {
  std::vector<std::uint32_t> labels(count);
  std::iota(labels.begin(), labels.end(), 0U);
  for (std::size_t i = count; i > 1; --i) {
    std::swap(labels[i - 1], labels[rng.below(static_cast<std::uint32_t>(i))]);
  }
  return labels;
}

// One edge between ids below 2^scale: a quadrant of the adjacency matrix per bit.
Edge draw_edge(int scale, Rng& rng) {
  Edge edge{0, 0};
  std::uint64_t bits = 0;
  for (int level = 0; level < scale; ++level) {
    bits = level % 8 == 0 ? rng.next() : bits >> 8;
    const std::uint64_t byte = bits & 255;
    const unsigned from = byte >= kEnd01 ? 1 : 0;
    const unsigned to = (byte >= kEnd00 ? 1U : 0U) ^ from ^ (byte >= kEnd10 ? 1U : 0U);
    edge = {edge.from << 1 | from, edge.to << 1 | to};
  }
  return edge;
}

std::vector<Edge> draw_edges(std::int64_t vertices, std::uint64_t seed) {
  Rng rng(seed);
  const auto count = static_cast<std::uint64_t>(vertices);
  const std::vector<std::uint32_t> labels = shuffled_labels(count, rng);
  const auto scale = static_cast<int>(std::bit_width(count - 1));
  std::vector<Edge> edges(count * kEdgesPerVertex);
  for (Edge& edge : edges) {
    const Edge drawn = draw_edge(scale, rng);
    edge = {labels[drawn.from * count >> scale], labels[drawn.to * count >> scale]};
  }
  return edges;
}

}  // namespace

Graph make_graph(std::int64_t vertices, std::uint64_t seed) {
  AN_ASSERT(vertices >= 1);
  AN_ASSERT(vertices <= std::int64_t{1} << 27);
  const std::vector<Edge> edges = draw_edges(vertices, seed);
  const auto count = static_cast<std::size_t>(vertices);
  Graph graph{std::vector<std::uint32_t>(count + 1), std::vector<std::uint32_t>(2 * edges.size())};
  for (const Edge& edge : edges) {
    ++graph.starts[edge.from];
    ++graph.starts[edge.to];
  }
  // Ends of rows now, which become starts as the rows are filled from behind.
  std::inclusive_scan(graph.starts.begin(), graph.starts.end(), graph.starts.begin());
  for (const Edge& edge : edges) {
    graph.targets[--graph.starts[edge.from]] = edge.to;
    graph.targets[--graph.starts[edge.to]] = edge.from;
  }
  return graph;
}

std::uint32_t hub_of(const Graph& graph) {
  std::int64_t hub = 0;
  for (std::int64_t vertex = 1; vertex < graph.vertices(); ++vertex) {
    hub = graph.degree(vertex) > graph.degree(hub) ? vertex : hub;
  }
  return static_cast<std::uint32_t>(hub);
}

std::int64_t graph_bytes(std::int64_t vertices) {
  const std::int64_t indices = vertices + 1 + 2 * kEdgesPerVertex * vertices;
  return indices * static_cast<std::int64_t>(sizeof(std::uint32_t));
}

std::int64_t scratch_bytes(std::int64_t vertices) {
  return vertices * kEdgesPerVertex * static_cast<std::int64_t>(sizeof(Edge));
}

}  // namespace an::workloads::rmat
