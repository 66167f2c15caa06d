#include "core/fiber/fiber_store.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include "core/base/atomic.hpp"
#include "core/base/error.hpp"
#include "core/base/thread.hpp"

namespace an {
namespace {

constexpr std::size_t kStackBytes = std::size_t{64} << 10;

// Uses about `bytes` of the stack, in frames of 1 KiB.
[[gnu::noinline]] int use_stack(std::size_t bytes) {
  Atomic<char> frame[1024];  // the compiler must write them
  for (auto& byte : frame) {
    byte.store(1, kStat);
  }
  return (bytes > sizeof(frame) ? use_stack(bytes - sizeof(frame)) : 0) + frame[512].load(kStat);
}

struct Use {
  Fiber* here;
  std::size_t bytes;
  int frames = 0;

  static void enter(void* use, void* fiber) {
    auto& self = *static_cast<Use*>(use);
    begin(*static_cast<Fiber*>(fiber));
    self.frames = use_stack(self.bytes);
    end(*static_cast<Fiber*>(fiber), *self.here);
  }
};

int use_fiber(FiberStore::Shelf& shelf, std::size_t bytes) {
  Fiber here;
  Fiber& fiber = shelf.take();
  Use use{&here, bytes};
  EXPECT_EQ(start(here, fiber, &Use::enter, &use, Exceptions::of_this_thread()), Back::kReturned);
  shelf.put(fiber);
  return use.frames;
}

TEST(FiberStore, AStackIsAsDeepAsWasAskedFor) {
  FiberStore store(std::size_t{1} << 20);
  FiberStore::Shelf shelf(store);
  EXPECT_GT(use_fiber(shelf, std::size_t{256} << 10), 200);
  EXPECT_EQ(store.stack_bytes(), std::size_t{1} << 20);
}

TEST(FiberStoreDeathTest, WhoeverRunsOverTheEndIsKilledThere) {
  FiberStore store(kStackBytes);
  FiberStore::Shelf shelf(store);
  EXPECT_DEATH(use_fiber(shelf, 4 * kStackBytes), "");
}

TEST(FiberStoreDeathTest, ThePageBelowAStackMayNotBeTouched) {
  FiberStore store(kStackBytes);
  FiberStore::Shelf shelf(store);
  Fiber& fiber = shelf.take();
  std::byte* const lowest = fiber.base + ::sysconf(_SC_PAGESIZE);
  std::construct_at(reinterpret_cast<Atomic<char>*>(lowest), '\1');
  EXPECT_DEATH(std::construct_at(reinterpret_cast<Atomic<char>*>(lowest - 1), '\1'), "");
  shelf.put(fiber);
}

TEST(FiberStore, AStackThatCannotBeMadeIsAnError) {
  FiberStore store(std::size_t{1} << 47);  // all there is
  FiberStore::Shelf shelf(store);
  EXPECT_THROW(shelf.take(), Error);
  EXPECT_EQ(store.stacks(), 0U);
}

TEST(FiberStore, AStackIsUsedAgain) {
  FiberStore store(kStackBytes);
  FiberStore::Shelf shelf(store);
  for (int i = 0; i < 1000; ++i) {
    use_fiber(shelf, 4096);
  }
  EXPECT_EQ(store.stacks(), 1U);
}

TEST(FiberStore, StacksEndAtDifferentPlacesOfAPage) {
  FiberStore store(kStackBytes);
  FiberStore::Shelf shelf(store);
  std::vector<Fiber*> fibers;
  std::set<std::uintptr_t> places;
  for (int i = 0; i < 16; ++i) {
    fibers.push_back(&shelf.take());
    places.insert(reinterpret_cast<std::uintptr_t>(fibers.back()) % 4096);
  }
  EXPECT_EQ(places.size(), 16U);
  for (Fiber* fiber : fibers) {
    shelf.put(*fiber);
  }
}

// One worker starts what another ends: the stacks go round, and are not made anew.
TEST(FiberStore, FibersThatEndElsewhereComeBack) {
  FiberStore store(kStackBytes);
  FiberStore::Shelf from(store);
  FiberStore::Shelf to(store);
  for (int i = 0; i < 1000; ++i) {
    Fiber& fiber = from.take();
    to.put(fiber);
    to.trim();
  }
  EXPECT_LE(store.stacks(), 3 * FiberStore::Shelf::kBatch + 1);
}

TEST(FiberStore, IsSharedByThreads) {
  FiberStore store(kStackBytes);
  {
    std::vector<Thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back("user", [&] {
        FiberStore::Shelf shelf(store);
        for (int i = 0; i < 200; ++i) {
          std::vector<Fiber*> fibers;
          for (int k = 0; k < 20; ++k) {
            fibers.push_back(&shelf.take());
          }
          for (Fiber* fiber : fibers) {
            shelf.put(*fiber);
          }
          shelf.trim();
        }
      });
    }
  }
  EXPECT_LE(store.stacks(), 4U * (20 + 2 * FiberStore::Shelf::kBatch));
}

}  // namespace
}  // namespace an
