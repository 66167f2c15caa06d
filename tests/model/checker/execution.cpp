#include "tests/model/checker/execution.hpp"

#include <fmt/format.h>

#include <bit>
#include <new>

// Of the linker: the variables of the executable, those of the checker among them.
extern "C" char __data_start, _end;

namespace an::model {

Execution::Execution() : heap_(kThreadsMax) {
  races_.watch(heap_.begin(), heap_.end());
  globals_.watch(reinterpret_cast<std::uintptr_t>(&__data_start),
                 reinterpret_cast<std::uintptr_t>(&_end));
  for (int t = 0; t < kThreadsMax; ++t) {
    fibers_[t].use_stack(heap_.stack(t), Heap::kStackBytes);
  }
}

Execution& Execution::the() {
  static auto* const execution = new Execution;  // memory is freed through it until the very end
  return *execution;
}

Ending Execution::run(const std::function<void()>& body, Explorer& explorer, Trace* trace) {
  atomics_.reset();
  races_.reset();
  globals_.reset();
  heap_.reset();
  poisoned_.reset();
  mutexes_.clear();
  explorer_ = &explorer;
  trace_ = trace;
  asleep_ = {};
  failure_.clear();
  operations_ = 0;
  clock_ = 0;
  idle_rounds_ = 0;
  idle_turns_ = 0;
  changes_at_idle_ = 0;
  for (Thread& thread : threads_) {
    ::new (static_cast<void*>(&thread)) Thread;  // what it held went with the heap
  }
  explorer.begin();
  ::new (static_cast<void*>(&threads_[0].body)) std::function<void()>([&body] { body(); });
  threads_[0].state = State::kReady;
  fibers_[0].start(&run_thread, 0);
  self_ = 0;
  Fiber::switch_from_to(outside_, fibers_[0]);
  inside_ = false;
  self_ = -1;
  return ending_;
}

void Execution::run_thread(int thread) {
  Execution& execution = the();
  if (thread != 0) {
    execution.atomics_.tick(thread);
  }
  inside_ = true;
  execution.threads_[thread].body();
  execution.threads_[thread].body = nullptr;
  inside_ = false;
  execution.reach(Operation{.kind = Kind::kExit});
  execution.threads_[thread].state = State::kDone;
  if (execution.enabled() == 0) {
    execution.check_end();
    execution.finish(Ending::kDone);
  }
  execution.switch_to(execution.pick());
  __builtin_unreachable();
}

void Execution::reach(const Operation& op) {
  threads_[self_].next = op;
  threads_[self_].next.self = self_;
  if (op.kind == Kind::kYield) {
    begin_to_spin();
  }
  if (++operations_ > kOperationsMax) {
    fail("the execution does not end: more than 20000 operations");
  }
  const int next = pick();
  if (next != self_) {
    switch_to(next);
  }
  atomics_.tick(self_);
}

void Execution::switch_to(int thread) {
  const int from = self_;
  self_ = thread;
  Fiber::switch_from_to(fibers_[from], fibers_[thread]);
}

// The thread waits for time to pass: for a store of somebody, or for nobody to be able to go on.
void Execution::begin_to_spin() {
  threads_[self_].changes_at_yield = atomics_.changes();
  if (explorer_->uses_sleep_sets()) {
    explorer_->will_spin();
    wake_writers();
  }
}

bool Execution::is_enabled(const Thread& thread) const {
  if (thread.state == State::kAsleep && thread.next.kind == Kind::kFutexTimed) {
    return thread.changes_at_yield != atomics_.changes();
  }
  if (thread.state != State::kReady) {
    return false;
  }
  switch (thread.next.kind) {
    case Kind::kYield:
      return thread.changes_at_yield != atomics_.changes();
    case Kind::kJoin:
      return threads_[thread.next.thread].state == State::kDone;
    case Kind::kLock:
      for (const Mutex& mutex : mutexes_) {
        if (mutex.address == thread.next.address) {
          return mutex.owner < 0;
        }
      }
      return true;
    default:
      return true;
  }
}

ThreadSet Execution::enabled() {
  ThreadSet enabled = 0;
  ThreadSet spinning = 0;
  for (int t = 0; t < kThreadsMax; ++t) {
    const Thread& thread = threads_[t];
    if (is_enabled(thread)) {
      enabled |= ThreadSet{1} << t;
    } else if (thread.state != State::kUnused && thread.state != State::kDone &&
               waits_for_time(thread.next.kind)) {
      spinning |= ThreadSet{1} << t;
    }
  }
  if (enabled != 0 || spinning == 0) {
    return enabled;
  }
  // Only time can help those that spin now: it may show one what it has not seen yet, so that each
  // has a turn before any has another.
  if (changes_at_idle_ != atomics_.changes()) {
    changes_at_idle_ = atomics_.changes();
    idle_rounds_ = 0;
    idle_turns_ = spinning;
  } else if ((idle_turns_ & spinning) == 0) {
    ++idle_rounds_;
    idle_turns_ = spinning;
  }
  if (idle_rounds_ > kIdleRoundsMax) {
    fail("livelock: threads spin for something that nobody will do." + sleepers());
  }
  return idle_turns_ & spinning;
}

int Execution::pick() {
  const ThreadSet candidates = enabled();
  if (candidates == 0) {
    fail("deadlock: nobody can go on." + sleepers());
  }
  const bool may_go_on =
      threads_[self_].state == State::kReady && threads_[self_].next.kind != Kind::kYield;
  Explored before;
  const int next =
      explorer_->choose_thread(candidates, asleep_.done, may_go_on ? self_ : -1, &before);
  if (next < 0) {
    finish(Ending::kPruned);
  }
  idle_turns_ &= ~(ThreadSet{1} << next);
  if (explorer_->uses_sleep_sets()) {
    put_to_sleep(before, next);
  }
  return next;
}

// Whether a thread that spins may go on depends on the stores since it began to, so what it did before
// it spins and the stores of others do not commute.
void Execution::put_to_sleep(const Explored& before, int next) {
  asleep_.done |= before.done;
  asleep_.spins |= before.spins;
  Explored still;
  for (ThreadSet left = asleep_.done & ~(ThreadSet{1} << next); left != 0; left &= left - 1) {
    const int other = std::countr_zero(left);
    const Operation& op = threads_[other].next;
    const bool spins = (asleep_.spins >> other & 1) != 0;
    if (!waits_for_time(op.kind) && independent(op, threads_[next].next) &&
        !(spins && writes(threads_[next].next.kind))) {
      still.done |= ThreadSet{1} << other;
    }
  }
  still.spins = asleep_.spins & still.done;
  asleep_ = still;
}

void Execution::wake_writers() {
  for (int t = 0; t < kThreadsMax; ++t) {
    if (writes(threads_[t].next.kind)) {
      asleep_.done &= ~(ThreadSet{1} << t);
    }
  }
}

void Execution::finish(Ending ending) {
  ending_ = ending;
  Fiber::switch_from_to(fibers_[self_], outside_);
  __builtin_unreachable();
}

void Execution::fail(const std::string& what) {
  const Outside outside;
  failure_ = what;
  if (self_ >= 0) {
    finish(Ending::kFailed);
  }
}

std::string Execution::sleepers() const {
  std::string text;
  for (int t = 0; t < kThreadsMax; ++t) {
    const Thread& thread = threads_[t];
    if (thread.state == State::kAsleep) {
      text += fmt::format(" T{} sleeps on a futex ({}).", t, place_of(thread.next.pc));
    } else if (thread.state == State::kReady) {
      const char* const what = thread.next.kind == Kind::kJoin   ? "waits for another's end"
                               : thread.next.kind == Kind::kLock ? "waits for a mutex"
                                                                 : "spins";
      text += fmt::format(" T{} {} ({}).", t, what, place_of(thread.next.pc));
    }
  }
  return text;
}

void Execution::check_end() {
  for (const Thread& thread : threads_) {
    if (thread.state != State::kUnused && thread.state != State::kDone) {
      fail("deadlock: nobody can go on." + sleepers());
    }
  }
  for (const Heap::Block& block : heap_.blocks()) {
    if (block.freed_at == 0) {
      fail(
          fmt::format("leak: {} bytes allocated at {}", block.bytes, place_of(block.allocated_at)));
    }
  }
}

// What memory that nobody has accessed is not to be used for: its block is freed, or its pool keeps it.
std::optional<Race> Execution::find_untouched(std::uintptr_t address,
                                              std::size_t bytes,
                                              std::uint64_t pc) {
  const Heap::Block* const block = heap_.containing(address);
  if (heap_.contains(address) &&
      (block == nullptr || address + bytes > block->begin + block->bytes)) {
    fail("wild pointer: access outside of every block of the heap (" + place_of(pc) + ")");
  }
  if (block != nullptr && block->freed_at != 0) {
    return Race{address, self_, Access::kFree, block->freed_at};  // by whom was not kept
  }
  if (const auto* const range = poisoned_.find(address, address + bytes)) {
    return Race{address, range->thread, Access::kFree, range->pc};
  }
  return std::nullopt;
}

// Who frees or takes memory knows that it was poisoned.
std::optional<Race> Execution::find_unknown(std::uintptr_t address, std::size_t bytes) {
  const std::uintptr_t end = address + bytes;
  const auto* range = poisoned_.find(address, end);
  while (range != nullptr) {
    if (range->thread != self_ && !happened().covers(range->thread, range->stamp)) {
      return Race{address, range->thread, Access::kFree, range->pc};
    }
    range = range->end < end ? poisoned_.find(range->end, end) : nullptr;
  }
  return std::nullopt;
}

void Execution::check_race(std::uintptr_t address,
                           std::size_t bytes,
                           Access access,
                           std::uint64_t pc) {
  constexpr const char* kNames[] = {"read",         "write", "atomic read",
                                    "atomic write", "free",  "reuse"};
  const bool is_plain = access != Access::kAtomicRead && access != Access::kAtomicWrite;
  const Clock& happened = atomics_.thread(self_).now.happened;
  // A plain access comes after the last operation, and what that released does not cover it.
  const Stamp stamp = happened.at[self_] + (is_plain ? 1 : 0);
  const bool is_use = access != Access::kFree && access != Access::kTake;
  std::optional<Race> race;
  if (!is_use) {
    race = find_unknown(address, bytes);
  } else if (bytes > sizeof(std::uint64_t) || races_.is_untouched(address)) {
    race = find_untouched(address, bytes, pc);
  }
  if (!race) {
    Races& races = address < heap_.begin() ? globals_ : races_;
    race = races.access(address, bytes, access, self_, stamp, happened, pc);
  }
  if (!race) {
    return;
  }
  const auto places = places_of({race->pc, pc});
  if (trace_ != nullptr) {
    trace_->event(self_, kNames[static_cast<int>(access)], pc);
  }
  fail(fmt::format("{}: {} by T{} ({}), then {} by T{} ({})",
                   race->access == Access::kFree && is_use ? "use after free" : "race",
                   kNames[static_cast<int>(race->access)], race->thread, places[0],
                   kNames[static_cast<int>(access)], self_, places[1]));
}

void Execution::plain(std::uintptr_t address, std::size_t bytes, Access access, std::uint64_t pc) {
  const Outside outside;
  check_race(address, bytes, access, pc);
  if (access == Access::kFree) {
    poisoned_.add({address, address + bytes, self_, happened().at[self_] + 1, pc});
  } else if (access == Access::kTake) {
    poisoned_.cut(address, address + bytes);
  }
  if (access != Access::kRead) {
    atomics_.forget(address, address + bytes);
  }
}

void* Execution::allocate(std::size_t bytes, std::size_t alignment, std::uint64_t pc) {
  const Outside outside;
  void* const block = heap_.allocate(bytes, alignment, pc);
  if (block == nullptr) {
    fail("the model needs more memory than its heap has");
  }
  return block;
}

void* Execution::map(std::size_t bytes, std::uint64_t pc) {
  const Outside outside;
  void* const begin = heap_.map(bytes, pc);
  if (begin == nullptr) {
    fail("the model maps more memory than its heap has");
  }
  return begin;
}

void Execution::unmap(void* begin, std::size_t bytes, std::uint64_t pc) {
  const Outside outside;
  const auto address = reinterpret_cast<std::uintptr_t>(begin);
  Heap::Block* const whole = heap_.unmap(address, bytes);
  if (whole != nullptr && whole->freed_at != 0) {
    fail("unmapped twice: first at " + place_of(whole->freed_at));
  }
  check_race(address, bytes, Access::kFree, pc);
  poisoned_.cut(address, address + bytes);
  atomics_.forget(address, address + bytes);
  if (whole != nullptr) {
    whole->freed_at = pc;
  }
}

void Execution::free(void* block, std::uint64_t pc) {
  const Outside outside;
  Heap::Block* const found = heap_.find(reinterpret_cast<std::uintptr_t>(block));
  if (found == nullptr || found->freed_at != 0) {
    fail(found == nullptr ? "free of what was never allocated"
                          : "double free: first at " + place_of(found->freed_at));
    return;
  }
  check_race(found->begin, found->bytes, Access::kFree, pc);
  poisoned_.cut(found->begin, found->begin + found->bytes);
  atomics_.forget(found->begin, found->begin + found->bytes);
  found->freed_at = pc;
}

}  // namespace an::model
