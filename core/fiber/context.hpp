// The switch between stacks, x86-64 System V: what core/fiber/fiber.hpp is made of, and nothing for
// anybody else. Written by hand, because the one switch that matters is not a switch: a fiber that
// ends where it was started gives control back by a return, so the processor's stack of return
// addresses stays right (README.md has the comparison with Boost.Context).
//
// Callee-saved registers are kept. The floating-point environment (rounding, masks) is the thread's:
// a strand that changes it puts it back before it forks or waits.
#pragma once

#include <cstddef>

namespace an {

// Where somebody left a stack: what a function must preserve, and the stack pointer. What it returns
// to lies on the stack. The layout is known to context.cpp.
struct Context {
  void* rbx;
  void* rbp;
  void* r12;
  void* r13;
  void* r14;
  void* r15;
  void* rsp;
};
static_assert(sizeof(Context) == 56 && offsetof(Context, rsp) == 48);

// How a stack that was left goes on.
enum class Back : int {
  kReturned = 0,  // what was called has returned, on the same thread
  kResumed = 1,   // somebody resumed the context, maybe on another thread
};

extern "C" {

// Leaves the stack at `here` and calls entry(first, second) on the stack that ends at `top`, which is
// aligned to 16. Returns kReturned when entry does, kResumed when `here` is resumed; entry must not
// return if that has happened.
an::Back an_context_call(
    Context* here, void* top, void (*entry)(void*, void*), void* first, void* second);

// Leaves the stack at `here` and goes on at `there`. Returns kResumed, when `here` is resumed.
an::Back an_context_switch(Context* here, const Context* there);

// Goes on at `there`; the calling stack is given up.
[[noreturn]] void an_context_resume(const Context* there);
}

}  // namespace an
