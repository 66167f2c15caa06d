// Defects planted on purpose, one of each kind the checker is there to find. It must find each, name
// it, and replay it from the choices it prints.
#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <mutex>

#include "core/base/assert.hpp"
#include "core/base/atomic.hpp"
#include "core/base/backoff.hpp"
#include "core/base/futex.hpp"
#include "core/memory/poison.hpp"
#include "tests/model/checker/model.hpp"

namespace an::model {

// The word is set without a wake-up.
AN_MODEL(lost_wake_up, {.finds = "T1 sleeps on a futex"}) {
  Atomic<std::uint32_t> word = 0;
  const Thread sleeper("sleeper", [&] {
    while (word.load(kRelaxed) == 0) {
      futex_wait(word, 0, Deadline::never());
    }
  });
  word.store(1, kRelaxed);
}

// The waker looks for sleepers before it publishes: the sleeper announces itself in between.
AN_MODEL(wake_before_publishing, {.finds = "deadlock"}) {
  Atomic<std::uint32_t> word = 0, sleepers = 0;
  const Thread sleeper("sleeper", [&] {
    sleepers.store(1, kSeqCst);
    while (word.load(kSeqCst) == 0) {
      futex_wait(word, 0, Deadline::never());
    }
  });
  const bool wakes = sleepers.load(kSeqCst) != 0;
  word.store(1, kSeqCst);
  if (wakes) {
    futex_wake(word, 1);
  }
}

// A wake-up of one may go to whoever waits with a deadline, and does nothing with it.
AN_MODEL(wake_up_goes_to_a_timed_wait, {.finds = "T2 sleeps on a futex"}) {
  Atomic<std::uint32_t> word = 0;
  const Thread timed("timed", [&] { futex_wait(word, 0, Deadline{1}); });
  const Thread sleeper("sleeper", [&] {
    while (word.load(kRelaxed) == 0) {
      futex_wait(word, 0, Deadline::never());
    }
  });
  word.store(1, kRelaxed);
  futex_wake(word, 1);
}

AN_MODEL(two_locks_in_two_orders, {.finds = "waits for a mutex"}) {
  std::mutex first, second;
  const Thread other("other", [&] {
    const std::lock_guard one(second);
    const std::lock_guard two(first);
  });
  const std::lock_guard one(first);
  const std::lock_guard two(second);
}

AN_MODEL(spin_for_nobody, {.finds = "livelock"}) {
  Atomic<int> flag = 0;
  while (flag.load(kRelaxed) == 0) {
    cpu_pause();
  }
}

AN_MODEL(race_on_a_static, {.finds = "race: write by T"}) {
  static int last = 0;
  {
    const Thread other("other", [] { last = 1; });
    last = 2;
  }
  require(last == 1 || last == 2, "one was last");
}

// Those who wait for a lock store what is there already: that is no news for each other.
AN_MODEL(two_wait_for_a_test_and_set_lock, {.preemptions = 2}) {
  Atomic<int> is_locked = 0;
  int count = 0;
  {
    const auto enter = [&] {
      while (is_locked.exchange(1, kAcquire) != 0) {
        cpu_pause();
      }
      ++count;
      is_locked.store(0, kRelease);
    };
    const Thread one("one", enter);
    const Thread two("two", enter);
    enter();
  }
  require(count == 3, "each was inside");
}

// What a compare-exchange expects is read, and written when it fails.
AN_MODEL(two_expect_in_one_place, {.finds = "race: "}) {
  Atomic<int> x = 0;
  int expected = 1;
  const auto exchange = [&] { x.compare_exchange_strong(expected, 2, kRelaxed, kRelaxed); };
  const Thread other("other", exchange);
  exchange();
}

AN_MODEL(publication_without_release, {.finds = "race: write by T0"}) {
  int data = 0;
  Atomic<int*> published = nullptr;
  const Thread reader("reader", [&] {
    if (const int* seen = published.load(kAcquire)) {
      require(*seen == 1, "the data is there");
    }
  });
  data = 1;
  published.store(&data, kRelaxed);
}

// What the library copies and fills is no less written.
AN_MODEL(two_copies_into_one_place, {.finds = "race: write by T"}) {
  std::array<char, 24> to = {};
  const std::array<char, 24> from = {};
  const Thread other("other", [&] { std::memcpy(to.data(), from.data(), to.size()); });
  std::memcpy(to.data(), from.data(), to.size());
}
AN_MODEL(copy_of_what_is_written, {.finds = "race: "}) {
  std::array<int, 4> to = {};
  std::array<int, 4> from = {};
  const Thread other("other", [&] { from[3] = 1; });
  std::ranges::copy(from, to.begin());
}
AN_MODEL(fill_of_what_is_read, {.finds = "race: "}) {
  std::array<char, 8> filled = {};
  Atomic<int> seen = 0;
  const Thread other("other", [&] { seen.store(filled[7], kRelaxed); });
  std::memset(filled.data(), 1, filled.size());
}

AN_MODEL(neighbours_in_a_word_do_not_race, {}) {
  struct {
    std::uint16_t mine = 0;
    std::uint16_t yours = 0;
  } pair;
  {
    const Thread other("other", [&] { pair.yours = 1; });
    pair.mine = 1;
  }
  require(pair.mine + pair.yours == 2, "both are written");
}

AN_MODEL(leak, {.finds = "leak: 4 bytes"}) {
  Atomic<int*> slot = new int(1);
  const Thread other("other", [&] { delete slot.exchange(nullptr, kAcqRel); });
  slot.store(new int(2), kRelease);
}

AN_MODEL(use_after_free, {.finds = "use after free"}) {
  auto* const data = new Atomic<int>(0);
  const Thread other("other", [&] { data->store(1, kRelease); });
  static_cast<void>(data->load(kAcquire));
  delete data;
}

// Through an atomic, so that the compiler does not see it.
AN_MODEL(use_after_free_in_order, {.finds = "use after free"}) {
  const Atomic<int*> data = new int(1);
  delete data.load(kRelaxed);
  *data.load(kRelaxed) = 2;
}

// A lock lies in what it guards, and the last to hold it frees both.
AN_MODEL(unlock_after_free, {.finds = "use after free"}) {
  struct Counted {
    std::mutex mutex;
    int owners = 2;
  };
  auto* const counted = new Counted;
  const auto drop = [counted] {
    counted->mutex.lock();
    const bool is_last = --counted->owners == 0;
    counted->mutex.unlock();
    if (is_last) {
      delete counted;
    } else {
      counted->mutex.lock();
      counted->mutex.unlock();
    }
  };
  const Thread other("other", drop);
  drop();
}

// The same for a block of a pool, whose memory stays.
AN_MODEL(use_after_poison, {.finds = "use after free: free by T0"}) {
  const auto block = std::make_unique<Atomic<int>>(0);
  const Thread other("other", [&] { block->store(1, kRelease); });
  static_cast<void>(block->load(kAcquire));
  poison(block.get(), sizeof *block);
}

// And for the part of a slab that nobody has used yet.
AN_MODEL(use_of_poisoned_memory, {.finds = "use after free: free by T0"}) {
  const auto slab = std::make_unique_for_overwrite<char[]>(512);
  char* const bytes = slab.get();
  bytes[0] = 1;
  poison(bytes, 256);
  unpoison(bytes, 32);
  bytes[31] = 2;
  bytes[256] = 2;
  bytes[64] = 2;
}

AN_MODEL(unused_reuse_without_acquire, {.finds = "race: free by T1"}) {
  const auto slab = std::make_unique_for_overwrite<char[]>(64);
  Atomic<bool> is_free = false;
  const Thread other("other", [&] {
    poison(slab.get(), 64);
    is_free.store(true, kRelease);
  });
  while (!is_free.load(kRelaxed)) {
    cpu_yield();
  }
  unpoison(&slab[32], 16);
}

AN_MODEL(reuse_without_acquire, {.finds = "race: free by T1"}) {
  const auto block = std::make_unique<int>(0);
  Atomic<bool> is_free = false;
  const Thread other("other", [&] {
    *block = 1;
    poison(block.get(), sizeof *block);
    is_free.store(true, kRelease);
  });
  while (!is_free.load(kRelaxed)) {
    cpu_yield();
  }
  unpoison(block.get(), sizeof *block);
}

AN_MODEL(double_free, {.finds = "double free"}) {
  const Atomic<int*> data = new int(1);
  delete data.load(kRelaxed);
  delete data.load(kRelaxed);
}

AN_MODEL(failed_assertion, {.finds = "assertion failed"}) {
  Atomic<int> x = 0;
  const Thread other("other", [&] { x.store(1, kRelaxed); });
  AN_ASSERT(x.load(kRelaxed) == 0);
}

AN_MODEL(wild_pointer, {.finds = "segmentation fault"}) {
  Atomic<int*> pointer = nullptr;
  *pointer.load(kRelaxed) = 1;
}

AN_MODEL(beyond_the_end, {.finds = "wild pointer"}) {
  const Atomic<int*> data = new int[4];
  data.load(kRelaxed)[4] = 1;
  delete[] data.load(kRelaxed);
}

AN_MODEL(copy_beyond_the_end, {.finds = "wild pointer"}) {
  const Atomic<char*> data = new char[24];
  std::memset(data.load(kRelaxed), 0, 25);
  delete[] data.load(kRelaxed);
}

// Found at random as well: the defect needs two preemptions, the bound allows none.
AN_MODEL(found_at_random, {.preemptions = 0, .random = 2000, .finds = "required: nobody else"}) {
  Atomic<int> inside = 0;
  const auto enter = [&] {
    for (int i = 0; i < 2; ++i) {
      require(inside.load(kSeqCst) == 0, "nobody else is inside");
      inside.store(1, kSeqCst);
      inside.store(0, kSeqCst);
    }
  };
  const Thread other("other", enter);
  enter();
}

}  // namespace an::model
