// The object pool beside the heap of the C library, 64 bytes a block, one iteration = one block
// allocated and freed:
//
//   hot     allocate, free at once: the list's top stays in the first-level cache
//   batch   1,000 (or as many as the argument says) allocated, then as many freed
//   cross   one thread allocates and writes, another on another CPU reads and frees; a ring of
//           pointers between. cross<Array> never allocates: the price of moving a written line
//           from CPU to CPU, below which no allocator can get
//   apart   one thread allocates and writes 20,000, then another frees them in an order no prefetcher
//           knows, and so on in turns: what it costs to find the blocks that come home
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

// Blocks nobody has to manage, used in turn; the ring keeps the two threads from meeting.
class Array {
 public:
  void* allocate(std::uint32_t) { return &lines_[next_++ % lines_.size()]; }
  void free(std::uint32_t, void*) noexcept {}

 private:
  struct alignas(kBytes) Line {
    std::array<std::byte, kBytes> bytes;
  };
  std::vector<Line> lines_ = std::vector<Line>(1'024);
  std::size_t next_ = 0;
};

// Single producer, single consumer. Both tell the other only once in kGroup blocks and look at the
// other's index only when their copy of it says full or empty: the ring costs little, so that what
// is measured is the memory.
class Ring {
 public:
  void push(void* block) noexcept {
    an::Backoff backoff;
    while (tail_ - head_seen_ == kSlots) {
      // (R1) acquire; pairs with (R4): the slots have been read.
      head_seen_ = head_shared_.load(an::kAcquire);
      if (tail_ - head_seen_ == kSlots) {
        backoff.wait();
      }
    }
    slots_[tail_ % kSlots] = block;
    if (++tail_ % kGroup == 0) {
      publish();
    }
  }

  // Makes everything pushed so far visible.
  void publish() noexcept {
    // (R2) release; pairs with (R3): the slots and what the blocks hold.
    tail_shared_.store(tail_, an::kRelease);
  }

  void* pop() noexcept {
    an::Backoff backoff;
    while (tail_seen_ == head_) {
      // (R3) acquire; pairs with (R2): the slots and what the blocks hold.
      tail_seen_ = tail_shared_.load(an::kAcquire);
      if (tail_seen_ == head_) {
        backoff.wait();
      }
    }
    void* block = slots_[head_ % kSlots];
    if (++head_ % kGroup == 0) {
      // (R4) release; pairs with (R1): the slots have been read.
      head_shared_.store(head_, an::kRelease);
    }
    return block;
  }

 private:
  static constexpr std::uint64_t kSlots = 256;
  static constexpr std::uint64_t kGroup = 16;

  alignas(an::kNoSharing) std::uint64_t tail_ = 0;  // the producer's
  std::uint64_t head_seen_ = 0;
  alignas(an::kNoSharing) std::uint64_t head_ = 0;  // the consumer's
  std::uint64_t tail_seen_ = 0;
  alignas(an::kNoSharing) an::Atomic<std::uint64_t> tail_shared_ = 0;
  alignas(an::kNoSharing) an::Atomic<std::uint64_t> head_shared_ = 0;
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
  const std::vector<int> cpus = an::allowed_cpus();
  an::pin_current_thread(cpus.front());
  an::Thread consumer("consumer", [&] {
    an::pin_current_thread(cpus.back());
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
  ring.publish();
  consumer.join();
  an::restrict_current_thread(cpus);
  if (received != sent * (sent + 1) / 2) {
    state.SkipWithError("a block arrived changed");
  }
}

template <class Memory>
void apart(benchmark::State& state) {
  constexpr std::size_t kBlocks = 20'000;
  constexpr std::size_t kStride = 7'919;  // prime, so that every block gets its turn
  Memory memory;
  std::vector<void*> blocks(kBlocks);
  an::Atomic<int> turn = 0;  // 0 producer, 1 consumer, 2 end
  const std::vector<int> cpus = an::allowed_cpus();
  an::pin_current_thread(cpus.front());
  const auto wait_while = [&turn](int value) {
    an::Backoff backoff;
    // (R5) acquire; pairs with (R6): the blocks, and what the other did to them.
    while (turn.load(an::kAcquire) == value) {
      backoff.wait();
    }
  };
  an::Thread consumer("consumer", [&] {
    an::pin_current_thread(cpus.back());
    for (wait_while(0); turn.load(an::kStat) == 1; wait_while(0)) {
      for (std::size_t i = 0; i < kBlocks; ++i) {
        memory.free(kConsumer, blocks[i * kStride % kBlocks]);
      }
      // (R6) release; pairs with (R5): the blocks are free.
      turn.store(0, an::kRelease);
    }
  });
  while (state.KeepRunningBatch(kBlocks)) {
    for (void*& block : blocks) {
      block = memory.allocate(kProducer);
      *static_cast<std::uint64_t*>(block) = 0;
    }
    // (R7) release; pairs with (R5): the blocks are written, or there are no more.
    turn.store(1, an::kRelease);
    wait_while(1);
  }
  turn.store(2, an::kRelease);
  consumer.join();
  an::restrict_current_thread(cpus);
}

BENCHMARK(hot<Pool>);
BENCHMARK(hot<Heap>);
BENCHMARK(batch<Pool>)->Arg(1'000)->Arg(100'000);
BENCHMARK(batch<Heap>)->Arg(1'000)->Arg(100'000);
BENCHMARK(cross<Pool>)->UseRealTime();
BENCHMARK(cross<Heap>)->UseRealTime();
BENCHMARK(cross<Array>)->UseRealTime();
BENCHMARK(apart<Pool>)->UseRealTime();
BENCHMARK(apart<Heap>)->UseRealTime();

}  // namespace
