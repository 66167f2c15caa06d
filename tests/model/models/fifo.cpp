// The judge of the queues, judged: histories that it must refuse, and one that only concurrency excuses.
#include "tests/model/models/fifo.hpp"

#include "core/base/atomic.hpp"
#include "tests/model/checker/model.hpp"

namespace an::model {

namespace {

void require_fifo(const QueueHistory& history) {
  require(is_linearizable(history, Fifo(2, 1)), "first in, first out");
}

void calls(std::initializer_list<QueueCall> calls) {
  Atomic<int> steps = 0;
  QueueHistory history;
  for (const QueueCall& call : calls) {
    history.record([&] {
      steps.fetch_add(1, kStat);
      return call;
    });
  }
  require_fifo(history);
}

// A push on one thread, and a pop on another that says that there is nothing.
void push_and_miss(std::memory_order store, std::memory_order load, bool waits) {
  Atomic<int> flag = 0;
  QueueHistory history;
  Thread other("other", [&] {
    history.record([&] {
      flag.store(1, store);
      return QueueCall{true, true, 1};
    });
  });
  if (!waits || flag.load(load) == 1) {
    history.record([&] {
      flag.load(kStat);
      return QueueCall{false, false, 0};
    });
  }
  other.join();
  require_fifo(history);
}

}  // namespace

AN_MODEL(fifo_in_turn, {}) {
  calls({{true, true, 1}, {true, true, 2}, {true, false, 3}, {false, true, 1}, {false, true, 2}});
}
AN_MODEL(fifo_is_no_stack, {.finds = "first in, first out"}) {
  calls({{true, true, 1}, {true, true, 2}, {false, true, 2}});
}
AN_MODEL(fifo_takes_once, {.finds = "first in, first out"}) {
  calls({{true, true, 1}, {false, true, 1}, {false, true, 1}});
}
AN_MODEL(fifo_is_not_empty, {.finds = "first in, first out"}) {
  calls({{true, true, 1}, {false, false, 0}});
}
AN_MODEL(fifo_is_not_full, {.finds = "first in, first out"}) {
  calls({{true, true, 1}, {true, false, 2}});
}
AN_MODEL(fifo_is_full, {.finds = "first in, first out"}) {
  calls({{true, true, 1}, {true, true, 2}, {true, true, 3}});
}

// Nobody has told the other that the push has ended.
AN_MODEL(fifo_push_under_way, {}) {
  push_and_miss(kStat, kStat, false);
}
AN_MODEL(fifo_push_known_without_order, {}) {
  push_and_miss(kStat, kStat, true);
}
AN_MODEL(fifo_push_known_with_order, {.finds = "first in, first out"}) {
  push_and_miss(std::memory_order_release, std::memory_order_acquire, true);
}

}  // namespace an::model
