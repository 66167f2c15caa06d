#include "core/sync/futex_mutex.hpp"

#include <memory>
#include <mutex>

#include "tests/model/checker/model.hpp"

namespace an::model {

namespace {

// Plain data: two holders at a time are a race.
struct Counter {
  FutexMutex mutex;
  int value = 0;

  void add() {
    const std::lock_guard lock(mutex);
    ++value;
  }
};

}  // namespace

AN_MODEL(futex_mutex_two_threads, {}) {
  Counter counter;
  Thread other("other", [&] { counter.add(); });
  counter.add();
  other.join();
  require(counter.value == 2, "both have held it");
}

AN_MODEL(futex_mutex_twice_each, {}) {
  Counter counter;
  Thread other("other", [&] {
    counter.add();
    counter.add();
  });
  counter.add();
  counter.add();
  other.join();
  require(counter.value == 4, "all have held it");
}

// Two sleep for one holder: whoever wakes leaves a wake-up for the other.
AN_MODEL(futex_mutex_three_threads, {.preemptions = 3}) {
  Counter counter;
  Thread one("one", [&] { counter.add(); });
  Thread two("two", [&] { counter.add(); });
  counter.add();
  one.join();
  two.join();
  require(counter.value == 3, "all have held it");
}

AN_MODEL(futex_mutex_try_lock, {}) {
  Counter counter;
  int tried = 0;
  Thread other("other", [&] { counter.add(); });
  if (counter.mutex.try_lock()) {
    ++counter.value;
    ++tried;
    counter.mutex.unlock();
  }
  other.join();
  require(counter.value == 1 + tried, "all that got it have held it");
}

// Whoever has held it last destroys it, while an earlier unlock may be about to wake the address.
AN_MODEL(futex_mutex_destroyed_by_the_last, {}) {
  auto* const counter = new Counter;
  const auto last = [counter] {
    counter->mutex.lock();
    const bool is_last = ++counter->value == 2;
    counter->mutex.unlock();
    if (is_last) {
      delete counter;
    }
  };
  Thread other("other", last);
  last();
  other.join();
}

}  // namespace an::model
