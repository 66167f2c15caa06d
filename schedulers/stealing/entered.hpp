// Entered: makes the calling thread a worker of a crew for a scope. Crews of one strategy may call
// into each other and back, so a thread can be several workers at once: they are linked on its
// stack, innermost first, and the innermost is what the strategy's handles reach (Local).
#pragma once

#include <utility>

#include "core/base/local.hpp"

namespace an::schedulers::stealing {

template <class Strategy>
class Entered {
 public:
  using State = typename Strategy::State;

  explicit Entered(State& state)
      : state_(state),
        outer_state_(std::exchange(current(), &state)),
        outer_(std::exchange(innermost(), this)) {
    Strategy::on_enter(state);
  }
  ~Entered() {
    innermost() = outer_;
    current() = outer_state_;
  }
  Entered(const Entered&) = delete;
  Entered& operator=(const Entered&) = delete;

  // What the calling thread is in `crew`, or null. Not inlined: a strand may ask on several threads.
  template <class Crew>
  [[gnu::noinline]] static State* in(const Crew& crew) noexcept {
    for (Entered* one = innermost(); one != nullptr; one = one->outer_) {
      if (one->state_.crew == &crew) {
        return &one->state_;
      }
    }
    return nullptr;
  }

 private:
  static State*& current() noexcept { return Local<Strategy, State*>::get(); }
  static Entered*& innermost() noexcept { return Local<Entered, Entered*>::get(); }

  State& state_;
  State* outer_state_;
  Entered* outer_;
};

}  // namespace an::schedulers::stealing
