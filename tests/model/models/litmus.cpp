// The checker's memory model, shape by shape: exactly the outcomes that C++ allows, less those that it
// says it cannot produce (README.md).
#include <fmt/format.h>

#include "core/base/atomic.hpp"
#include "tests/model/checker/model.hpp"

namespace an::model {

namespace {

// Two threads, each of which stores to one location and loads another.
template <class First, class Second>
void two(const First& first, const Second& second) {
  int a = 0, b = 0;
  Thread one("one", [&] { a = first(); });
  Thread other("other", [&] { b = second(); });
  one.join();
  other.join();
  outcome(fmt::format("{}{}", a, b));
}

// (Litmus tests need no partners for their orders: they are what is tested.)
void store_buffering(std::memory_order stores, std::memory_order loads) {
  Atomic<int> x = 0, y = 0;
  two(
      [&] {
        x.store(1, stores);
        return y.load(loads);
      },
      [&] {
        y.store(1, stores);
        return x.load(loads);
      });
}

}  // namespace

AN_MODEL(sb_relaxed, {.outcomes = "00 01 10 11"}) {
  store_buffering(kStat, kStat);
}

AN_MODEL(sb_release_acquire, {.outcomes = "00 01 10 11"}) {
  store_buffering(std::memory_order_release, std::memory_order_acquire);
}

AN_MODEL(sb_seq_cst, {.outcomes = "01 10 11"}) {
  store_buffering(std::memory_order_seq_cst, std::memory_order_seq_cst);
}

}  // namespace an::model
