// See idle_spin.hpp.
#include "harness/cell/idle_spin.hpp"

#include <charconv>
#include <cstdlib>
#include <string_view>

#include "core/base/backoff.hpp"

namespace an::harness {

int idle_spinners() {
  constexpr int kThreadsMax = 1024;
  const char* value = std::getenv("ANTINODE_IDLE_SPIN");
  const std::string_view text = value == nullptr ? "" : value;
  int threads = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), threads);
  const bool is_number = error == std::errc() && stop == text.data() + text.size();
  return is_number && threads >= 0 && threads <= kThreadsMax ? threads : 0;
}

IdleSpin::IdleSpin(int threads) {
  for (int i = 0; i < threads; ++i) {
    threads_.emplace_back("idle spin", [this] {
      // (S1) relaxed; pairs with (S2): the flag itself ends the loop, it publishes nothing.
      while (!is_over_.load(kRelaxed)) {
        cpu_pause();
      }
    });
  }
}

IdleSpin::~IdleSpin() {
  // (S2) relaxed; pairs with (S1).
  is_over_.store(true, kRelaxed);
}

}  // namespace an::harness
