// Litmus tests of what is no atomic access: pauses, futex waits with a deadline, fresh memory.
#include <memory>

#include "core/base/atomic.hpp"
#include "core/base/backoff.hpp"
#include "core/base/futex.hpp"
#include "tests/model/checker/model.hpp"
#include "tests/model/models/litmus.hpp"

namespace an::model {

// Who waits a moment may go on as soon as another has stored something, whatever he did last.
AN_MODEL(pause_after_load, {.outcomes = "000 010 100 110"}) {
  Atomic<int> x = 0, y = 0, z = 0;
  int a = 0, b = 0, c = 0;
  {
    const Thread one("one", [&] { x.store(1, kRlx); });
    const Thread two("two", [&] {
      c = z.load(kRlx);
      cpu_pause();
      y.store(1, kRlx);
    });
    const Thread three("three", [&] {
      a = y.load(kRlx);
      b = x.load(kRlx);
    });
  }
  outcome(digits({a, b, c}));
}
// What his wait has shown him he does not hand on: he has not read it.
AN_MODEL(pause_publishes_nothing, {.outcomes = "00 01 10 11"}) {
  Atomic<int> x = 0, y = 0;
  int a = 0, b = 0;
  {
    const Thread one("one", [&] { x.store(1, kRlx); });
    const Thread two("two", [&] {
      cpu_pause();
      y.store(1, kRel);
    });
    const Thread three("three", [&] {
      a = y.load(kAcq);
      b = x.load(kRlx);
    });
  }
  outcome(digits({a, b}));
}

// A wait with a deadline ends by its time (0), or because it was woken or the word has changed (1).
AN_MODEL(timed_wait, {.outcomes = "00 01 11"}) {
  Atomic<std::uint32_t> word = 0;
  int a = 0, b = 0;
  {
    const Thread sleeper("sleeper", [&] {
      a = futex_wait(word, 0, Deadline{1}) ? 1 : 0;
      b = static_cast<int>(word.load(kRlx));
    });
    word.store(1, kRlx);
    futex_wake(word, 1);
  }
  outcome(digits({a, b}));
}
// Nobody wakes it: its time passes before or after the other's store.
AN_MODEL(timed_wait_that_nobody_ends, {.outcomes = "00 01"}) {
  Atomic<std::uint32_t> word = 0;
  Atomic<int> other = 0;
  int a = 0, b = 0;
  {
    const Thread sleeper("sleeper", [&] {
      a = futex_wait(word, 0, Deadline{1}) ? 1 : 0;
      b = other.load(kRlx);
    });
    other.store(1, kRlx);
  }
  outcome(digits({a, b}));
}

// Fresh memory holds nothing of an execution before.
AN_MODEL(fresh_memory, {.outcomes = "same"}) {
  const auto block = std::make_unique_for_overwrite<unsigned char[]>(4);
  Atomic<int> x = 0;
  {
    const Thread one("one", [&] { x.store(1, kRlx); });
    static_cast<void>(x.load(kRlx));
  }
  outcome(block[0] == 0xA5 ? "same" : "other");
  block[0] = 1;
}

}  // namespace an::model
