// Execution: one run of a model: its threads, who goes on, and what each operation does. Everything
// the sources do to memory, to the kernel and to each other arrives here as calls.
//
// A thread announces its next operation, the explorer chooses whose operation comes next, and that
// thread performs its own. Plain accesses, allocation and the clock are no points of choice: without
// a race nobody can tell when they happened, and a race is a failure.
//
// I1: exactly one fiber runs; `self_` is its thread. The checker's own code runs with is_inside() off.
// I2: what an execution allocates comes from its own heap and is gone with it, so an execution can be
//     abandoned at any point.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "tests/model/checker/atomics.hpp"
#include "tests/model/checker/explorer.hpp"
#include "tests/model/checker/fiber.hpp"
#include "tests/model/checker/heap.hpp"
#include "tests/model/checker/operation.hpp"
#include "tests/model/checker/poisoned.hpp"
#include "tests/model/checker/races.hpp"
#include "tests/model/checker/trace.hpp"

namespace an::model {

enum class Ending { kDone, kPruned, kFailed };

class Execution {
 public:
  static constexpr std::uint64_t kOperationsMax = 20'000;
  // So many rounds of spinning without a store by anyone mean that nobody will.
  static constexpr int kIdleRoundsMax = 64;

  Execution();

  // The one there is; callbacks have no argument to find it by.
  static Execution& the();
  // Whether code of the model runs, rather than the checker's.
  static bool is_inside() noexcept { return inside_; }
  static int self() noexcept { return self_; }

  // Runs `body` as thread 0 with the choices of `explorer`. `trace` may be null.
  Ending run(const std::function<void()>& body, Explorer& explorer, Trace* trace);
  const std::string& failure() const { return failure_; }
  std::uint64_t operations() const { return operations_; }
  // What happens before whatever the running thread does next.
  const Clock& happened() { return atomics_.thread(self_).now.happened; }

  // --- what the sources call ---
  std::uint64_t load(Operation op);
  void store(Operation op, std::uint64_t value);
  // Stores update(old), returns old.
  template <class Update>
  std::uint64_t update(Operation op, const Update& update);
  // True: stored `desired`. False: `expected` is what was read.
  bool compare_exchange(Operation op, std::uint64_t& expected, std::uint64_t desired);
  void fence(Order order, std::uint64_t pc);
  void heavy_barrier(std::uint64_t pc);
  void plain(std::uintptr_t address, std::size_t bytes, Access access, std::uint64_t pc);
  bool is_freed(std::uintptr_t address) const { return races_.is_freed(address); }

  // True when woken, or for no reason; false when the time passed, which is up to the explorer.
  bool futex_wait(std::uintptr_t word, std::uint32_t expected, bool has_deadline, std::uint64_t pc);
  void futex_wake(std::uintptr_t word, int count, std::uint64_t pc);
  void yield(std::uint64_t pc);
  std::uint64_t clock() { return clock_ += 1'000'000; }

  int start_thread(std::function<void()> body, std::uint64_t pc);
  void join_thread(int thread, std::uint64_t pc);
  void lock(std::uintptr_t mutex, std::uint64_t pc);
  bool try_lock(std::uintptr_t mutex, std::uint64_t pc);
  void unlock(std::uintptr_t mutex, std::uint64_t pc);

  void* allocate(std::size_t bytes, std::size_t alignment, std::uint64_t pc);
  void free(void* block, std::uint64_t pc);
  void* map(std::size_t bytes, std::uint64_t pc);
  void unmap(void* begin, std::size_t bytes, std::uint64_t pc);
  bool owns(const void* block) const {
    return heap_.contains(reinterpret_cast<std::uintptr_t>(block));
  }

  // Ends the execution with a failure. Returns only when there is none to end.
  void fail(const std::string& what);

  // Code of the checker runs while one of these is alive. A model may have one: it is no access of the
  // model's to set it.
  class Outside {
   public:
    [[gnu::no_sanitize_thread]] Outside() : was_inside_(inside_) { inside_ = false; }
    [[gnu::no_sanitize_thread]] ~Outside() { inside_ = was_inside_; }
    Outside(const Outside&) = delete;
    Outside& operator=(const Outside&) = delete;

   private:
    bool was_inside_;
  };

 private:
  enum class State : std::uint8_t { kUnused, kReady, kAsleep, kDone };

  struct Thread {
    State state = State::kUnused;
    Operation next;
    std::function<void()> body;
    std::uint64_t changes_at_yield = 0;
    bool was_woken = false;
    int spurious_left = 1;  // wake-ups, and failures of a weak compare-exchange, for no reason
    int weak_left = 1;
  };
  struct Mutex {
    std::uintptr_t address;
    int owner = -1;
    View view;
  };

  static void run_thread(int thread);

  // Announces `op`; returns when it is this thread's turn to perform it.
  void reach(const Operation& op);
  int pick();
  void begin_to_spin();
  // The second half of a futex wait.
  bool futex_sleep(std::uintptr_t word, bool has_deadline, std::uint64_t pc);
  void put_to_sleep(const Explored& before, int next);
  void wake_writers();
  ThreadSet enabled();
  bool is_enabled(const Thread& thread) const;
  void switch_to(int thread);
  [[noreturn]] void finish(Ending ending);
  void check_deadlock(ThreadSet enabled);
  void check_end();
  std::optional<Race> find_untouched(std::uintptr_t address, std::size_t bytes, std::uint64_t pc);
  std::optional<Race> find_unknown(std::uintptr_t address, std::size_t bytes);
  void check_race(std::uintptr_t address, std::size_t bytes, Access access, std::uint64_t pc);
  Mutex& mutex_at(std::uintptr_t address);
  std::string sleepers() const;

  inline static bool inside_ = false;
  inline static int self_ = -1;

  Atomics atomics_;
  Races races_;    // on the heap and the stacks
  Races globals_;  // on variables of the executable
  Heap heap_;
  Poisoned poisoned_;
  std::array<Thread, kThreadsMax> threads_;
  std::array<Fiber, kThreadsMax> fibers_;
  Fiber outside_;
  std::vector<Mutex> mutexes_;
  Explorer* explorer_ = nullptr;
  Trace* trace_ = nullptr;
  Explored asleep_;  // the sleep set; not those that wait for a futex
  Ending ending_ = Ending::kDone;
  std::string failure_;
  std::uint64_t operations_ = 0;
  std::uint64_t clock_ = 0;
  int idle_rounds_ = 0;
  ThreadSet idle_turns_ = 0;  // who has not had one in this round
  std::uint64_t changes_at_idle_ = 0;
};

template <class Update>
std::uint64_t Execution::update(Operation op, const Update& update) {
  const Outside outside;
  op.kind = Kind::kReadModifyWrite;
  reach(op);
  check_race(op.address, op.bytes, Access::kAtomicWrite, op.pc);
  Location& location = atomics_.at(op.address, op.bytes);
  const std::uint64_t old = location.last().value;
  atomics_.read(location, self_, location.last_index(), op.order);
  atomics_.write(location, self_, update(old), op.order, true, op.pc);
  if (trace_ != nullptr) {
    trace_->update(self_, op, location);
  }
  return old;
}

}  // namespace an::model
