// Shadow of core/base/backoff.hpp: whoever waits a moment goes on when somebody has stored something.
#pragma once

namespace an {

void cpu_yield() noexcept;
inline void cpu_pause() noexcept {
  cpu_yield();
}

// The first wait is over before anything has happened: who gives up after some pauses may do so while
// the others have only just begun.
class Backoff {
 public:
  void wait() noexcept {
    if (is_yielding_) {
      cpu_yield();
    }
    is_yielding_ = true;
  }
  bool is_yielding() const noexcept { return is_yielding_; }
  void reset() noexcept { is_yielding_ = false; }

 private:
  bool is_yielding_ = false;
};

}  // namespace an
