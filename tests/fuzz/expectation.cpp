#include "tests/fuzz/expectation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>

namespace an::fuzz {
namespace {

// A node's value, or which exceptions may have come out of it (any of them, one if determined).
struct Outcome {
  std::uint64_t value = 0;
  std::vector<NodeId> thrown;

  bool threw() const { return !thrown.empty(); }
};

struct Awaited {
  std::uint64_t sum = 0;
  std::vector<NodeId> thrown;
};

// Who waits for the tasks that a node spawns.
struct Around {
  Awaited* group;  // null: none
  Awaited* loose;
};

class Walk {
 public:
  Walk(const Dag& dag, const Seen& seen, Verdict& verdict)
      : dag_(dag),
        seen_(seen),
        verdict_(verdict),
        ran_(dag.nodes.size()),
        elements_(dag.nodes.size()) {}

  void judge() {
    const Outcome root = visit(0, {nullptr, &loose_});
    for (const NodeId id : dag_.outside) {
      task(id, {nullptr, &injected_}, injected_);
    }
    check_nodes();
    // What a task of the run throws counts if the root threw nothing.
    check_outcome("run", root.threw() ? root : Outcome{root.value, loose_.thrown}, seen_.root);
    check_outcome("wait_injected", {0, injected_.thrown}, seen_.waited);
    check("loose tasks add up", loose_.sum, seen_.loose.sum.load(kStat));
    check("injected tasks add up", injected_.sum, seen_.injected.sum.load(kStat));
    check("no loose task is left when run returns", 0, seen_.open_after_run);
    check("no loose task is left", 0, seen_.loose.open.load(kStat));
    check("no injected task is left", 0, seen_.injected.open.load(kStat));
    check("callables, results and exceptions left alive", 0, seen_.alive->load(kStat));
    check("no wait of a group returns early", 0, seen_.early_waits.load(kStat));
    if (seen_.counts_tasks) {
      check("the scheduler's count of tasks", tasks_, seen_.tasks_run);
    }
  }

 private:
  template <class T>
  void check(const std::string& what, std::type_identity_t<T> expected, T seen) {
    if (expected != seen) {
      differ(fmt::format("{}: expected {}, saw {}", what, expected, seen));
    }
  }
  void differ(std::string text) { verdict_.differences.push_back(std::move(text)); }

  void check_outcome(const char* what, const Outcome& expected, const Seen::Outcome& seen) {
    if (!expected.threw()) {
      check(fmt::format("what {} throws", what), kNoNode, seen.thrown);
      if (seen.thrown == kNoNode) {
        check(fmt::format("what {} returns", what), expected.value, seen.value);
      }
    } else if (std::ranges::find(expected.thrown, seen.thrown) == expected.thrown.end()) {
      differ(fmt::format("{} throws {}, which is none of {}", what, seen.thrown,
                         fmt::join(expected.thrown, ", ")));
    }
  }

  void check_nodes() {
    for (NodeId id = 0; id < dag_.nodes.size(); ++id) {
      const std::uint32_t seen = seen_.ran[id].load(kStat);
      const std::string name = fmt::format("node {} ({})", id, name_of(dag_.nodes[id].kind));
      check("runs of " + name, ran_[id], seen);
      check("iterations of " + name, elements_[id], seen_.elements[id].load(kStat));
      verdict_.nodes[static_cast<std::size_t>(dag_.nodes[id].kind)] += seen;
    }
  }

  Outcome visit(NodeId id, const Around& around) {
    ++ran_[id];
    const Node& node = dag_.nodes[id];
    const std::uint64_t own = own_value(dag_, id);
    switch (node.kind) {
      case Kind::kLeaf:
        return {own, {}};
      case Kind::kThrow:
        return {0, {id}};
      case Kind::kJoin:
        return join(node, own, around);
      case Kind::kRange:
      case Kind::kReduce:
        return range(id, node, own, around);
      case Kind::kGroup:
      case Kind::kGroupBatch:
      case Kind::kAbandoned:
      case Kind::kFill:
        return group(id, node, own, around);
      case Kind::kInto:
        return into(node, own, around);
      case Kind::kLoose:
      case Kind::kLooseBatch:
        for (const NodeId child : node.children) {
          task(child, {nullptr, around.loose}, *around.loose);
        }
        return {own, {}};
      case Kind::kInject:
      case Kind::kInjectBatch:
        for (const NodeId child : node.children) {
          task(child, {nullptr, &injected_}, injected_);
        }
        return {own, {}};
      case Kind::kNested:
        return on_top(own, visit(node.children[0], {nullptr, around.loose}));
      case Kind::kTry:
        return caught(id, own, visit(node.children[0], around));
    }
    return {};
  }

