// LootPolicy: whether spawned tasks are worth stealing, and how many. A steal costs microseconds
// (core/deque/the_deque.hpp) and a task that moves costs the fetching of its lines, so empty tasks are
// run fastest by the worker that spawned them, and long ones by whoever is free. A thief learns which
// they are from the tasks it took last.
//
// I1: a thief that finds tasks waits at most kPatienceNsMax + kRestNs before it takes some, whatever it
//     has learnt; kPatienceNs when it has learnt nothing bad.
// I2: what it takes at once is about kLootNs of work, by what it has learnt, and at most half.
// I3: while it holds back it looks at queues once in kRestNs, because each look takes a line from the
//     owner that the owner writes with every task; and it sleeps meanwhile (Crew), for a spinning
//     neighbour slows a core down.
//
// One object per worker, touched by it alone. A function of the times it is told; it reads no clock.
#pragma once

#include <algorithm>
#include <cstdint>

namespace an::schedulers::stealing {

class LootPolicy {
 public:
  static constexpr std::int64_t kLootMax = 4096;
  static constexpr std::uint64_t kLootNs = 100'000;
  // Less work in a queue is left to its owner.
  static constexpr std::uint64_t kWorthNs = 50'000;
  static constexpr std::uint64_t kPatienceNs = 100'000;
  static constexpr std::uint64_t kPatienceNsMax = 1'600'000;
  static constexpr std::uint64_t kRestNs = 100'000;
  // Tasks that took the thief less are cheaper where they are; a few are taken now and then to see
  // whether they have changed.
  static constexpr std::uint64_t kMovePaysNs = 100;
  static constexpr std::int64_t kSample = 16;
  // What is assumed of the first tasks: long enough to be stolen at once.
  static constexpr std::uint64_t kTaskNsFirst = kWorthNs;

  explicit LootPolicy(std::uint64_t ticks_per_us) : ticks_per_us_(ticks_per_us) {}

  // Whether not even a look at the queues is due at `now`, in ticks.
  bool is_resting(std::uint64_t now) const noexcept { return now < rest_until_; }

  // How many of the `queued` >= 1 tasks of a victim to take at `now`, in ticks; 0: not yet.
  std::int64_t amount(std::int64_t queued, std::uint64_t now) noexcept {
    learn(now);
    if (idle_since_ == 0) {
      idle_since_ = now;
    }
    const bool pays = task_ns_ >= kMovePaysNs;
    const auto work_ns = static_cast<std::uint64_t>(queued) * task_ns_;
    if ((!pays || work_ns < kWorthNs) && now - idle_since_ < ticks_of(patience_ns_)) {
      rest_until_ = now + ticks_of(kRestNs);
      return 0;
    }
    const auto wanted = pays ? static_cast<std::int64_t>(kLootNs / task_ns_) : kSample;
    return std::clamp<std::int64_t>(wanted, 1, std::min(kLootMax, (queued + 1) / 2));
  }

  // `count` >= 1 tasks were taken at `now` and are run next.
  void took(std::int64_t count, std::uint64_t now) noexcept {
    count_ = count;
    took_at_ = now;
    idle_since_ = 0;
  }

  // The worker is about to sleep: when it wakes, the time since the last loot says nothing.
  void slept() noexcept { count_ = 0; }

  // What this worker thinks a task takes.
  std::uint64_t task_ns() const noexcept { return task_ns_; }

 private:
  std::uint64_t ticks_of(std::uint64_t ns) const noexcept { return ns * ticks_per_us_ / 1000; }

  // The first look for more after a loot: it has been run by now, or been taken by others.
  void learn(std::uint64_t now) noexcept {
    if (count_ == 0) {
      return;
    }
    const std::uint64_t sample =
        (now - took_at_) * 1000 / ticks_per_us_ / static_cast<std::uint64_t>(count_);
    task_ns_ = std::max<std::uint64_t>(1, (task_ns_ + sample) / 2);
    patience_ns_ =
        task_ns_ < kMovePaysNs ? std::min(2 * patience_ns_, kPatienceNsMax) : kPatienceNs;
    count_ = 0;
  }

  std::uint64_t ticks_per_us_;
  std::uint64_t task_ns_ = kTaskNsFirst;
  std::uint64_t patience_ns_ = kPatienceNs;
  std::uint64_t took_at_ = 0;
  std::uint64_t rest_until_ = 0;
  std::uint64_t idle_since_ = 0;  // 0: not waiting for anything
  std::int64_t count_ = 0;        // of the last loot; 0: learnt from already
};

}  // namespace an::schedulers::stealing
