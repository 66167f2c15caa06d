// The object pool beside the heap of the C library, 64 bytes a block, one iteration = one block
// allocated and freed:
//
//   hot     allocate, free at once: the list's top stays in the first-level cache
//   batch   1,000 (or as many as the argument says) allocated, then as many freed
//   cross   one thread allocates and writes, another reads and frees; a ring of pointers between
//
//     pool_bench --benchmark_repetitions=9 --benchmark_enable_random_interleaving=true
//
// alternates the repetitions, so that a busy machine is unfair to both alike. Read the medians.
#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/base/atomic.hpp"
#include "core/base/backoff.hpp"
#include "core/base/cache_line.hpp"
#include "core/base/thread.hpp"
#include "core/memory/object_pool.hpp"

namespace {

constexpr std::size_t kBytes = 64;
constexpr std::uint32_t kProducer = 0;
constexpr std::uint32_t kConsumer = 1;

class Pool {
 public:
  void* allocate(std::uint32_t self) { return pool_.allocate<kBytes>(self); }
  void free(std::uint32_t self, void* block) noexcept { pool_.free<kBytes>(self, block); }

 private:
  an::ObjectPool pool_{2};
};

class Heap {
 public:
  void* allocate(std::uint32_t) { return std::malloc(kBytes); }
  void free(std::uint32_t, void* block) noexcept { std::free(block); }
};

// Single producer, single consumer; each looks at the other's index only when its copy of it says
// full or empty.
class Ring {
 public:
  void push(void* block) noexcept {
    const std::uint64_t tail = tail_.load(an::kStat);
    an::Backoff backoff;
    while (tail - head_seen_ == kSlots) {
      // (R1) acquire; pairs with (R4): the slot has been read.
      head_seen_ = head_.load(an::kAcquire);
      if (tail - head_seen_ == kSlots) {
        backoff.wait();
      }
    }
    slots_[tail % kSlots] = block;
    // (R2) release; pairs with (R3): the slot and what the block holds.
    tail_.store(tail + 1, an::kRelease);
  }

  void* pop() noexcept {
    const std::uint64_t head = head_.load(an::kStat);
    an::Backoff backoff;
    while (tail_seen_ == head) {
      // (R3) acquire; pairs with (R2): the slot and what the block holds.
      tail_seen_ = tail_.load(an::kAcquire);
      if (tail_seen_ == head) {
        backoff.wait();
      }
    }
    void* block = slots_[head % kSlots];
    // (R4) release; pairs with (R1): the slot has been read.
    head_.store(head + 1, an::kRelease);
    return block;
  }

 private:
  static constexpr std::uint64_t kSlots = 256;

  alignas(an::kNoSharing) an::Atomic<std::uint64_t> tail_ = 0;
  std::uint64_t head_seen_ = 0;
  alignas(an::kNoSharing) an::Atomic<std::uint64_t> head_ = 0;
  std::uint64_t tail_seen_ = 0;
  alignas(an::kNoSharing) std::array<void*, kSlots> slots_{};
};

template <class Memory>
void hot(benchmark::State& state) {
  Memory memory;
  for (auto _ : state) {
    void* block = memory.allocate(kProducer);
    benchmark::DoNotOptimize(block);
    memory.free(kProducer, block);
  }
}

template <class Memory>
void batch(benchmark::State& state) {
  Memory memory;
  std::vector<void*> blocks(static_cast<std::size_t>(state.range(0)));
  while (state.KeepRunningBatch(state.range(0))) {
    for (void*& block : blocks) {
      block = memory.allocate(kProducer);
    }
    benchmark::DoNotOptimize(blocks.data());
    for (void* block : blocks) {
      memory.free(kProducer, block);
    }
  }
}

template <class Memory>
void cross(benchmark::State& state) {
  Memory memory;
  Ring ring;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  an::Thread consumer("consumer", [&] {
    while (void* block = ring.pop()) {
      received += *static_cast<std::uint64_t*>(block);
      memory.free(kConsumer, block);
    }
  });
  for (auto _ : state) {
    void* block = memory.allocate(kProducer);
    *static_cast<std::uint64_t*>(block) = ++sent;
    ring.push(block);
  }
  ring.push(nullptr);
  consumer.join();
  if (received != sent * (sent + 1) / 2) {
    state.SkipWithError("a block arrived changed");
  }
}

BENCHMARK(hot<Pool>);
BENCHMARK(hot<Heap>);
BENCHMARK(batch<Pool>)->Arg(1'000)->Arg(100'000);
BENCHMARK(batch<Heap>)->Arg(1'000)->Arg(100'000);
BENCHMARK(cross<Pool>)->UseRealTime();
BENCHMARK(cross<Heap>)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
