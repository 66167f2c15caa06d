// Round: one short run of one structure. Its threads and its inputs follow from a seed; what must
// hold is demanded. A violation ends the process at once: threads may hang on what is broken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "core/base/atomic.hpp"
#include "core/base/rng.hpp"

namespace an::stress {

class Round {
 public:
  Round(std::string_view structure, std::uint64_t seed)
      : rng(mix64(seed)), structure_(structure), seed_(seed) {}

  // Any thread. Prints what does not hold, with how to replay it, and exits with code 1.
  void demand(bool holds, std::string_view what) const {
    if (!holds) [[unlikely]] {
      fail(what);
    }
  }
  [[noreturn]] void fail(std::string_view what) const;

  std::uint64_t seed() const noexcept { return seed_; }

  // `count` threads that run body(thread, rng) from the same moment on; returns when all have.
  void run_threads(std::uint32_t count,
                   const std::function<void(std::uint32_t thread, Rng& rng)>& body) const;

  Rng rng;

 private:
  std::string_view structure_;
  std::uint64_t seed_;
};

// What is under stress. Each file announces its own, so that a program has those it is linked from.
struct Structure {
  std::string_view name;
  void (*run)(Round& round);
};
std::vector<Structure>& structures();

class Announce {
 public:
  Announce(std::string_view name, void (*run)(Round& round)) {
    structures().push_back({name, run});
  }
};

// Items 0 .. count-1, each to be taken once, by whomever.
class Once {
 public:
  Once(const Round& round, std::size_t count) : round_(round), taken_(count) {}

  // Any thread.
  void take(std::size_t item) {
    round_.demand(item < taken_.size(), "what is taken was put there");
    round_.demand(taken_[item].fetch_add(1, kStat) == 0, "an item is taken once");
    count_.fetch_add(1, kStat);
  }
  std::size_t count() const { return count_.load(kStat); }
  bool are_all_taken() const { return count() == taken_.size(); }

 private:
  const Round& round_;
  std::vector<Atomic<std::uint32_t>> taken_;
  Atomic<std::size_t> count_ = 0;
};

}  // namespace an::stress
