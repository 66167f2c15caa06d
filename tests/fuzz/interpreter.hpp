// Interpreter: runs a Dag (dag.hpp says what the nodes mean) on the handles of scheduler S, the ones
// its templates give to any workload, and writes down what happened.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/base/backoff.hpp"
#include "core/task/scheduler.hpp"
#include "tests/fuzz/seen.hpp"

namespace an::fuzz {

template <Scheduler S>
class Interpreter {
 public:
  using W = typename S::Worker;

  // Who waits for the tasks that a node spawns.
  struct Around {
    TaskGroup<W>* group;  // null: none
    Tasks* mine;          // the tasks of `group`
    Tasks* loose;
  };

  Interpreter(S& scheduler, const Dag& dag, Seen& seen)
      : scheduler_(scheduler), dag_(dag), seen_(seen) {}

  std::uint64_t run() {
    return scheduler_.run([this](W worker) {
      return visit(worker, 0, {nullptr, nullptr, &seen_.loose});
    });
  }
  // From any thread.
  void inject(NodeId id) {
    const auto inject = [this](auto task) { scheduler_.inject(task); };
    with_bulk(id, {nullptr, nullptr, &seen_.injected}, seen_.injected, inject);
  }

 private:
  template <std::size_t kBulk>
  struct Task {
    void operator()(W worker) const { self->run_task(worker, id, around, *awaited); }

    Interpreter* self;
    NodeId id;
    Around around;
    Tasks* awaited;
    Alive alive;
    std::array<std::byte, kBulk> bulk{};
  };

  template <std::size_t kBulk = 1>
  Task<kBulk> make_task(NodeId id, const Around& around, Tasks& awaited) {
    awaited.open.fetch_add(1, kStat);
    return {this, id, around, &awaited, Alive(seen_.alive)};
  }

  template <class Spawn>
  void with_bulk(NodeId id, const Around& around, Tasks& awaited, const Spawn& spawn) {
    switch (dag_.nodes[id].bulk) {
      case 0:
        return spawn(make_task(id, around, awaited));
      case 1:
        return spawn(make_task<200>(id, around, awaited));
      default:
        return spawn(make_task<1500>(id, around, awaited));
    }
  }

  template <class Spawn>
  void with_wish(NodeId id, const Around& around, Tasks& awaited, const Spawn& spawn) {
    const Node& node = dag_.nodes[id];
    switch (node.wish) {
      case Wish::kNone:
        return with_bulk(id, around, awaited, spawn);
      case Wish::kPhase:
        return spawn(make_task(id, around, awaited), Phase{node.place, node.place * 4096, 0});
      case Wish::kWorker:
        return spawn(make_task(id, around, awaited), Hint{node.place, ~0U});
      case Wish::kNode:
        return spawn(make_task(id, around, awaited), Hint{~0U, node.place});
    }
  }

  void run_task(W worker, NodeId id, const Around& around, Tasks& awaited) {
    struct End {
      ~End() { tasks.open.fetch_sub(1, kStat); }
      Tasks& tasks;
    };
    const End end{awaited};
    awaited.sum.fetch_add(as_term(id, visit(worker, id, around)), kStat);
  }

  [[gnu::noinline]] std::uint64_t visit(W worker, NodeId id, const Around& around) {
    seen_.ran[id].fetch_add(1, kStat);
    const Node& node = dag_.nodes[id];
    const std::uint64_t own = own_value(dag_, id);
    if (node.yields) {
      cpu_yield();
    }
    switch (node.kind) {
      case Kind::kLeaf:
        return own;
      case Kind::kThrow:
        throw Thrown{id, Alive(seen_.alive)};
      case Kind::kJoin:
        return join(worker, node, own, around);
      case Kind::kRange:
        return range(worker, id, own, around);
      case Kind::kReduce:
        return fold(worker, id, own, around);
      case Kind::kGroup:
      case Kind::kGroupBatch:
      case Kind::kAbandoned:
        return group(worker, id, own, around);
      case Kind::kFill:
        return fill(worker, node, own, around);
      case Kind::kInto:
        return into(worker, node, own, around);
      case Kind::kLoose:
      case Kind::kLooseBatch:
        return loose(worker, node, own, around);
      case Kind::kNested:
        return nested(node, own, around);
      case Kind::kInject:
      case Kind::kInjectBatch:
        return inject_all(node, own);
      case Kind::kTry:
        return caught(worker, id, own, around);
    }
    return 0;
  }

  std::uint64_t join(W worker, const Node& node, std::uint64_t own, const Around& around) {
    if (node.waves) {
      struct Result {
        std::uint64_t value;
        Alive alive;
      };
      const auto branch = [this, &node, &around](std::size_t i) {
        return [this, &node, &around, i](W w) {
          return Result{visit(w, node.children[i], around), Alive(seen_.alive)};
        };
      };
      const auto [first, second] = worker.join(branch(0), branch(1));
      return pair_value(own, first.value, second.value);
    }
    const auto [first, second] =
        worker.join([&](W left) { return visit(left, node.children[0], around); },
                    [&](W right) { return visit(right, node.children[1], around); });
    return pair_value(own, first, second);
  }

  std::uint64_t iterate(
      W worker, NodeId id, std::uint64_t own, const Around& around, std::int64_t i) {
    const auto& children = dag_.nodes[id].children;
    const auto count = static_cast<std::int64_t>(children.size());
    if (i < count) {
      return visit(worker, children[static_cast<std::size_t>(i)], around);
    }
    seen_.elements[id].fetch_add(1, kStat);
    return element_value(own, i - count);
  }
  static std::int64_t iterations(const Node& node) {
    return static_cast<std::int64_t>(node.children.size() + node.elements);
  }

