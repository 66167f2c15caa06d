// bfs: how many arcs away from a source each vertex of a random graph is. Level by level: all
// vertices of one level are expanded in parallel, then all of the next; the graph is shallow, its
// levels differ in size by orders of magnitude, and so do its vertices in degree.
//
// Source: Leiserson and Schardl, "A work-efficient parallel breadth-first search algorithm", SPAA
// 2010, with arrays in place of their bags; Graph500. The graph: rmat_graph.hpp, searched from the
// vertex of the highest degree, so that the answer is never trivial. A frontier is split by halves
// down to kChunk vertices, a vertex of more than kArcGrain arcs into blocks of as many. Whoever
// reaches a vertex first claims it by compare-exchange; levels do not depend on who that is (its
// parent would), so the answer is the same under every scheduler. Newly found vertices are
// collected on the stack and get their places in the next frontier by one addition for many.
// Operation: one arc examined (Graph500 counts edges: half as many). Sizes: n = 16,384 vertices
// (262,144 arcs), 131,072 (2 million), 2,097,152 (34 million). The seed gives the graph.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/atomic.hpp"
#include "core/task/fork_join.hpp"
#include "workloads/rmat_graph.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::bfs {

inline constexpr std::int64_t kChunk = 32;
inline constexpr std::int64_t kArcGrain = 256;
inline constexpr std::uint32_t kUnreached = ~std::uint32_t{0};

using Level = Atomic<std::uint32_t>;

struct Input {
  rmat::Graph graph;
  std::uint32_t source;
  std::uint64_t arcs_reached;           // arcs that leave a reached vertex, by the serial search
  std::vector<Level> levels;            // per vertex: the answer, or kUnreached
  std::vector<std::uint32_t> frontier;  // vertices of one level
  std::vector<std::uint32_t> next;      // and of the following
};

Input make_input(std::int64_t vertices, std::uint64_t seed);
void forget_levels(Input& input);
std::uint64_t digest_of(const std::vector<Level>& levels);
// The digest of the levels a serial search finds, with one queue for all levels.
std::uint64_t expected_digest(const rmat::Graph& graph, std::uint32_t source);

// Sets `level` unless it has been set before; true for exactly one of all callers.
inline bool claim(Level& level, std::uint32_t value) {
  // (B1) relaxed; pairs with (B2): most vertices have long been reached, and a load leaves their
  // line shared. An outdated answer only lets (B2) fail.
  if (level.load(kRelaxed) != kUnreached) {
    return false;
  }
  std::uint32_t unreached = kUnreached;
  // (B2) relaxed; pairs with (B2) of another claimant: one wins by atomicity alone. Nothing is
  // published by it: levels are read as numbers after the join. Were it a store, a vertex could
  // enter the frontier twice: tests/workloads/bfs_test.cpp, AVertexIsClaimedOnce.
  return level.compare_exchange_strong(unreached, value, kRelaxed, kRelaxed);
}

// The next frontier, shared by all workers of one level.
struct Next {
  std::uint32_t* vertices;
  Atomic<std::int64_t> size = 0;
};

// Vertices one branch has found, on their way to the next frontier. The destructor delivers the
// last of them.
class Found {
 public:
  explicit Found(Next& next) : next_(next) {}
  ~Found() { deliver(); }
  Found(const Found&) = delete;
  Found& operator=(const Found&) = delete;

  void add(std::uint32_t vertex) {
    if (count_ == kCapacity) {
      deliver();
    }
    vertices_[count_++] = vertex;
  }

 private:
  static constexpr std::size_t kCapacity = 64;

  void deliver() {
    // (B3) relaxed; pairs with (B3) of another branch: the places are this branch's alone by
    // atomicity. What is written there is published by the join.
    const std::int64_t place = next_.size.fetch_add(static_cast<std::int64_t>(count_), kRelaxed);
    std::copy_n(vertices_.data(), count_, next_.vertices + place);
    count_ = 0;
  }

