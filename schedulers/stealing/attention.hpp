// Attention: one word per worker, by which others, idle or about to be, ask it to share what only it can see.
// A fork polls the word; the worker clears it when nobody is idle any more. Strategies that publish only on
// demand are built on it.
#pragma once

#include <cstdint>

#include "core/base/atomic.hpp"

namespace an::schedulers::stealing {

class Attention {
 public:
  // Whether anyone has asked. For the fork path: one load.
  bool is_wanted() const noexcept {
    // (A1) relaxed; pairs with (A2): a request seen one fork late costs one fork.
    return word_.load(kRelaxed) != 0;
  }

  // By whoever promised the worker that rests a look. Async-signal-safe.
  void ring() noexcept {
    // (A5) relaxed; pairs with (A1), which takes nothing from it. The promise orders it behind (A4).
    word_.store(1, kRelaxed);
  }

  // By the worker itself, before it has somebody promise to ring. May undo a request.
  void rest() noexcept {
    // (A4) seq_cst; pairs with (A2), (A5): a request or a ring that comes later in the total order
    // stays.
    word_.store(0, kSeqCst);
  }

  // By an idle worker, after it was counted as idle: such a request is not lost. From anyone else it is a hint,
  // which a clear at the same time may undo.
  void ask() noexcept {
    // (A2) seq_cst; pairs with (A1), (A3): a clear that comes later in the total order than this store
    // reads that count and sets the word again.
    word_.store(1, kSeqCst);
  }

  // By the worker that was asked: whether anyone is idle still, as `is_anyone_idle()` says. If not, the
  // word is clear.
  template <class IsAnyoneIdle>
  bool is_still_wanted(const IsAnyoneIdle& is_anyone_idle) noexcept {
    if (is_anyone_idle()) {
      return true;
    }
    // (A3) seq_cst; pairs with (A2): see there.
    word_.store(0, kSeqCst);
    if (!is_anyone_idle()) {
      return false;
    }
    word_.store(1, kStat);
    return true;
  }

 private:
  Atomic<std::uint32_t> word_ = 0;
};

}  // namespace an::schedulers::stealing
