#include "core/deque/the_deque.hpp"

#include <array>

#include "tests/contract/work_deque_contract.hpp"

namespace an::contract {

using TheDequeOfItems = TheDeque<DequeItem>;
INSTANTIATE_TYPED_TEST_SUITE_P(TheDeque, WorkDequeContract, TheDequeOfItems);

// The same deque with the owner's barrier instead of the thief's.
struct SymmetricTheDeque {
  using Item = DequeItem;
  using Thief = TheDequeOfItems::Thief;
  struct Owner : TheDequeOfItems::Owner {
    explicit Owner(std::int64_t capacity)
        : TheDequeOfItems::Owner(capacity, TheDequeOfItems::Owner::kAsymmetricThievesMax + 1) {}
  };
};
INSTANTIATE_TYPED_TEST_SUITE_P(SymmetricTheDeque, WorkDequeContract, SymmetricTheDeque);

namespace {

TEST(TheDeque, AThiefTakesTheOlderHalf) {
  TheDequeOfItems::Owner owner(4);
  std::vector<DequeItem> items(7);
  for (DequeItem& item : items) {
    owner.push(&item);
  }
  std::array<DequeItem*, 16> loot{};
  ASSERT_EQ(owner.steal_half(loot), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(loot[i], &items[i]);
  }
  EXPECT_EQ(owner.pop(), &items[6]);
  EXPECT_EQ(owner.size(), 2);
}

TEST(TheDeque, AThiefTakesNoMoreThanItHasRoomFor) {
  TheDequeOfItems::Owner owner(4);
  std::vector<DequeItem> items(100);
  for (DequeItem& item : items) {
    owner.push(&item);
  }
  std::array<DequeItem*, 3> loot{};
  EXPECT_EQ(owner.steal_half(loot), 3U);
  EXPECT_EQ(loot[2], &items[2]);
  EXPECT_EQ(owner.size(), 97);
}

TEST(TheDeque, ABatchIsPushedInOrderAndGrowsTheRing) {
  TheDequeOfItems::Owner owner(2);
  std::vector<DequeItem> items(50);
  std::vector<DequeItem*> pointers;
  for (DequeItem& item : items) {
    pointers.push_back(&item);
  }
  owner.push_all(std::span(pointers).first(10));
  owner.push_all(std::span(pointers).subspan(10));
  EXPECT_GE(owner.capacity(), 64);
  EXPECT_EQ(owner.steal().item, &items[0]);
  for (std::size_t i = 50; i-- > 1;) {
    EXPECT_EQ(owner.pop(), &items[i]);
  }
  EXPECT_EQ(owner.pop(), nullptr);
}

// Thieves that take batches, an owner that pushes batches: every item exactly once, and whole.
TEST(TheDeque, BatchesAreTakenOnce) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    TheDequeOfItems::Owner owner(2);
    std::vector<DequeItem> items(20'000);
    Atomic<bool> done = false;
    const auto consume = [](DequeItem* item) {
      EXPECT_EQ(item->inverse, ~item->value);
      EXPECT_EQ(item->taken.fetch_add(1, kStat), 0);
    };
    {
      std::vector<Thread> thieves;
      for (std::size_t t = 0; t < 2; ++t) {
        thieves.emplace_back("thief", [&, t] {
          std::array<DequeItem*, 8> loot{};
          while (!done.load(kAcquire) || !owner.is_empty()) {
            const std::size_t count = owner.steal_half(std::span(loot).first(t == 0 ? 8 : 3));
            std::for_each_n(loot.begin(), count, consume);
          }
        });
      }
      Rng rng(seed);
      std::vector<DequeItem*> batch;
      for (std::size_t next = 0; next < items.size();) {
        batch.clear();
        for (std::uint32_t n = rng.below(12) + 1; n > 0 && next < items.size(); --n, ++next) {
          items[next].value = next;
          items[next].inverse = ~next;
          batch.push_back(&items[next]);
        }
        owner.push_all(batch);
        for (std::uint32_t n = rng.below(14); n > 0; --n) {
          if (DequeItem* item = owner.pop()) {
            consume(item);
          }
        }
      }
      while (DequeItem* item = owner.pop()) {
        consume(item);
      }
      done.store(true, kRelease);
    }
    for (const DequeItem& item : items) {
      ASSERT_EQ(item.taken.load(kStat), 1);
    }
  }
}

// After a thief gave back what it had claimed too much, the owner must not take "empty" for an
// answer: what it pushed last is there.
TEST(TheDeque, TheOwnerFindsWhatNobodyTook) {
  TheDequeOfItems::Owner owner(2);
  Atomic<bool> done = false;
  Atomic<std::uint64_t> stolen = 0;
  DequeItem item;
  std::uint64_t popped = 0;
  constexpr std::uint64_t kRounds = 300'000;
  {
    const Thread thief("thief", [&] {
      while (!done.load(kStat)) {
        stolen.fetch_add(owner.steal().result == StealResult::kStolen ? 1U : 0U, kStat);
      }
    });
    for (std::uint64_t i = 0; i < kRounds; ++i) {
      owner.push(&item);
      popped += owner.pop() != nullptr ? 1U : 0U;
    }
    done.store(true, kStat);
  }
  EXPECT_EQ(popped + stolen.load(kStat), kRounds);
  EXPECT_TRUE(owner.is_empty());
}

}  // namespace
}  // namespace an::contract
