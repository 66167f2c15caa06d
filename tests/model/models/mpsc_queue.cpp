#include "core/sync/mpsc_queue.hpp"

#include "core/base/backoff.hpp"
#include "tests/model/checker/model.hpp"
#include "tests/model/models/fifo.hpp"

namespace an::model {

namespace {

struct Node : MpscLink {
  explicit Node(int v) : value(v) {}
  int value;  // plain: whoever pops it must have got it
};

class Queue {
 public:
  void push(int value) {
    history_.record([&] {
      queue_.push(new Node(value));
      return QueueCall{true, true, value};
    });
  }

  // Frees what it pops: nobody may touch it any more. 0: nothing.
  int pop() {
    return history_
        .record([&] {
          Node* const node = queue_.pop();
          const int value = node != nullptr ? node->value : 0;
          delete node;
          return QueueCall{false, node != nullptr, value};
        })
        .value;
  }

  bool is_empty() const { return queue_.is_empty(); }

  // At the end: what is left, and the verdict.
  void require_order(int left) {
    for (; left > 0; --left) {
      require(!is_empty() && pop() != 0, "what was pushed can be popped");
    }
    require(is_empty() && queue_.pop() == nullptr, "nothing is invented");
    // A pop may have to put the stub behind the oldest item, hence two that hide the others.
    require(is_linearizable(history_, Fifo(QueueHistory::kCallsMax, 2)), "first in, first out");
  }

 private:
  MpscQueue<Node> queue_;
  QueueHistory history_;
};

}  // namespace

AN_MODEL(mpsc_two_pushes, {}) {
  Queue queue;
  Thread producer("producer", [&] {
    queue.push(1);
    queue.push(2);
  });
  int left = 2;
  for (int i = 0; i < 3; ++i) {
    left -= queue.pop() != 0 ? 1 : 0;
  }
  producer.join();
  queue.require_order(left);
}

AN_MODEL(mpsc_two_producers, {}) {
  Queue queue;
  Thread one("one", [&] {
    queue.push(1);
    queue.push(2);
  });
  Thread two("two", [&] { queue.push(3); });
  int left = 3;
  for (int i = 0; i < 2; ++i) {
    left -= queue.pop() != 0 ? 1 : 0;
  }
  one.join();
  two.join();
  queue.require_order(left);
}

// The queue has been round: the stub stands behind an item.
AN_MODEL(mpsc_behind_the_stub, {}) {
  Queue queue;
  queue.push(1);
  queue.pop();
  Thread one("one", [&] { queue.push(2); });
  Thread two("two", [&] { queue.push(3); });
  int left = 2;
  left -= queue.pop() != 0 ? 1 : 0;
  one.join();
  two.join();
  queue.require_order(left);
}

// A consumer that waits by is_empty() gets everything.
AN_MODEL(mpsc_wait_for_all, {}) {
  Queue queue;
  Thread one("one", [&] { queue.push(1); });
  Thread two("two", [&] { queue.push(2); });
  for (int left = 2; left > 0;) {
    while (queue.is_empty()) {
      cpu_yield();
    }
    if (queue.pop() == 0) {
      cpu_yield();  // the other producer came in between and is before its link
    } else {
      --left;
    }
  }
  one.join();
  two.join();
  queue.require_order(0);
}

}  // namespace an::model
