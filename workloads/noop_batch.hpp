// noop_batch: the root spawns n tasks that do nothing, then waits for all of them. What is timed is
// the life of a task: taking its memory, queueing, waking a worker, running, giving the memory
// back.
//
// Source: the "spawn N no-ops, wait for quiescence" loop of every task pool's own benchmarks; the
// honest form of claim C2 (submitted == executed). Operation: one task. Only the root spawns.
// Sizes: n = 1,000, 100,000, 1,000,000. The seed has no effect.
//
// Empty but counted: a task adds one to its own byte. A dropped task leaves 0, a task run twice 2;
// no two tasks share a counter. Neighbouring bytes do share a cache line, as the answers of a real
// batch do; a scheduler that deals neighbours to different workers pays for it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/assert.hpp"
#include "core/task/fork_join.hpp"
#include "core/task/task_group.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::noop_batch {

// The body of every task. A real call, or the serial elision would become one vector loop.
[[gnu::noinline]] inline void touch(std::uint8_t* runs) {
  ++*runs;
}

struct Workload {
  static constexpr std::string_view kName = "noop_batch";
  static constexpr std::string_view kSummary = "n empty tasks, then quiescence: a task's own cost";
  static constexpr std::string_view kSource = "spawn-and-wait loop of task pools; claim C2";
  static constexpr std::string_view kOperation = "task";
  static constexpr std::string_view kParameter = "tasks";
  static constexpr std::array<NamedSize, 3> kSizes{
      {{"small", 1000}, {"medium", 100000}, {"large", 1000000}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = 1 << 24;  // 1.5 GiB of queued tasks, 96 bytes each

  struct Input {
    std::vector<std::uint8_t> runs;  // how often task i has run
  };
  using Answer = Unit;  // the answer is in Input::runs

  static Input prepare(std::int64_t n, std::uint64_t /*seed*/) {
    AN_ASSERT(n >= kMin);
    AN_ASSERT(n <= kMax);
    return Input{std::vector<std::uint8_t>(static_cast<std::size_t>(n))};
  }
  static void reset(Input& input) { input.runs.assign(input.runs.size(), 0); }

  template <TaskWorker W>
  static Answer run(W worker, Input& input) {
    TaskGroup<W> group(worker);
    for (std::uint8_t& runs : input.runs) {
      group.spawn(worker, [slot = &runs](auto /*worker*/) { touch(slot); });
    }
    group.wait(worker);
    return Unit{};
  }

  static std::uint64_t digest(const Input& input, const Answer& /*answer*/) {
    std::uint64_t once = 0;
    std::uint64_t otherwise = 0;
    for (const std::uint8_t runs : input.runs) {
      once += runs == 1 ? 1 : 0;
      otherwise += runs == 1 ? 0 : 1;
    }
    return fold(fold(0, once), otherwise);
  }
  static std::uint64_t expected(const Input& input) { return fold(fold(0, input.runs.size()), 0); }
  static std::uint64_t operations(const Input& input) { return input.runs.size(); }
  // The counters alone: the tasks in flight belong to the scheduler, and differ between schedulers.
  static std::int64_t footprint_bytes(std::int64_t n) { return n; }
  static std::vector<Note> notes(const Input& /*input*/) { return {}; }
};

}  // namespace an::workloads::noop_batch