  static Outcome on_top(std::uint64_t own, Outcome child) {
    child.value = pair_value(own, child.value, 0);
    return child;
  }

  // A task's value is a term of the sum of whoever awaits it, what it throws one of its exceptions.
  void task(NodeId id, const Around& around, Awaited& awaited) {
    ++tasks_;
    const Outcome outcome = visit(id, around);
    awaited.sum += outcome.threw() ? 0 : as_term(id, outcome.value);
    awaited.thrown.insert(awaited.thrown.end(), outcome.thrown.begin(), outcome.thrown.end());
  }

  Outcome join(const Node& node, std::uint64_t own, const Around& around) {
    const Outcome first = visit(node.children[0], around);
    if (first.threw()) {
      if (seen_.ran[node.children[1]].load(kStat) > 0) {
        visit(node.children[1], around);
      }
      return first;
    }
    Outcome second = visit(node.children[1], around);
    second.value = pair_value(own, first.value, second.value);
    return second;
  }

  Outcome range(NodeId id, const Node& node, std::uint64_t own, const Around& around) {
    std::uint64_t sum = 0;
    Word word;
    const auto iterate = [&](std::uint64_t value) {
      sum += value;
      word = word + Word::letter(value);
    };
    for (const NodeId child : node.children) {
      iterate(visit(child, around).value);
    }
    for (std::uint32_t i = 0; i < node.elements; ++i) {
      iterate(element_value(own, i));
    }
    elements_[id] += node.elements;
    return {pair_value(own, node.kind == Kind::kReduce ? word.hash : sum, 0), {}};
  }

  Outcome group(NodeId id, const Node& node, std::uint64_t own, const Around& around) {
    Awaited mine;
    const Around inside{&mine, around.loose};
    if (node.kind == Kind::kFill) {
      const Outcome body = visit(node.children[0], inside);
      if (body.threw()) {
        return body;  // the group waits and drops what its tasks threw
      }
      return {pair_value(own, body.value, mine.sum), mine.thrown};
    }
    const std::size_t half = node.children.size() / 2;
    for (std::size_t i = 0; i < node.children.size() && i != node.stop; ++i) {
      if (node.kind == Kind::kGroup && node.waves && i == half && !mine.thrown.empty()) {
        break;  // the wait half-way throws
      }
      task(node.children[i], inside, mine);
    }
    if (node.kind == Kind::kAbandoned || node.stop != kNoNode) {
      return {0, {id}};
    }
    return {pair_value(own, mine.sum, 0), mine.thrown};
  }

  Outcome into(const Node& node, std::uint64_t own, const Around& around) {
    if (around.group != nullptr) {
      for (const NodeId child : node.children) {
        task(child, around, *around.group);
      }
      return {own, {}};
    }
    std::uint64_t value = own;
    for (const NodeId child : node.children) {
      Outcome outcome = visit(child, around);
      if (outcome.threw()) {
        return outcome;
      }
      value = pair_value(value, outcome.value, 0);
    }
    return {value, {}};
  }

  Outcome caught(NodeId id, std::uint64_t own, const Outcome& child) {
    const NodeId seen = seen_.caught[id].load(kStat);
    check_outcome("a catching node's child", {0, child.thrown}, {0, seen});
    return {pair_value(own, child.threw() ? 0 : child.value, child.threw() ? 1 : 0), {}};
  }

  const Dag& dag_;
  const Seen& seen_;
  Verdict& verdict_;
  std::vector<std::uint32_t> ran_;
  std::vector<std::uint32_t> elements_;
  Awaited loose_;
  Awaited injected_;
  std::uint64_t tasks_ = 0;
};

}  // namespace

Verdict judge(const Dag& dag, const Seen& seen) {
  Verdict verdict;
  Walk(dag, seen, verdict).judge();
  return verdict;
}

}  // namespace an::fuzz