  std::uint64_t range(W worker, NodeId id, std::uint64_t own, const Around& around) {
    const Node& node = dag_.nodes[id];
    Atomic<std::uint64_t> sum = 0;
    for_range(worker, 0, iterations(node), node.grain,
              [&](W w, std::int64_t i) { sum.fetch_add(iterate(w, id, own, around, i), kStat); });
    return pair_value(own, sum.load(kStat), 0);
  }

  std::uint64_t fold(W worker, NodeId id, std::uint64_t own, const Around& around) {
    const Node& node = dag_.nodes[id];
    const Word word = reduce(
        worker, 0, iterations(node), node.grain, Word{},
        [&](W w, std::int64_t i) { return Word::letter(iterate(w, id, own, around, i)); },
        [](const Word& a, const Word& b) { return a + b; });
    return pair_value(own, word.hash, 0);
  }

  void wait(W worker, TaskGroup<W>& group, const Tasks& mine) {
    struct Look {  // also when the wait throws
      ~Look() { seen.early_waits.fetch_add(mine.open.load(kStat) != 0 ? 1 : 0, kStat); }
      Seen& seen;
      const Tasks& mine;
    };
    const Look look{seen_, mine};
    group.wait(worker);
  }

  std::uint64_t group(W worker, NodeId id, std::uint64_t own, const Around& around) {
    const Node& node = dag_.nodes[id];
    Tasks mine;
    TaskGroup<W> group(worker);
    const Around inside{&group, &mine, around.loose};
    if (node.kind == Kind::kGroupBatch) {
      group.spawn_batch(worker, static_cast<std::int64_t>(node.children.size()),
                        [&](std::int64_t i) {
                          if (i == static_cast<std::int64_t>(node.stop)) {
                            throw Thrown{id, Alive(seen_.alive)};
                          }
                          return make_task(child(node, i), inside, mine);
                        });
    } else {
      const std::size_t half = node.children.size() / 2;
      for (std::size_t i = 0; i < node.children.size(); ++i) {
        if (node.kind == Kind::kGroup && node.waves && i == half) {
          wait(worker, group, mine);
        }
        spawn(worker, group, node.children[i], inside);
      }
    }
    if (node.kind == Kind::kAbandoned) {
      throw Thrown{id, Alive(seen_.alive)};
    }
    wait(worker, group, mine);
    return pair_value(own, mine.sum.load(kStat), 0);
  }

  std::uint64_t fill(W worker, const Node& node, std::uint64_t own, const Around& around) {
    Tasks mine;
    TaskGroup<W> group(worker);
    const std::uint64_t body = visit(worker, node.children[0], {&group, &mine, around.loose});
    wait(worker, group, mine);
    return pair_value(own, body, mine.sum.load(kStat));
  }

  std::uint64_t into(W worker, const Node& node, std::uint64_t own, const Around& around) {
    std::uint64_t value = own;
    for (const NodeId child : node.children) {
      if (around.group != nullptr) {
        spawn(worker, *around.group, child, around);
      } else {
        value = pair_value(value, visit(worker, child, around), 0);
      }
    }
    return value;
  }

  void spawn(W worker, TaskGroup<W>& group, NodeId id, const Around& inside) {
    with_wish(id, inside, *inside.mine,
              [&](auto task, auto... wish) { group.spawn(worker, task, wish...); });
  }

  std::uint64_t loose(W worker, const Node& node, std::uint64_t own, const Around& around) {
    const Around outside{nullptr, nullptr, around.loose};
    if (node.kind == Kind::kLooseBatch) {
      worker.spawn_batch(static_cast<std::int64_t>(node.children.size()), [&](std::int64_t i) {
        return make_task(child(node, i), outside, *around.loose);
      });
      return own;
    }
    for (const NodeId id : node.children) {
      with_wish(id, outside, *around.loose,
                [&](auto task, auto... wish) { worker.spawn(task, wish...); });
    }
    return own;
  }

  std::uint64_t nested(const Node& node, std::uint64_t own, const Around& around) {
    const std::uint64_t value = scheduler_.run([&](W worker) {
      return visit(worker, node.children[0], {nullptr, nullptr, around.loose});
    });
    return pair_value(own, value, 0);
  }

  std::uint64_t inject_all(const Node& node, std::uint64_t own) {
    const Around outside{nullptr, nullptr, &seen_.injected};
    if (node.kind == Kind::kInjectBatch) {
      scheduler_.inject_batch(static_cast<std::int64_t>(node.children.size()), [&](std::int64_t i) {
        return make_task(child(node, i), outside, seen_.injected);
      });
      return own;
    }
    for (const NodeId id : node.children) {
      inject(id);
    }
    return own;
  }

  std::uint64_t caught(W worker, NodeId id, std::uint64_t own, const Around& around) {
    try {
      return pair_value(own, visit(worker, dag_.nodes[id].children[0], around), 0);
    } catch (const Thrown& thrown) {
      seen_.caught[id].store(thrown.id, kStat);
      return pair_value(own, 0, 1);
    }
  }

  static NodeId child(const Node& node, std::int64_t i) {
    return node.children[static_cast<std::size_t>(i)];
  }

  S& scheduler_;
  const Dag& dag_;
  Seen& seen_;
};

}  // namespace an::fuzz
