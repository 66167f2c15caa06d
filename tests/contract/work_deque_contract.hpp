// The work deque contract, for every implementation: typed tests over core/deque/work_deque.hpp.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "core/base/atomic.hpp"
#include "core/base/backoff.hpp"
#include "core/base/rng.hpp"
#include "core/base/thread.hpp"
#include "core/deque/work_deque.hpp"

namespace an::contract {

// What the deques of these tests hold.
struct DequeItem {
  std::uint64_t value = 0;    // plain: must be visible to a thief
  std::uint64_t inverse = 0;  // ~value, written after it
  Atomic<int> taken = 0;
};

// Lets thieves see what was pushed, of a deque whose owner decides when they may.
template <class Owner>
void expose(Owner& owner) {
  if constexpr (requires { owner.share(); }) {
    while (owner.private_size() > 0) {
      owner.share();
    }
  }
}

template <class D>
class WorkDequeContract : public testing::Test {
 protected:
  static_assert(WorkDeque<D>);
  typename D::Owner owner{2};  // small, so that it wraps and grows
  std::vector<DequeItem> items = std::vector<DequeItem>(1000);
};

TYPED_TEST_SUITE_P(WorkDequeContract);

TYPED_TEST_P(WorkDequeContract, AnEmptyDequeHasNothing) {
  EXPECT_EQ(this->owner.pop(), nullptr);
  EXPECT_FALSE(this->owner.take_back());
  EXPECT_EQ(this->owner.steal().result, StealResult::kEmpty);
  EXPECT_TRUE(this->owner.is_empty());
}

TYPED_TEST_P(WorkDequeContract, TheOwnerTakesTheYoungest) {
  for (DequeItem& item : this->items) {
    this->owner.push(&item);
  }
  for (std::size_t i = this->items.size(); i-- > 0;) {
    EXPECT_EQ(this->owner.pop(), &this->items[i]);
  }
  EXPECT_EQ(this->owner.pop(), nullptr);
}

TYPED_TEST_P(WorkDequeContract, AThiefTakesTheOldest) {
  for (DequeItem& item : this->items) {
    this->owner.push(&item);
  }
  expose(this->owner);
  for (DequeItem& item : this->items) {
    const auto attempt = this->owner.steal();
    EXPECT_EQ(attempt.result, StealResult::kStolen);
    EXPECT_EQ(attempt.item, &item);
  }
  EXPECT_EQ(this->owner.steal().result, StealResult::kEmpty);
}

TYPED_TEST_P(WorkDequeContract, WrappedIndicesKeepTheOrder) {
  for (std::size_t i = 0; i < this->items.size(); ++i) {
    this->owner.push(&this->items[i]);
    expose(this->owner);
    if (i > 0) {
      EXPECT_EQ(this->owner.steal().item, &this->items[i - 1]);
    }
  }
  EXPECT_LE(this->owner.capacity(), 4);  // the smallest that holds two, or the next
  EXPECT_TRUE(this->owner.take_back());
  EXPECT_TRUE(this->owner.is_empty());
}

// A random owner against greedy thieves: exactly once, and whole.
template <class D>
void steal_storm(typename D::Owner& owner,
                 std::vector<DequeItem>& items,
                 int thieves,
                 std::uint64_t seed,
                 std::uint32_t burst) {
  Atomic<bool> done = false;
  const auto consume = [](DequeItem* item) {
    EXPECT_EQ(item->inverse, ~item->value);
    EXPECT_EQ(item->taken.fetch_add(1, kStat), 0);
  };
  {
    std::vector<Thread> threads;
    for (int t = 0; t < thieves; ++t) {
      threads.emplace_back("thief", [&] {
        typename D::Thief& deque = owner;
        while (!done.load(kAcquire) || !deque.is_empty()) {
          if (const auto attempt = deque.steal(); attempt.result == StealResult::kStolen) {
            consume(attempt.item);
          }
        }
      });
    }
    Rng rng(seed);
    std::size_t next = 0;
    while (next < items.size()) {
      for (std::uint32_t n = rng.below(burst) + 1; n > 0 && next < items.size(); --n, ++next) {
        items[next].value = next;
        items[next].inverse = ~next;
        owner.push(&items[next]);
        if (rng.below(4) == 0) {
          expose(owner);
        }
      }
      for (std::uint32_t n = rng.below(burst + 1); n > 0; --n) {
        if (DequeItem* item = owner.pop()) {
          consume(item);
        }
      }
    }
    while (DequeItem* item = owner.pop()) {
      consume(item);
    }
    EXPECT_TRUE(owner.is_empty());
    done.store(true, kRelease);
  }
  for (const DequeItem& item : items) {
    EXPECT_EQ(item.taken.load(kStat), 1);
  }
}

TYPED_TEST_P(WorkDequeContract, EveryItemIsTakenOnce) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    typename TypeParam::Owner fresh(2);
    std::vector<DequeItem> many(20'000);
    steal_storm<TypeParam>(fresh, many, 2, seed, 2);  // mostly near empty: the last-item race
  }
}

TYPED_TEST_P(WorkDequeContract, GrowthUnderTheft) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    typename TypeParam::Owner fresh(2);
    std::vector<DequeItem> many(20'000);
    steal_storm<TypeParam>(fresh, many, 3, seed, 400);
    EXPECT_GT(fresh.capacity(), 2);
  }
}

REGISTER_TYPED_TEST_SUITE_P(WorkDequeContract,
                            AnEmptyDequeHasNothing,
                            TheOwnerTakesTheYoungest,
                            AThiefTakesTheOldest,
                            WrappedIndicesKeepTheOrder,
                            EveryItemIsTakenOnce,
                            GrowthUnderTheft);

}  // namespace an::contract
