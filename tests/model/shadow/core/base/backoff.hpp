// Shadow of core/base/backoff.hpp: whoever waits a moment goes on when somebody has stored something.
#pragma once

namespace an {

void cpu_yield() noexcept;
inline void cpu_pause() noexcept {
  cpu_yield();
}

class Backoff {
 public:
  void wait() noexcept {
    cpu_yield();
    ++waits_;
  }
  bool is_yielding() const noexcept { return waits_ > 1; }
  void reset() noexcept { waits_ = 0; }

 private:
  int waits_ = 0;
};

}  // namespace an
