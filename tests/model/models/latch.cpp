#include "core/sync/latch.hpp"

#include <memory>

#include "tests/model/checker/model.hpp"

namespace an::model {

AN_MODEL(latch_two_events, {}) {
  Latch latch(2);
  int first = 0, second = 0;
  Thread one("one", [&] {
    first = 1;
    latch.count_down();
  });
  Thread two("two", [&] {
    second = 1;
    latch.count_down();
  });
  latch.wait();
  require(first == 1 && second == 1, "what was done before the events is visible");
  require(latch.is_open(), "it stays open");
  one.join();
  two.join();
}

AN_MODEL(latch_two_waiters, {}) {
  Latch latch(1);
  int data = 0;
  const auto waits = [&] {
    latch.wait();
    require(data == 1, "what was done before the event is visible");
  };
  Thread one("one", waits);
  Thread two("two", waits);
  data = 1;
  latch.count_down();
  one.join();
  two.join();
}

AN_MODEL(latch_is_open, {}) {
  Latch latch(1);
  int data = 0;
  Thread other("other", [&] {
    data = 1;
    latch.count_down();
  });
  if (latch.is_open()) {
    require(data == 1, "what was done before the event is visible");
  }
  other.join();
}

// The waiter destroys it after every count_down() has returned: here, after the other's end.
AN_MODEL(latch_destroyed_after_the_last_event, {}) {
  auto latch = std::make_unique<Latch>(1);
  Thread other("other", [&latch = *latch] { latch.count_down(); });
  latch->wait();
  other.join();
  latch.reset();
}

}  // namespace an::model
