// DequePlay: a deque, the items that went into it, and what its owner and its thieves did, for the
// models of deques.
//
// Two oracles. Every item is taken once, by a thread that finds it whole: items are plain memory, so
// what the deque fails to order is a race. And what all calls answered can be explained: there is an
// order of them, with the calls of each thread in theirs, in which a deque that does one call at a time
// answers the same. A lost attempt to steal explains itself.
//
// Threads: push(), pop() and finish() for thread 0, the owner; steal(n) for thief n, from 1.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "core/deque/work_deque.hpp"
#include "tests/model/checker/execution.hpp"
#include "tests/model/checker/model.hpp"

namespace an::model {

struct PlayItem {
  int number = -1;
  int takers = 0;
};

template <template <class> class Deque>
class DequePlay {
 public:
  static constexpr int kItemsMax = 12;
  static constexpr int kThievesMax = 2;
  // Whether thieves see only what the owner has shared. Then a deque may look empty to them.
  static constexpr bool kHides = requires(typename Deque<PlayItem>::Owner & owner) {
    owner.share();
  };

  template <class... Arguments>
  explicit DequePlay(Arguments... arguments) : owner_(arguments...) {}

  void push() { owner_.push(make()); }

  // Of `count` at once.
  void push_all(std::size_t count) {
    std::array<PlayItem*, kItemsMax> batch;
    for (std::size_t i = 0; i < count; ++i) {
      batch[i] = make();
    }
    owner_.push_all(std::span<PlayItem* const>(batch.data(), count));
  }

  // Whether there was one.
  bool pop() { return took(0, Call::kPop, owner_.pop()); }

  // What was pushed last, if nobody has it; as a join does.
  bool take_back() {
    PlayItem* const youngest = &items_[static_cast<std::size_t>(made_ - 1)];
    return took(0, Call::kTakeBack, owner_.take_back() ? youngest : nullptr);
  }

  // The same by an owner that has nothing there.
  bool take_back_of_nothing() { return owner_.take_back(); }

  StealResult steal(int thief) {
    const Steal<PlayItem> got = as_thief().steal();
    const bool was_hidden = kHides && got.result == StealResult::kEmpty;
    if (got.result != StealResult::kLost && !was_hidden) {
      took(thief, Call::kSteal, got.item);
    }
    return got.result;
  }

  // Of up to `most`; how many.
  std::size_t steal_half(int thief, std::size_t most) {
    std::array<PlayItem*, kItemsMax> loot;
    const std::size_t count = as_thief().steal_half({loot.data(), most});
    require(count <= most, "a thief takes no more than it has room for");
    for (std::size_t i = 0; i < count; ++i) {
      took(thief, Call::kSteal, loot[i]);
    }
    return count;
  }

  // What the owner does until begin() comes before everything the thieves do, what it does from end()
  // on after it.
  void begin() { begin_ = rows_[0].count; }
  void end() { end_ = rows_[0].count; }

  // After the last thief was joined: takes what is left, and asks the oracles.
  void finish() {
    end();
    while (pop()) {
    }
    require(as_thief().is_empty(), "a deque that pops nothing is empty");
    for (int i = 0; i < made_; ++i) {
      require(items_[static_cast<std::size_t>(i)].takers == 1, "every item is taken once");
    }
    const Execution::Outside outside;
    require_outside(is_explained({}, {}), "the answers are those of a deque");
  }

  typename Deque<PlayItem>::Owner& owner() { return owner_; }
  typename Deque<PlayItem>::Thief& as_thief() { return owner_; }

 private:
  struct Call {
    enum What : std::int8_t { kPush, kPop, kTakeBack, kSteal };

    What what;
    int item;  // -1: none
  };
  struct Row {
    std::array<Call, 2 * kItemsMax + 2> calls;
    int count = 0;
  };
  using Positions = std::array<int, kThievesMax + 1>;
  // Items from the oldest to the youngest.
  struct Content {
    std::array<int, kItemsMax> items;
    int oldest = 0;
    int end = 0;
  };

  static void require_outside(bool condition, const char* what) {
    if (!condition) {
      Execution::the().fail(std::string("required: ") + what);
    }
  }

  PlayItem* make() {
    require(made_ < kItemsMax, "a play has 12 items");
    PlayItem& item = items_[static_cast<std::size_t>(made_)];
    item.number = made_;
    note(0, {Call::kPush, made_});
    ++made_;
    return &item;
  }

  bool took(int thread, typename Call::What what, PlayItem* item) {
    if (item == nullptr) {
      note(thread, {what, -1});
      return false;
    }
    const std::ptrdiff_t number = item - items_.data();
    require(number >= 0 && number < kItemsMax, "no item is invented");
    require(item->number == number, "an item is whole when it is taken");
    ++item->takers;
    note(thread, {what, static_cast<int>(number)});
    return true;
  }

  void note(int thread, Call call) {
    Row& row = rows_[static_cast<std::size_t>(thread)];
    row.calls[static_cast<std::size_t>(row.count++)] = call;
  }

  // Whether the calls from `at` on can be answered, in some order, by a deque that holds `content`.
  bool is_explained(Positions at, const Content& content) const {
    bool is_over = true;
    bool are_thieves_done = true;
    for (std::size_t t = 0; t < at.size(); ++t) {
      is_over = is_over && at[t] == rows_[t].count;
      are_thieves_done = are_thieves_done && (t == 0 || at[t] == rows_[t].count);
    }
    if (is_over) {
      return true;
    }
    for (std::size_t t = 0; t < at.size(); ++t) {
      const bool waits = t == 0 ? at[0] >= end_ && !are_thieves_done : at[0] < begin_;
      if (waits || at[t] == rows_[t].count) {
        continue;
      }
      Content after = content;
      if (answers(rows_[t].calls[static_cast<std::size_t>(at[t])], after)) {
        Positions next = at;
        ++next[t];
        if (is_explained(next, after)) {
          return true;
        }
      }
    }
    return false;
  }

  // Whether a deque with this content answers so; and its content after that.
  static bool answers(const Call& call, Content& content) {
    if (call.what == Call::kPush) {
      content.items[static_cast<std::size_t>(content.end++)] = call.item;
      return true;
    }
    if (call.item < 0) {
      return content.oldest == content.end;
    }
    if (content.oldest == content.end) {
      return false;
    }
    const int at = call.what == Call::kSteal ? content.oldest++ : --content.end;
    return content.items[static_cast<std::size_t>(at)] == call.item;
  }

  std::array<PlayItem, kItemsMax> items_;
  std::array<Row, kThievesMax + 1> rows_;
  int made_ = 0;
  int begin_ = 0;
  int end_ = 0;
  typename Deque<PlayItem>::Owner owner_;
};

}  // namespace an::model
