#include "core/sync/mpmc_queue.hpp"

#include <array>

#include "tests/model/checker/model.hpp"
#include "tests/model/models/fifo.hpp"

namespace an::model {

namespace {

constexpr int kCapacity = 2;

// Items are pointers to plain integers: whoever pops one must have got what it points to.
class Queue {
 public:
  bool push(int value) {
    return history_
        .record([&] {
          items_[value] = value;
          return QueueCall{true, queue_.try_push(&items_[value]), value};
        })
        .is_done;
  }

  bool pop() {
    return history_
        .record([&] {
          int* item = nullptr;
          const bool is_done = queue_.try_pop(item);
          return QueueCall{false, is_done, is_done ? *item : 0};
        })
        .is_done;
  }

  const int& item(int value) const { return items_[value]; }
  bool is_empty() const { return queue_.is_empty(); }

  void require_order() const {
    require(is_linearizable(history_, Fifo(kCapacity, 1)), "first in, first out");
  }

 private:
  MpmcQueue<int*> queue_{kCapacity};
  std::array<int, 8> items_{};
  QueueHistory history_;
};

}  // namespace

// Twice round the ring.
AN_MODEL(mpmc_wrap_around, {}) {
  Queue queue;
  Thread consumer("consumer", [&] {
    for (int i = 0; i < 3; ++i) {
      queue.pop();
    }
  });
  for (int value = 1; value <= 4; ++value) {
    queue.push(value);
  }
  consumer.join();
  queue.require_order();
}

AN_MODEL(mpmc_two_producers, {}) {
  Queue queue;
  Thread one("one", [&] { queue.push(1); });
  Thread two("two", [&] { queue.push(2); });
  queue.pop();
  queue.pop();
  one.join();
  two.join();
  queue.require_order();
}

AN_MODEL(mpmc_two_consumers, {}) {
  Queue queue;
  queue.push(1);
  Thread one("one", [&] { queue.pop(); });
  Thread two("two", [&] { queue.pop(); });
  queue.push(2);
  queue.push(3);
  one.join();
  two.join();
  queue.require_order();
}

// A full ring: both producers need what a consumer leaves.
AN_MODEL(mpmc_two_of_each, {.preemptions = 2, .preemptions_deep = 3}) {
  Queue queue;
  queue.push(1);
  queue.push(2);
  Thread one("one", [&] { queue.push(3); });
  Thread two("two", [&] { queue.pop(); });
  queue.pop();
  queue.push(4);
  one.join();
  two.join();
  queue.pop();
  queue.pop();
  queue.require_order();
}

// Of one consumer: what is not empty can be popped, and has its content.
AN_MODEL(mpmc_not_empty, {}) {
  Queue queue;
  Thread producer("producer", [&] { queue.push(1); });
  if (!queue.is_empty()) {
    require(queue.item(1) == 1, "the item can be seen");
    require(queue.pop(), "the item can be popped");
  }
  producer.join();
  queue.require_order();
}

}  // namespace an::model
