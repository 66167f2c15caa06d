// A random graph whose degrees differ as those of real networks do: R-MAT (Chakrabarti, Zhan and
// Faloutsos, "R-MAT: a recursive model for graph mining", SDM 2004) with the parameters of Graph500
// (Murphy, Wheeler, Barrett and Ang, "Introducing the Graph 500", CUG 2010): 0.57, 0.19, 0.19,
// 0.05, rounded to 256ths. An input of workloads, not a workload.
//
// Undirected: every edge is two arcs. Loops and parallel edges stay in. Any number of vertices: ids
// of the next power of two are scaled down, which merges some of them. Labels are shuffled, so that
// a vertex's number says nothing of its degree.
#pragma once

#include <cstdint>
#include <iterator>
#include <vector>

namespace an::workloads::rmat {

inline constexpr std::int64_t kEdgesPerVertex = 8;  // 16 arcs

// Compressed rows: the arcs of vertex v are targets[starts[v]] .. targets[starts[v + 1] - 1].
struct Graph {
  std::vector<std::uint32_t> starts;
  std::vector<std::uint32_t> targets;

  std::int64_t vertices() const { return std::ssize(starts) - 1; }
  std::int64_t degree(std::int64_t vertex) const {
    const auto v = static_cast<std::size_t>(vertex);
    return starts[v + 1] - starts[v];
  }
};

// A graph of `vertices` vertices, 1 .. 2^27, from the seed.
Graph make_graph(std::int64_t vertices, std::uint64_t seed);

// The vertex with the most arcs; of several, the first.
std::uint32_t hub_of(const Graph& graph);

// What a graph of this size occupies, and what make_graph holds besides while it works.
std::int64_t graph_bytes(std::int64_t vertices);
std::int64_t scratch_bytes(std::int64_t vertices);

}  // namespace an::workloads::rmat
