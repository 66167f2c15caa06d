// What the sanitizers must be told when a thread changes its stack. AddressSanitizer keeps bounds and
// fake frames per stack, ThreadSanitizer a history of calls and a clock. Without them all is empty.
//
// Each of these is called on the stack that is left, just before, or on the one that was reached, just
// after. A switch orders what a thread did before it before what it does after: that is so.
#pragma once

#include <cstddef>
#include <utility>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define AN_FIBERS_WITH_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define AN_FIBERS_WITH_TSAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define AN_FIBERS_WITH_ASAN 1
#endif

#ifdef AN_FIBERS_WITH_ASAN
#include <sanitizer/common_interface_defs.h>

#include "core/base/local.hpp"
#include "core/memory/poison.hpp"
#endif
#ifdef AN_FIBERS_WITH_TSAN
#include <sanitizer/tsan_interface.h>
#endif

namespace an {

#if defined(AN_FIBERS_WITH_ASAN)

// Of a stack, whoever's it is: a fiber's, or a thread's own.
class StackAnnotations {
 public:
  void made(void* bottom, std::size_t bytes) noexcept {
    bottom_ = bottom;
    bytes_ = bytes;
  }
  // Only whoever is on a stack can give up its fake frames.
  void unmade() noexcept {
    if (fake_ != nullptr) {
      StackAnnotations here;
      here.before_start(*this);
      began();
      before_resume(here);
      here.returned(*this);
    }
  }

  // `fresh` is about to begin; then, on it; then it ends by returning to `caller`; then, there.
  void before_start(StackAnnotations& fresh) noexcept { leave(&fake_, fresh); }
  void began() noexcept { arrive(); }
  void before_return(StackAnnotations& caller) noexcept { leave(&fake_, caller); }
  void returned(StackAnnotations& /*ended*/) noexcept { arrive(); }

  // This stack is left for `there`, to be resumed; or for good; and where either arrives.
  void before_switch(StackAnnotations& there) noexcept { leave(&fake_, there); }
  void before_resume(StackAnnotations& there) noexcept { leave(nullptr, there); }
  void resumed() noexcept { arrive(); }

  // A fiber that was given up is used again: the frames it had are gone.
  void renew() noexcept { unpoison(const_cast<void*>(bottom_), bytes_); }

 private:
  struct Left;
  static StackAnnotations*& left() noexcept { return Local<Left, StackAnnotations*>::get(); }

  // Not inlined: the thread may be another on arrival, so its local is looked up anew.
  [[gnu::noinline]] void leave(void** fake, StackAnnotations& there) noexcept {
    left() = this;
    __sanitizer_start_switch_fiber(fake, there.bottom_, there.bytes_);
  }
  // The bounds of a thread's own stack are known once it has been left.
  [[gnu::noinline]] void arrive() noexcept {
    StackAnnotations& from = *left();
    __sanitizer_finish_switch_fiber(std::exchange(fake_, nullptr), &from.bottom_, &from.bytes_);
  }

  void* fake_ = nullptr;  // while nobody is on it; kept from use to use: to make one takes long
  const void* bottom_ = nullptr;
  std::size_t bytes_ = 0;
};

#elif defined(AN_FIBERS_WITH_TSAN)

// Always inlined: a function that is entered on one stack's history must not be left on another's.
class StackAnnotations {
 public:
  void made(void* /*bottom*/, std::size_t /*bytes*/) noexcept { fiber_ = __tsan_create_fiber(0); }
  void unmade() noexcept { __tsan_destroy_fiber(fiber_); }

  [[gnu::always_inline]] void before_start(StackAnnotations& fresh) noexcept {
    fiber_ = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(fresh.fiber_, 0);
  }
  void began() noexcept {}
  void before_return(StackAnnotations& /*caller*/) noexcept {}
  [[gnu::always_inline]] void returned(StackAnnotations& /*ended*/) noexcept {
    __tsan_switch_to_fiber(fiber_, 0);
  }

  [[gnu::always_inline]] void before_switch(StackAnnotations& there) noexcept {
    fiber_ = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(there.fiber_, 0);
  }
  [[gnu::always_inline]] void before_resume(StackAnnotations& there) noexcept {
    __tsan_switch_to_fiber(there.fiber_, 0);
  }
  void resumed() noexcept {}

  // The calls that were open when it was given up would add up in its history.
  void renew() noexcept {
    __tsan_destroy_fiber(fiber_);
    fiber_ = __tsan_create_fiber(0);
  }

 private:
  void* fiber_ = nullptr;
};

#else

class StackAnnotations {
 public:
  void made(void* /*bottom*/, std::size_t /*bytes*/) noexcept {}
  void unmade() noexcept {}
  void before_start(StackAnnotations& /*fresh*/) noexcept {}
  void began() noexcept {}
  void before_return(StackAnnotations& /*caller*/) noexcept {}
  void returned(StackAnnotations& /*ended*/) noexcept {}
  void before_switch(StackAnnotations& /*there*/) noexcept {}
  void before_resume(StackAnnotations& /*there*/) noexcept {}
  void resumed() noexcept {}
  void renew() noexcept {}
};

#endif

}  // namespace an
