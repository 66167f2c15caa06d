// What workers share: counts of tasks, blocks that others free, the threads themselves.
#include <memory>

#include "core/base/backoff.hpp"
#include "core/memory/object_pool.hpp"
#include "core/pool/futex_driver.hpp"
#include "core/pool/parking.hpp"
#include "core/pool/worker_threads.hpp"
#include "core/sync/mpmc_queue.hpp"
#include "core/sync/quiescence.hpp"
#include "tests/stress/round.hpp"

namespace an::stress {
namespace {

// Tasks that spawn tasks for others: when the counts agree, all have run and their effects are seen.
void quiescence(Round& round) {
  constexpr std::size_t kTasks = 255;  // a binary tree in an array
  const std::uint32_t workers = 2 + round.rng.below(3);
  Quiescence pending(workers + 1);
  std::vector<std::size_t> ran(kTasks);  // plain
  MpmcQueue<const std::size_t*> queue(256);
  std::vector<std::size_t> numbers(kTasks);
  Once once(round, kTasks);
  const auto spawn = [&](std::uint32_t worker, std::size_t number) {
    numbers[number] = number;
    pending.spawned(worker);
    round.demand(queue.try_push(&numbers[number]), "there is room for all");
  };
  spawn(workers, 0);
  round.run_threads(workers + 1, [&](std::uint32_t thread, Rng&) {
    if (thread == workers) {
      while (!pending.is_reached()) {
        cpu_yield();
      }
      for (const std::size_t one : ran) {
        round.demand(one == 1, "quiescence is not announced before every task has run");
      }
      return;
    }
    while (!once.are_all_taken()) {
      const std::size_t* task = nullptr;
      if (!queue.try_pop(task)) {
        cpu_yield();
        continue;
      }
      ran[*task] = 1;
      for (std::size_t child = 2 * *task + 1; child <= 2 * *task + 2 && child < kTasks; ++child) {
        spawn(thread, child);
      }
      once.take(*task);
      pending.finished(thread);
    }
  });
  round.demand(pending.is_reached() && pending.total() == kTasks, "the counts are exact");
}

// Blocks go round: whoever gets one checks and frees it, its owner uses it again.
void object_pool(Round& round) {
  struct Block {
    std::uint64_t value;
    std::uint64_t inverse;
  };
  constexpr std::size_t kBlocks = 400;  // of each owner
  const std::uint32_t owners = 2 + round.rng.below(2);
  ObjectPool pool(owners);
  MpmcQueue<Block*> queue(128);
  Atomic<std::size_t> freed = 0;
  const auto free = [&](std::uint32_t owner, Block* block) {
    round.demand(block->inverse == ~block->value, "nobody else writes to a live block");
    block->inverse = block->value;
    pool.free<sizeof(Block)>(owner, block);
    freed.fetch_add(1, kStat);
  };
  round.run_threads(owners, [&](std::uint32_t owner, Rng& rng) {
    for (std::size_t made = 0; made < kBlocks; ++made) {
      const std::uint64_t value = mix64(owner * kBlocks + made);
      auto* block = ::new (pool.allocate<sizeof(Block)>(owner)) Block{value, ~value};
      Block* other = nullptr;
      if (rng.below(8) == 0 || !queue.try_push(block)) {
        free(owner, block);
      }
      if (rng.below(2) == 0 && queue.try_pop(other)) {
        free(owner, other);
      }
      if (rng.below(64) == 0) {
        pool.flush(owner);
      }
    }
    while (freed.load(kStat) < owners * kBlocks) {
      if (Block* block = nullptr; queue.try_pop(block)) {
        free(owner, block);
      } else {
        cpu_yield();
      }
    }
    pool.flush(owner);
  });
  round.demand(pool.live() == 0, "nothing is live when all is freed");
  // Every block has come home: each owner has its one slab again, all of it.
  constexpr std::size_t kSlabBlocks =
      (ObjectPool::kSlabBytes - kCacheLine) / ObjectPool::kClassBytes[0];
  static_assert(kBlocks < kSlabBlocks);
  for (std::uint32_t owner = 0; owner < owners; ++owner) {
    for (std::size_t i = 0; i < kSlabBlocks; ++i) {
      pool.allocate<sizeof(Block)>(owner);
    }
  }
  round.demand(pool.held_bytes() == owners * ObjectPool::kSlabBytes, "no block is lost");
}

// Started and stopped, at once or when everybody sleeps: each body runs once, and nobody hangs.
void worker_threads(Round& round) {
  for (int again = 0; again < 4; ++again) {
    const std::uint32_t workers = 1 + round.rng.below(4);
    Parking parking(workers, std::make_unique<FutexDriver>(workers));
    WorkerThreads threads;
    Once once(round, workers - 1);
    threads.start("stress", workers, {}, [&](WorkerId self) {
      once.take(self - 1);
      while (!threads.is_stopping()) {
        parking.park(self, Interest::kAnyWork, [&] { return threads.is_stopping(); });
      }
    });
    for (std::uint32_t looks = round.rng.below(3) * 100; looks > 0; --looks) {
      cpu_yield();
    }
    threads.stop([&] { parking.notify_all(); });
    round.demand(once.count() < workers, "a body runs once");
  }
}

const Announce kQuiescence("quiescence", quiescence);
const Announce kObjectPool("object_pool", object_pool);
const Announce kWorkerThreads("worker_threads", worker_threads);

}  // namespace
}  // namespace an::stress
