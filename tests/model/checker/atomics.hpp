// Atomics: the C++ memory model of one execution, as views over per-location histories. A store
// appends to its location's modification order; a load may read any message that coherence does not
// forbid, and the explorer tries them all.
//
// What it has: coherence, release and acquire, release sequences, fences of every order, a total
// order of seq_cst operations and fences, weak compare-exchange that fails for no reason. What it
// cannot produce: load buffering and 2+2W, because modification order is the order of execution and
// a load reads only what was executed. After the views of J. Kang, C.-K. Hur, O. Lahav, V. Vafeiadis,
// D. Dreyer, "A promising semantics for relaxed-memory concurrency", POPL 2017, without promises; the
// histories of Relacy (D. Vyukov) and CDSChecker (B. Norris, B. Demsky, OOPSLA 2013).
//
// I1: the messages of a location are in modification order; a thread never reads behind one that it,
//     or anything that happens before its load, has read or written (coherence).
// I2: the order in which seq_cst operations are executed is their total order S. A seq_cst load sees
//     what the last seq_cst operation on its location in S stored or read, or a later message; a load after a seq_cst fence
//     sees what was written before any earlier fence of S.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/model/checker/clock.hpp"

namespace an::model {

enum class Order : std::uint8_t { kRelaxed, kConsume, kAcquire, kRelease, kAcqRel, kSeqCst };

constexpr bool acquires(Order order) {
  return order == Order::kConsume || order == Order::kAcquire || order >= Order::kAcqRel;
}
constexpr bool releases(Order order) {
  return order >= Order::kRelease;
}

struct Message {
  std::uint64_t value;
  View view;    // what an acquiring reader gets; nothing for a relaxed store outside a sequence
  int writer;   // thread
  Stamp stamp;  // of the writer
  std::uint64_t pc;  // of the store
};

struct Location {
  // Up to `stamp`, the thread has read or written up to message `index`.
  struct Sighting {
    Stamp stamp;
    std::uint32_t index;
  };
  // A seq_cst store, or the first seq_cst load of a message.
  struct ScAccess {
    std::uint32_t number;  // in S
    std::uint32_t index;   // ascending
  };

  std::uintptr_t address = 0;
  std::uint32_t bytes = 0;
  std::vector<Message> history;
  std::array<std::vector<Sighting>, kThreadsMax> sightings;
  std::vector<ScAccess> sc_accesses;
  std::uint32_t name = 0;  // the n-th atomic object of the execution, for the trace

  const Message& last() const { return history.back(); }
  std::uint32_t last_index() const { return static_cast<std::uint32_t>(history.size() - 1); }
};

// One thread's side of the model.
struct ThreadView {
  View now;
  View released;  // at its last release fence: what its relaxed stores publish
  View pending;   // what its relaxed loads have met: an acquire fence takes it
  // What it must see because it waited. It hands this to nobody: it may have read nothing of it.
  Clock waited;
  std::uint32_t waited_sc = 0;
};

class Atomics {
 public:
  // Forgets everything: a new execution.
  void reset();

  // The location at `address`. A new one, and one whose memory was written behind the model's back
  // (its constructor ran again), begins with what memory holds, written by the initialiser.
  Location& at(std::uintptr_t address, std::uint32_t bytes);
  // Memory that is written plainly, allocated or freed forgets its histories.
  void forget(std::uintptr_t begin, std::uintptr_t end);

  // The oldest message of `location` that thread `self` may read with `order`.
  std::uint32_t oldest_readable(const Location& location, int self, Order order) const;

  // Thread `self` reads message `index`.
  void read(Location& location, int self, std::uint32_t index, Order order);
  // Thread `self` appends `value`; `after_read` for the store of a read-modify-write, which continues
  // the release sequence of the message before.
  void write(Location& location,
             int self,
             std::uint64_t value,
             Order order,
             bool after_read,
             std::uint64_t pc);
  void fence(int self, Order order);

  // Thread `self`, and nobody else, must see from now on all that was written so far, without
  // synchronising: what time does to a thread that waits.
  void see_everything(int self);

  ThreadView& thread(int self) { return threads_[self]; }
  // One operation further; its stamp.
  Stamp tick(int self) {
    View& now = threads_[self].now;
    return now.seen.at[self] = ++now.happened.at[self];
  }
  // The number of stores so far, of all locations, that changed a value: news for who waits for one.
  std::uint64_t changes() const { return changes_; }

 private:
  void sight(Location& location, int self, std::uint32_t index);

  std::array<ThreadView, kThreadsMax> threads_;
  std::vector<Location> locations_;
  std::vector<std::uint32_t> buckets_;  // open addressing by address; 0: free, else index + 1
  std::vector<std::uint32_t> used_buckets_;
  std::size_t used_ = 0;  // locations in use; the others keep their memory for the next execution
  Clock fenced_;          // what all seq_cst fences so far have seen
  std::uint32_t sc_accesses_ = 0;
  std::uint64_t changes_ = 0;
};

}  // namespace an::model
