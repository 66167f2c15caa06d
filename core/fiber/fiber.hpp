// Fiber: a strand of execution with a stack of its own, and the ways from one stack to another. A
// fiber begins as a call: it runs on the caller's thread, above the caller in every sense but the
// address of its stack. If it is never suspended it returns to its caller. If it is, it goes on wherever
// somebody resumes it, on any thread, and ends by going on elsewhere.
//
//     start(here, fresh, entry, argument, caught)   calls entry(argument, fresh) on its stack
//     suspend(here, there)                          leaves `here`, goes on at `there`
//     leave_for(ending, there)                      the same for good
//
// A thread's own stack takes part as a Fiber without a stack (the default constructor): one that others
// are started from and leave for.
//
// Exceptions stay inside a fiber: its entry catches them. The exceptions being handled belong to the
// strand, as do those in flight when a destructor suspends: a strand may be suspended inside a catch
// block or an unwinding and go on elsewhere.
//
// Threads: a fiber runs on one thread at a time. Who resumes it must have been told by the thread that
// suspended it, after that thread had left its stack.
//
// I1: a fiber is suspended at most at one place; its Context says where.
// I2: never keep the address of a thread-local object across start() or suspend(): the strand may be
//     on another thread afterwards. errno is one. Nor a lock whose owner is a thread.
// I3: `has_left` is set while its strand can no longer return to whoever started it.
#pragma once

#include <cstddef>

#include "core/base/assert.hpp"
#include "core/fiber/annotations.hpp"
#include "core/fiber/context.hpp"

namespace an {

// What the C++ runtime keeps per thread about exceptions: those being handled, and how many are in
// flight. The layout is __cxa_eh_globals of the Itanium C++ ABI.
struct Exceptions {
  void* caught = nullptr;
  unsigned in_flight = 0;

  bool any() const noexcept { return caught != nullptr || in_flight != 0; }
  // The calling thread's; the address holds as long as the thread.
  static Exceptions& of_this_thread() noexcept;
};

struct Fiber {
  using Entry = void (*)(void* argument, void* fiber);

  Fiber() = default;
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  void* runner = nullptr;     // who runs the strand; written by whoever starts or resumes it
  bool has_left = false;      // I3
  bool is_worn = false;       // was given up with open calls; made whole when it is started again
  Fiber* next = nullptr;      // link of whoever keeps fibers
  Context context{};          // I1
  Exceptions exceptions;      // while it is suspended, or has called another
  std::byte* base = nullptr;  // lowest address of its mapping; null: a thread's own stack
  [[no_unique_address]] StackAnnotations annotations;
};

// Calls entry(argument, &fresh) on the stack of `fresh`; `here` is the fiber that runs now, and `thread`
// the calling thread's Exceptions. kReturned: the entry has, on this thread. kResumed: somebody has
// resumed `here`.
[[gnu::always_inline]] inline Back start(
    Fiber& here, Fiber& fresh, Fiber::Entry entry, void* argument, Exceptions& thread) noexcept {
  here.exceptions = thread;
  if (here.exceptions.any()) [[unlikely]] {
    thread = Exceptions{};
  }
  if (fresh.is_worn) [[unlikely]] {
    fresh.annotations.renew();
    fresh.is_worn = false;
  }
  here.annotations.before_start(fresh.annotations);
  const Back back = an_context_call(&here.context, &fresh, entry, argument, &fresh);
  if (back == Back::kReturned) [[likely]] {
    here.annotations.returned(fresh.annotations);
    if (here.exceptions.any()) [[unlikely]] {
      thread = here.exceptions;
    }
  } else {
    here.annotations.resumed();
  }
  return back;
}

// The first and the last thing of every entry that returns to `caller`, which started it.
inline void begin(Fiber& fresh) noexcept {
  fresh.annotations.began();
}
inline void end(Fiber& fresh, Fiber& caller) noexcept {
  AN_DCHECK(!fresh.has_left);
  fresh.annotations.before_return(caller.annotations);
}

// Leaves `here`, the fiber that runs, and goes on at `there`, which is suspended. Returns when somebody
// resumes `here`.
void suspend(Fiber& here, Fiber& there) noexcept;

// The strand of `ending` is over; the thread goes on at `there`. The caller has seen to it that nobody
// uses the stack of `ending` before that.
[[noreturn]] void leave_for(Fiber& ending, Fiber& there) noexcept;

}  // namespace an
