#include "core/memory/object_pool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/atomic.hpp"
#include "core/base/backoff.hpp"
#include "core/base/rng.hpp"
#include "core/base/thread.hpp"

namespace an {
namespace {

constexpr std::size_t kBytes = 64;
constexpr std::uint64_t kSeed = 20'260'101;

// What the stress tests keep in a block: plain, so that a race on it is one ThreadSanitizer sees.
struct Message {
  std::uint64_t value;
  std::uint64_t inverse;
};

void write(void* block, std::uint64_t value) {
  ::new (block) Message{value, ~value};
}

void expect_whole(const void* block, std::uint64_t value) {
  const auto* message = static_cast<const Message*>(block);
  ASSERT_EQ(message->value, value);
  ASSERT_EQ(message->inverse, ~value);
}

// Single producer, single consumer, no cleverness: an index each.
class Mailbox {
 public:
  bool try_push(void* block) {
    if (tail_.load(kStat) - head_.load(kAcquire) == slots_.size()) {
      return false;
    }
    slots_[tail_.load(kStat) % slots_.size()] = block;
    tail_.store(tail_.load(kStat) + 1, kRelease);
    return true;
  }
  void* try_pop() {
    if (tail_.load(kAcquire) == head_.load(kStat)) {
      return nullptr;
    }
    void* block = slots_[head_.load(kStat) % slots_.size()];
    head_.store(head_.load(kStat) + 1, kRelease);
    return block;
  }

