// IdleBeat: beats from the workers that have nothing to do. One that is awake and finds no work sets
// everyone's word four times a beat; a look clears it. A fork between two looks then costs no more than
// with nobody idle, and there is neither a thread nor a timer. While every idle worker sleeps, nobody
// would set the word again, so it stays set and workers time themselves.
//
// I1: a worker whose word was cleared in next_look() has it set again: by a worker that watches, within a
//     quarter of a beat of its running, or by the last one that stops watching.
#pragma once

#include <memory>

#include "core/base/cache_line.hpp"
#include "schedulers/heartbeat/beat.hpp"

namespace an::schedulers::heartbeat {

class IdleBeat final : public Beat {
 public:
  // `beat` in ticks.
  IdleBeat(std::uint32_t workers, std::uint64_t beat);

  void add(WorkerId self, stealing::Attention& word) override { seats_[self].word = &word; }
  void enter(WorkerId /*self*/) noexcept override {}
  std::int64_t next_look(WorkerId self, std::int64_t polls) noexcept override;
  void stop() noexcept override {}

  void begin_watch() noexcept override;
  void watch(WorkerId self, std::uint64_t now) noexcept override;
  void end_watch(WorkerId self) noexcept override;

 private:
  struct alignas(kNoSharing) Seat {
    stealing::Attention* word = nullptr;
    std::uint64_t next_ring = 0;  // ticks; of this worker as a watcher
  };

  std::uint32_t workers_;
  std::uint64_t period_;
  std::unique_ptr<Seat[]> seats_;
  Padded<Atomic<std::uint32_t>> watchers_{};
};

}  // namespace an::schedulers::heartbeat
