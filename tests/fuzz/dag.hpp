// Dag: a random program over the task vocabulary, as plain data: a tree of nodes drawn from a seed.
// What a node means stands once here; expectation.hpp computes it without a scheduler, and
// interpreter.hpp runs it under one. The two share nothing but this file.
//
// A node first does its own work (`work` rounds of mixing, a yield if it says so), then what its
// kind says with its children c0, c1, ..; its value is own_value() and the children's values folded.
//
// I1: children have larger numbers than their parent, and one parent.
// I2: what may throw stands where the outcome is defined: below a join's second branch, a group, a
//     nested run, a kTry, an injected task or the root; not in a range. In a task that the run itself
//     waits for only if Shape::loose_throws, and not below an injected task.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/rng.hpp"

namespace an::fuzz {

enum class Kind : std::uint8_t {
  kLeaf,         // nothing more
  kJoin,         // join(c0, c1)
  kRange,        // for_range over the children and `elements` more, `grain` at a time
  kReduce,       // the same as a reduce with an associative fold that does not commute
  kGroup,        // a TaskGroup: each child spawned with its wish; waits half-way too if `waves`
  kGroupBatch,   // a TaskGroup filled by one spawn_batch; the maker throws at `stop` if that is set
  kAbandoned,    // spawns its children into a TaskGroup and throws its number: the group waits
  kFill,         // c0 runs on this worker inside a TaskGroup, which kInto nodes below it fill
  kInto,         // spawns its children into the innermost TaskGroup; without one, calls them
  kLoose,        // worker.spawn each child, with its wish
  kLooseBatch,   // worker.spawn_batch
  kNested,       // scheduler.run(c0) from inside
  kInject,       // scheduler.inject each child
  kInjectBatch,  // scheduler.inject_batch
  kTry,          // c0; catches what it throws
  kThrow,        // throws its number
};
inline constexpr std::size_t kKinds = static_cast<std::size_t>(Kind::kThrow) + 1;
std::string_view name_of(Kind kind);

// How a task is spawned.
enum class Wish : std::uint8_t { kNone, kPhase, kWorker, kNode };

using NodeId = std::uint32_t;
inline constexpr NodeId kNoNode = ~NodeId{0};

struct Node {
  Kind kind = Kind::kLeaf;
  Wish wish = Wish::kNone;
  std::uint8_t bulk = 0;  // how much the callable of the task carries: 0 little .. 2 above the pool
  bool yields = false;    // offers the CPU after its work
  bool waves = false;     // kGroup: waits after half of the children; kJoin: results are objects
  std::uint32_t work = 0;      // rounds
  std::uint32_t place = 0;     // key of the phase, worker or node of the hint
  std::uint32_t elements = 0;  // kRange, kReduce: iterations beside the children
  std::uint32_t grain = 1;
  std::uint32_t stop = kNoNode;  // kGroupBatch: the index at which the maker throws
  std::vector<NodeId> children;
};

struct Dag {
  std::uint64_t seed = 0;
  std::vector<Node> nodes;         // 0: the root of the run
  std::vector<NodeId> outside;     // roots of tasks injected by a thread that is no worker
  bool outside_meanwhile = false;  // by another thread during the run; else before it
};

struct Shape {
  std::uint32_t nodes_max = 300;
  bool throws = true;  // false: no exceptions, for schedulers that cannot carry one
  // Not for the serial elision, which lets the exception of such a task out of spawn.
  bool loose_throws = true;
};

Dag make_dag(std::uint64_t seed, const Shape& shape);

// One line per node, indented.
std::string to_text(const Dag& dag);

// What a node is worth without its children; takes as long as its work says.
inline std::uint64_t own_value(const Dag& dag, NodeId id) {
  std::uint64_t value = mix64(dag.seed + id);
  for (std::uint32_t round = 0; round < dag.nodes[id].work; ++round) {
    value = mix64(value + round);
  }
  return value;
}

// Iteration `i` of a range beyond the children.
constexpr std::uint64_t element_value(std::uint64_t own, std::int64_t i) {
  return mix64(own ^ static_cast<std::uint64_t>(i));
}

// Order-independent sums are of these.
constexpr std::uint64_t as_term(NodeId id, std::uint64_t value) {
  return mix64(value + id);
}

constexpr std::uint64_t pair_value(std::uint64_t own, std::uint64_t first, std::uint64_t second) {
  return mix64(own + 3 * first + 5 * second);
}

// A word over values, hashed: concatenation is associative and does not commute.
struct Word {
  std::uint64_t hash = 0;
  std::uint64_t power = 1;

  static constexpr Word letter(std::uint64_t value) {
    return {mix64(value), 0x9e3779b97f4a7c15ULL};
  }
  friend constexpr Word operator+(const Word& a, const Word& b) {
    return {a.hash * b.power + b.hash, a.power * b.power};
  }
};

}  // namespace an::fuzz
