// MpscQueue: an unbounded intrusive queue that any thread may push to and one thread pops from.
// Dmitry Vyukov's intrusive MPSC node-based queue (1024cores.net, 2010): a push is one exchange and
// one store, whatever the others do; it neither allocates nor fails. Does not own its nodes.
//
// Threads: push() by any thread; pop() and is_empty() by the consumer, one thread at a time.
//
//     last_ -> the node pushed last           first_ -> the node to pop next, or the stub
//     node.next_ -> the node pushed after it; null for the last, and for a moment for others
//
// I1: the nodes from first_ along `next_` are those pushed and not popped, oldest first, up to the
//     first push that has exchanged last_ and not yet linked; the stub may stand among them.
// I2: a node belongs to the queue from push() until pop() returns it. Nobody touches it after that:
//     the only writer of its link is the push that came after it, and pop() has seen that link.
// I3: the stub is in the queue at most once, so the queue is never without a node.
//
// Order: first in, first out by the exchanges; so each producer's nodes in its order.
//
// Progress: push() and pop() are wait-free. But a producer that stops between its exchange and its
// link hides its node and all that follow: pop() then says "nothing for now" and never waits for
// it. No wake-up is lost by that (README.md): that producer notifies after it has linked, and then
// everything it hid can be seen.
#pragma once

#include <type_traits>

#include "core/base/atomic.hpp"
#include "core/base/cache_line.hpp"

namespace an {

// Base of what an MpscQueue can hold. In at most one queue at a time; a copy is in none.
class MpscLink {
 public:
  MpscLink() noexcept = default;
  MpscLink(const MpscLink&) noexcept {}
  MpscLink& operator=(const MpscLink&) noexcept { return *this; }

 private:
  template <class T>
  friend class MpscQueue;
  Atomic<MpscLink*> next_ = nullptr;
};

template <class T>
class MpscQueue {
 public:
  MpscQueue() noexcept = default;
  MpscQueue(const MpscQueue&) = delete;
  MpscQueue& operator=(const MpscQueue&) = delete;

  // Appends `node`, which must be in no queue. One exchange.
  void push(T* node) noexcept {
    static_assert(std::is_base_of_v<MpscLink, T>, "derive the node from MpscLink");
    append(node);
  }

  // The oldest node, or null when there is none to be had now.
  T* pop() noexcept {
    MpscLink* first = first_;
    MpscLink* second = next_of(first);
    if (first == &stub_) {
      if (second == nullptr) {
        return nullptr;
      }
      first_ = first = second;
      second = next_of(first);
    }
    if (second == nullptr) {
      if (!is_last(first)) {
        return nullptr;  // a producer is between its exchange and its link
      }
      // The only node. It may not leave the queue without a successor, which is the stub.
      append(&stub_);
      second = next_of(first);
      if (second == nullptr) {
        return nullptr;  // a producer came in between and is before its link
      }
    }
    first_ = second;
    return static_cast<T*>(first);
  }

  // Whether pop() would have returned null. For the consumer, to decide whether to sleep.
  bool is_empty() const noexcept {
    const MpscLink* first = first_;
    if (first == &stub_) {
      first = next_of(first);
      if (first == nullptr) {
        return true;
      }
    }
    return next_of(first) == nullptr && !is_last(first);
  }

 private:
  void append(MpscLink* node) noexcept {
    node->next_.store(nullptr, kStat);
    // (N1) acq_rel; pairs with (N1): releases the null written above to the next producer, which
    // overwrites it, and acquires that of the node before. If weaker, the null could come last and
    // cut the queue off.
    MpscLink* before = last_.value.exchange(node, kAcqRel);
    // (N2) release; pairs with (N3): publishes the node's content. If relaxed, the consumer could
    // read a node that was not written yet: mpsc_queue_test.cpp, the storm.
    before->next_.store(node, kRelease);
  }

  static MpscLink* next_of(const MpscLink* node) noexcept {
    // (N3) acquire; pairs with (N2): the node behind the link is whole.
    return node->next_.load(kAcquire);
  }

  bool is_last(const MpscLink* node) const noexcept {
    // (N4) relaxed; pairs with (N1): only compared, never followed. The consumer saw the link to
    // `node` (N3), so it cannot read a value older than the exchange that put `node` there; a newer
    // one read too late makes pop() append the stub behind nodes that came in, which is harmless.
    return last_.value.load(kRelaxed) == node;
  }

  Padded<Atomic<MpscLink*>> last_{&stub_};  // producers write here
  MpscLink* first_ = &stub_;                // the consumer's
  MpscLink stub_;
};

}  // namespace an
