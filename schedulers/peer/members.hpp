// Members: which threads work for a peer runtime now, so that a run inside a branch is told from a
// run outside. The runtime numbers its threads; each has a place of its own while it works.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/atomic.hpp"
#include "core/base/local.hpp"
#include "core/base/thread.hpp"

namespace an::schedulers::peer {

class Members {
 public:
  explicit Members(std::uint32_t places) : places_(places) {}

  // The calling thread works, at `place`, until leave(place) or leave_all().
  void enter(std::uint32_t place) noexcept {
    AN_ASSERT(place < places_.size());
    places_[place].store(mark(), kStat);
  }
  void leave(std::uint32_t place) noexcept { places_[place].store(nullptr, kStat); }
  // Requires that no thread enters or asks meanwhile.
  void leave_all() noexcept {
    for (Atomic<const void*>& place : places_) {
      place.store(nullptr, kStat);
    }
  }

  // A thread looks for its own mark, which nobody else writes. O(places): once a run, never a fork.
  bool has_this_thread() const noexcept {
    return std::ranges::any_of(
        places_, [](const Atomic<const void*>& place) { return place.load(kStat) == mark(); });
  }

 private:
  // The address of a thread's own variable tells it from every other thread that lives.
  static const void* mark() noexcept { return &Local<Members, char>::get(); }

  std::vector<Atomic<const void*>> places_;
};

// Pins the calling thread, which a runtime owns, to `cpu`, unless that was its last place. Throws as
// pin_current_thread.
inline void stay_on(int cpu) {
  struct Pinned {
    int cpu;
    bool is_set;
  };
  Pinned& pinned = Local<Pinned, Pinned>::get();
  if (!pinned.is_set || pinned.cpu != cpu) {
    pin_current_thread(cpu);
    pinned = {cpu, true};
  }
}

}  // namespace an::schedulers::peer