  Next& next_;
  std::size_t count_ = 0;
  std::array<std::uint32_t, kCapacity> vertices_;
};

// Claims what the arcs targets[0, count) lead to.
[[gnu::noinline]] inline void visit(const std::uint32_t* targets,
                                    std::int64_t count,
                                    Level* levels,
                                    std::uint32_t level,
                                    Found& found) {
  for (std::int64_t i = 0; i < count; ++i) {
    if (claim(levels[targets[i]], level)) {
      found.add(targets[i]);
    }
  }
}

// Visits the arcs of vertices[0, count), the arcs of a hub in parallel.
template <ForkJoinWorker W>
[[gnu::noinline]] void expand(W worker,
                              Input& input,
                              const std::uint32_t* vertices,
                              std::int64_t count,
                              std::uint32_t level,
                              Next& next) {
  Level* levels = input.levels.data();
  Found found(next);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t degree = input.graph.degree(vertices[i]);
    const std::uint32_t* targets = input.graph.targets.data() + input.graph.starts[vertices[i]];
    if (degree <= kArcGrain) {
      visit(targets, degree, levels, level, found);
      continue;
    }
    an::for_range(worker, 0, (degree + kArcGrain - 1) / kArcGrain, 1,
                  [=, &next](W /*worker*/, std::int64_t block) {
                    Found mine(next);
                    const std::int64_t first = block * kArcGrain;
                    visit(targets + first, std::min(kArcGrain, degree - first), levels, level,
                          mine);
                  });
  }
}

struct Workload {
  static constexpr std::string_view kName = "bfs";
  static constexpr std::string_view kSummary = "breadth-first search: levels of very unequal size";
  static constexpr std::string_view kSource = "Leiserson and Schardl, SPAA 2010; Graph500";
  static constexpr std::string_view kOperation = "arc";
  static constexpr std::string_view kParameter = "vertices";
  static constexpr std::array<NamedSize, 3> kSizes{
      {{"small", 16'384}, {"medium", 131'072}, {"large", 2'097'152}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = std::int64_t{1} << 26;  // 9 GiB

  using Input = bfs::Input;
  using Answer = Unit;  // the answer is in Input::levels

  static Input prepare(std::int64_t n, std::uint64_t seed) {
    AN_ASSERT(n >= kMin);
    AN_ASSERT(n <= kMax);
    return make_input(n, seed);
  }
  static void reset(Input& input) { forget_levels(input); }

  template <ForkJoinWorker W>
  static Answer run(W worker, Input& input) {
    input.levels[input.source].store(0, kStat);
    std::uint32_t* frontier = input.frontier.data();
    std::uint32_t* following = input.next.data();
    frontier[0] = input.source;
    std::int64_t size = 1;
    for (std::uint32_t level = 1; size > 0; ++level) {
      Next next{following};
      an::for_range(
          worker, 0, (size + kChunk - 1) / kChunk, 1, [=, &input, &next](W w, std::int64_t chunk) {
            const std::int64_t first = chunk * kChunk;
            expand(w, input, frontier + first, std::min(kChunk, size - first), level, next);
          });
      size = next.size.load(kStat);
      std::swap(frontier, following);
    }
    return Unit{};
  }

  static std::uint64_t digest(const Input& input, const Answer& /*answer*/) {
    return digest_of(input.levels);
  }
  static std::uint64_t expected(const Input& input) {
    return expected_digest(input.graph, input.source);
  }
  static std::uint64_t operations(const Input& input) { return input.arcs_reached; }
  // With the list of edges the graph is made from: it is gone before the first run.
  static std::int64_t footprint_bytes(std::int64_t n) {
    return rmat::graph_bytes(n) + rmat::scratch_bytes(n) +
           n * static_cast<std::int64_t>(sizeof(Level) + 2 * sizeof(std::uint32_t));
  }
  static std::vector<Note> notes(const Input& input) {
    return {{"arcs", std::ssize(input.graph.targets)},
            {"hub_arcs", input.graph.degree(input.source)}};
  }
};

}  // namespace an::workloads::bfs
