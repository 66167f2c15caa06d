// What is written down while a Dag runs under a scheduler, by whoever runs a node.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "core/base/atomic.hpp"
#include "tests/fuzz/dag.hpp"

namespace an::fuzz {

// An object of which no copy may be left: callables of tasks, results, exceptions. The count is
// shared, because a broken scheduler keeps copies for longer than anything else here lives.
using AliveCount = std::shared_ptr<Atomic<std::int64_t>>;
class Alive {
 public:
  explicit Alive(AliveCount count) : count_(std::move(count)) { count_->fetch_add(1, kStat); }
  Alive(const Alive& other) : Alive(other.count_) {}
  ~Alive() { count_->fetch_sub(1, kStat); }
  Alive& operator=(const Alive&) = delete;

 private:
  AliveCount count_;
};

// What a node throws.
struct Thrown {
  NodeId id;
  Alive alive;
};

// Tasks that are awaited together.
struct Tasks {
  Atomic<std::uint64_t> sum = 0;  // of the terms of those that returned
  Atomic<std::int64_t> open = 0;  // spawned and not yet ended
};

struct Seen {
  explicit Seen(const Dag& dag)
      : ran(dag.nodes.size()), elements(dag.nodes.size()), caught(dag.nodes.size()) {
    for (Atomic<NodeId>& one : caught) {
      one.store(kNoNode, kStat);
    }
  }

  std::vector<Atomic<std::uint32_t>> ran;       // per node: how often
  std::vector<Atomic<std::uint32_t>> elements;  // per range: iterations beside the children
  std::vector<Atomic<NodeId>> caught;           // per kTry: what came
  Tasks loose;                                  // spawned below the root of the run
  Tasks injected;                               // and what injected tasks spawned
  // Callables, results, exceptions.
  AliveCount alive = std::make_shared<Atomic<std::int64_t>>(0);
  Atomic<std::uint32_t> early_waits = 0;  // waits of groups that returned before their tasks
  std::uint64_t tasks_run = 0;            // as the scheduler counts them; if it does
  bool counts_tasks = false;

  // The run of the root, and wait_injected after it.
  struct Outcome {
    std::uint64_t value = 0;
    NodeId thrown = kNoNode;
  };
  Outcome root;
  Outcome waited;
  std::int64_t open_after_run = 0;
};

}  // namespace an::fuzz
