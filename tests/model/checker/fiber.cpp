#include "tests/model/checker/fiber.hpp"

#include <cxxabi.h>
#include <ucontext.h>

#include <cstring>

namespace an::model {

void Fiber::start(void (*entry)(int), int argument) {
  entry_ = entry;
  argument_ = argument;
  is_fresh_ = true;
  exceptions_ = Exceptions{};
}

void Fiber::switch_from_to(Fiber& from, Fiber& to) {
  // The Itanium C++ ABI: a pointer and a counter, per thread.
  auto* const exceptions = reinterpret_cast<Exceptions*>(abi::__cxa_get_globals());
  from.exceptions_ = *exceptions;
  *exceptions = to.exceptions_;
  if (_setjmp(from.context_) == 0) {
    to.resume();
  }
}

void Fiber::resume() {
  if (!is_fresh_) {
    _longjmp(context_, 1);
  }
  is_fresh_ = false;
  ucontext_t context;
  ::getcontext(&context);
  context.uc_stack.ss_sp = stack_;
  context.uc_stack.ss_size = bytes_;
  context.uc_link = nullptr;
  const auto self = reinterpret_cast<std::uintptr_t>(this);
  ::makecontext(&context, reinterpret_cast<void (*)()>(&Fiber::trampoline), 2,
                static_cast<unsigned>(self >> 32), static_cast<unsigned>(self));
  ::setcontext(&context);
  __builtin_unreachable();
}

void Fiber::trampoline(unsigned high, unsigned low) {
  auto* const self = reinterpret_cast<Fiber*>(static_cast<std::uintptr_t>(high) << 32 | low);
  self->entry_(self->argument_);
  __builtin_unreachable();
}

}  // namespace an::model
