#include "core/fiber/fiber.hpp"

#include <cxxabi.h>

namespace an {

// Not inlined, like what calls it: the address is the thread's.
[[gnu::noinline]] Exceptions& Exceptions::of_this_thread() noexcept {
  return *reinterpret_cast<Exceptions*>(abi::__cxa_get_globals());
}

[[gnu::noinline]] void suspend(Fiber& here, Fiber& there) noexcept {
  Exceptions& thread = Exceptions::of_this_thread();
  here.exceptions = thread;
  here.has_left = true;
  thread = there.exceptions;
  here.annotations.before_switch(there.annotations);
  an_context_switch(&here.context, &there.context);
  here.annotations.resumed();
}

[[gnu::noinline]] void leave_for(Fiber& ending, Fiber& there) noexcept {
  Exceptions& thread = Exceptions::of_this_thread();
  AN_DCHECK(!thread.any());
  thread = there.exceptions;
  ending.annotations.before_resume(there.annotations);
  an_context_resume(&there.context);
}

}  // namespace an