 private:
  std::array<void*, 64> slots_{};
  Atomic<std::uint64_t> head_ = 0;
  Atomic<std::uint64_t> tail_ = 0;
};

TEST(ObjectPool, AnUnusedPoolHoldsNothing) {
  ObjectPool pool(5);
  EXPECT_EQ(pool.held_bytes(), 0U);
  EXPECT_EQ(pool.live(), 0);
  pool.flush(4);
  EXPECT_EQ(pool.held_bytes(), 0U);
}

TEST(ObjectPool, TheBlockFreedLastIsTheFirstToBeUsedAgain) {
  ObjectPool pool(1);
  std::array<void*, 10> blocks{};
  for (void*& block : blocks) {
    block = pool.allocate<kBytes>(0);
  }
  for (void* block : blocks) {
    pool.free<kBytes>(0, block);
  }
  for (std::size_t i = blocks.size(); i-- > 0;) {
    EXPECT_EQ(pool.allocate<kBytes>(0), blocks[i]);
  }
}

TEST(ObjectPool, ClassesAreTheSmallestThatFit) {
  std::size_t bytes = 0;
  for (std::size_t c = 0; c < ObjectPool::kClassBytes.size(); ++c) {
    for (; bytes <= ObjectPool::kClassBytes[c]; ++bytes) {
      ASSERT_EQ(ObjectPool::class_of(bytes), c) << bytes;
    }
  }
  EXPECT_EQ(bytes, ObjectPool::kBytesMax + 1);
}

// Allocates `kCount` blocks of kSize, fills each to its last byte, checks them all, frees them.
template <std::size_t kSize>
void expect_blocks_apart() {
  SCOPED_TRACE(kSize);
  constexpr int kCount = 1'000;
  ObjectPool pool(1);
  std::vector<std::byte*> blocks;
  for (int i = 0; i < kCount; ++i) {
    blocks.push_back(static_cast<std::byte*>(pool.allocate<kSize>(0)));
    std::memset(blocks.back(), i % 251, kSize);
  }
  EXPECT_EQ(pool.live(), kCount);
  for (int i = 0; i < kCount; ++i) {
    std::byte* block = blocks[static_cast<std::size_t>(i)];
    const auto wrong = std::find_if(block, block + kSize, [i](std::byte byte) {
      return byte != static_cast<std::byte>(i % 251);
    });
    ASSERT_EQ(wrong - block, static_cast<std::ptrdiff_t>(kSize));
    const std::size_t alignment = kSize > ObjectPool::kBytesMax ? 16 : ObjectPool::kAlignment;
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(block) % alignment, 0U);
    pool.free<kSize>(0, block);
  }
  EXPECT_EQ(pool.live(), 0);
  if (kSize > ObjectPool::kBytesMax) {
    EXPECT_EQ(pool.held_bytes(), 0U) << "larger blocks come from the heap";
  } else {
    EXPECT_GE(pool.held_bytes(), kCount * kSize);
  }
}

TEST(ObjectPool, BlocksOfEverySizeAreApartAndAligned) {
  [&]<std::size_t... kSizes>(std::index_sequence<kSizes...>) {
    (expect_blocks_apart<kSizes>(), ...);
  }
  (std::index_sequence<1, 16, 63, 64, 65, 128, 192, 200, 256, 384, 512, 700, 1024, 1025, 5000>());
}

TEST(ObjectPool, ASizeKnownAtRunTimeSharesTheBlocksOfItsClass) {
  ObjectPool pool(1);
  std::size_t bytes = 100;
  void* block = pool.allocate(0, bytes);
  pool.free(0, block, bytes);
  EXPECT_EQ(pool.allocate<128>(0), block);
  pool.free<128>(0, block);
  void* large = pool.allocate(0, 4096);
  EXPECT_EQ(pool.live(), 1);
  pool.free(0, large, 4096);
  EXPECT_EQ(pool.live(), 0);
}

TEST(ObjectPool, BatchesOfAThousandReuseTheSameMemory) {
  ObjectPool pool(1);
  std::set<void*> first;
  std::vector<void*> blocks(1'000);
  std::uint64_t held = 0;
  for (int round = 0; round < 20; ++round) {
    for (void*& block : blocks) {
      block = pool.allocate<kBytes>(0);
    }
    if (round == 0) {
      first.insert(blocks.begin(), blocks.end());
      held = pool.held_bytes();
    }
    for (void* block : blocks) {
      EXPECT_TRUE(first.contains(block));
      pool.free<kBytes>(0, block);
    }
  }
  EXPECT_EQ(pool.held_bytes(), held);
}

TEST(ObjectPool, ForeignBlocksGoHomeInBatches) {
  ObjectPool pool(2);
  std::set<void*> home;
  for (std::uint32_t i = 0; i < ObjectPool::kBatch; ++i) {
    home.insert(pool.allocate<kBytes>(0));
  }
  EXPECT_EQ(home.size(), ObjectPool::kBatch);
  std::uint32_t freed = 0;
  for (void* block : home) {
    if (++freed == ObjectPool::kBatch) {  // before the last one nothing has come back
      void* fresh = pool.allocate<kBytes>(0);
      EXPECT_FALSE(home.contains(fresh));
      pool.free<kBytes>(0, fresh);
      EXPECT_EQ(pool.allocate<kBytes>(0), fresh);
    }
    pool.free<kBytes>(1, block);
  }
  EXPECT_EQ(pool.live(), 1);
  std::set<void*> back;
  for (std::uint32_t i = 0; i < ObjectPool::kBatch; ++i) {
    back.insert(pool.allocate<kBytes>(0));
  }
  EXPECT_EQ(back, home);
}

// For every number of blocks in the last batch, and every number of batches before it.
TEST(ObjectPool, FlushReturnsPartialBatches) {
  for (std::uint32_t count = 1; count <= 2 * ObjectPool::kBatch + 1; ++count) {
    SCOPED_TRACE(count);
    ObjectPool pool(3);
    std::set<void*> home;
    while (home.size() < count) {
      home.insert(pool.allocate<200>(1));
    }
    for (void* block : home) {
      pool.free<200>(2, block);
    }
    pool.flush(2);
    std::set<void*> back;
    while (back.size() < count) {
      void* block = pool.allocate<200>(1);
      ASSERT_TRUE(home.contains(block));
      ASSERT_TRUE(back.insert(block).second);
    }
    EXPECT_FALSE(home.contains(pool.allocate<200>(1)));
  }
}

TEST(ObjectPool, FlushServesEveryOwnerAndClass) {
  constexpr std::uint32_t kOwners = 40;
  ObjectPool pool(kOwners);
  std::vector<std::array<void*, 2>> blocks(kOwners);
  for (std::uint32_t o = 0; o < kOwners; ++o) {
    blocks[o] = {pool.allocate<64>(o), pool.allocate<1024>(o)};
  }
  EXPECT_EQ(pool.live(), 2 * kOwners);
  for (std::uint32_t o = 0; o < kOwners; ++o) {
    pool.free<64>(kOwners - 1, blocks[o][0]);
    pool.free<1024>(kOwners - 1, blocks[o][1]);
  }
  pool.flush(kOwners - 1);
  EXPECT_EQ(pool.live(), 0);
  for (std::uint32_t o = 0; o < kOwners; ++o) {
    EXPECT_EQ(pool.allocate<64>(o), blocks[o][0]);
    EXPECT_EQ(pool.allocate<1024>(o), blocks[o][1]);
  }
}

// A long stream in one direction. Whoever allocates may be ahead by the mailbox, a batch and what
// the inbox holds; if foreign blocks did not come home, 200,000 of them would need 12 MB.
TEST(ObjectPool, AStreamToAnotherThreadHoldsBoundedMemory) {
  constexpr std::uint64_t kMessages = 200'000;
  ObjectPool pool(2);
  Mailbox mailbox;
  Thread consumer("consumer", [&] {
    for (std::uint64_t i = 0; i < kMessages;) {
      if (void* block = mailbox.try_pop()) {
        expect_whole(block, i++);
        pool.free<kBytes>(1, block);
      } else {
        cpu_yield();
      }
    }
  });
  for (std::uint64_t i = 0; i < kMessages; ++i) {
    void* block = pool.allocate<kBytes>(0);
    write(block, i);
    while (!mailbox.try_push(block)) {
      cpu_yield();
    }
  }
  consumer.join();
  EXPECT_EQ(pool.live(), 0);
  EXPECT_EQ(pool.held_bytes(), ObjectPool::kSlabBytes);
}

// One thread of the mesh: allocates on its own account, sends to random others, checks and frees
// what it gets, now and then flushes.
void work_in_mesh(ObjectPool& pool,
                  std::vector<std::vector<Mailbox>>& mail,  // [from][to]
                  Atomic<std::uint32_t>& senders,
                  std::uint32_t self) {
  constexpr std::uint64_t kMessages = 30'000;
  const auto workers = static_cast<std::uint32_t>(mail.size());
  Rng rng = Rng::stream(kSeed, self);
  const auto receive = [&] {
    for (std::uint32_t from = 0; from < workers; ++from) {
      while (void* block = mail[from][self].try_pop()) {
        expect_whole(block, static_cast<Message*>(block)->value);
        pool.free<kBytes>(self, block);
      }
    }
  };
  for (std::uint64_t i = 0; i < kMessages; ++i) {
    void* block = pool.allocate<kBytes>(self);
    write(block, rng.next());
    Mailbox& box = mail[self][rng.below(workers)];
    while (!box.try_push(block)) {
      receive();
      cpu_yield();
    }
    if (rng.below(16) == 0) {
      receive();
    }
    if (rng.below(512) == 0) {
      pool.flush(self);
    }
  }
  senders.fetch_sub(1, kRelease);
  while (senders.load(kAcquire) > 0) {
    receive();
    cpu_yield();
  }
  receive();
  pool.flush(self);
}

TEST(ObjectPool, BlocksCrossThreadsWhole) {
  constexpr std::uint32_t kWorkers = 4;
  SCOPED_TRACE(kSeed);
  RecordProperty("seed", std::to_string(kSeed));
  ObjectPool pool(kWorkers);
  std::vector<std::vector<Mailbox>> mail;
  for (std::uint32_t from = 0; from < kWorkers; ++from) {
    mail.emplace_back(kWorkers);
  }
  Atomic<std::uint32_t> senders = kWorkers;
  {
    std::vector<Thread> threads;
    for (std::uint32_t self = 0; self < kWorkers; ++self) {
      threads.emplace_back("mesh", [&, self] { work_in_mesh(pool, mail, senders, self); });
    }
  }
  EXPECT_EQ(pool.live(), 0);
  // At most kWorkers^2 * 64 messages are under way, plus batches: a slab or two for each owner.
  EXPECT_LE(pool.held_bytes(), kWorkers * 3 * ObjectPool::kSlabBytes);
}

TEST(ObjectPool, LiveCountsBlocksWhoeverFreesThem) {
  ObjectPool pool(3);
  void* first = pool.allocate<64>(0);
  void* second = pool.allocate<2000>(1);
  EXPECT_EQ(pool.live(), 2);
  pool.free<64>(2, first);
  EXPECT_EQ(pool.live(), 1);
  pool.free<2000>(2, second);
  EXPECT_EQ(pool.live(), 0);
}

// Only AddressSanitizer sees these; elsewhere kPoisons is false.
TEST(ObjectPoolDeathTest, UseAfterFreeIsSeenByAddressSanitizer) {
  if (!kPoisons) {
    GTEST_SKIP() << "built without AddressSanitizer";
  }
  ObjectPool pool(2);
  for (const std::uint32_t freer : {0U, 1U}) {
    for (const std::size_t offset : {std::size_t{0}, std::size_t{63}, std::size_t{199}}) {
      auto* block = static_cast<std::byte*>(pool.allocate<200>(0));
      pool.free<200>(freer, block);
      EXPECT_TRUE(is_poisoned(block + offset)) << freer << " " << offset;
      EXPECT_DEATH(block[offset] = std::byte{1}, "use-after-poison") << freer << " " << offset;
    }
  }
}

#ifndef NDEBUG
TEST(ObjectPoolDeathTest, ABlockOfAnotherPoolIsRefused) {
  ObjectPool here(1);
  ObjectPool there(1);
  void* block = here.allocate<64>(0);
  EXPECT_DEATH(there.free<64>(0, block), "pool");
}

TEST(ObjectPoolDeathTest, ABlockOfAnotherSizeIsRefused) {
  ObjectPool pool(1);
  void* block = pool.allocate<64>(0);
  EXPECT_DEATH(pool.free<128>(0, block), "size_class");
}
#endif

TEST(ObjectPoolDeathTest, APoolWithoutOwnersIsRefused) {
  EXPECT_DEATH(ObjectPool(0), "owners");
}

}  // namespace
}  // namespace an
