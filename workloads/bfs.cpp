#include "workloads/bfs.hpp"

#include "workloads/checksum.hpp"

namespace an::workloads::bfs {
namespace {

// The textbook search.
std::vector<std::uint32_t> levels_from(const rmat::Graph& graph, std::uint32_t source) {
  const auto vertices = static_cast<std::size_t>(graph.vertices());
  std::vector<std::uint32_t> levels(vertices, kUnreached);
  std::vector<std::uint32_t> queue;
  queue.reserve(vertices);
  levels[source] = 0;
  queue.push_back(source);
  for (std::size_t head = 0; head < queue.size(); ++head) {
    const std::uint32_t vertex = queue[head];
    for (std::uint32_t i = graph.starts[vertex]; i < graph.starts[vertex + 1]; ++i) {
      const std::uint32_t target = graph.targets[i];
      if (levels[target] == kUnreached) {
        levels[target] = levels[vertex] + 1;
        queue.push_back(target);
      }
    }
  }
  return levels;
}

}  // namespace

Input make_input(std::int64_t vertices, std::uint64_t seed) {
  const auto count = static_cast<std::size_t>(vertices);
  Input input{rmat::make_graph(vertices, seed),
              0,
              0,
              std::vector<Level>(count),
              std::vector<std::uint32_t>(count),
              std::vector<std::uint32_t>(count)};
  input.source = rmat::hub_of(input.graph);
  const std::vector<std::uint32_t> levels = levels_from(input.graph, input.source);
  for (std::size_t vertex = 0; vertex < count; ++vertex) {
    if (levels[vertex] != kUnreached) {
      input.arcs_reached +=
          static_cast<std::uint64_t>(input.graph.degree(static_cast<std::int64_t>(vertex)));
    }
  }
  forget_levels(input);
  return input;
}

void forget_levels(Input& input) {
  for (Level& level : input.levels) {
    level.store(kUnreached, kStat);
  }
}

std::uint64_t digest_of(const std::vector<Level>& levels) {
  Checksum checksum;
  for (const Level& level : levels) {
    checksum.add(level.load(kStat));
  }
  return fold(0, checksum.value());
}

std::uint64_t expected_digest(const rmat::Graph& graph, std::uint32_t source) {
  return fold(0, checksum_of(levels_from(graph, source)));
}

}  // namespace an::workloads::bfs
