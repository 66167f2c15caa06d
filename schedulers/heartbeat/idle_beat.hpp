// IdleBeat: beats from the workers that have nothing to do. Those that are awake and find no work set
// everyone's word, together four times a beat; a look clears it. A fork between two looks then costs no more
// than with nobody idle, and there is neither a thread nor a timer. While every idle worker sleeps,
// nobody would set the word again, so it stays set and workers time themselves.
//
// I1: a worker whose word was cleared in next_look() has it set again: by a worker that watches, within a
//     quarter of a beat of its running, or by the last one that stops watching.
//
// When it loses: the only worker that watches is kept from its CPU, by more threads than there are CPUs. Until
// it runs, which is when it could take something, nobody is asked; a worker that sleeps gets nothing
// meanwhile.
#pragma once

#include <memory>

#include "core/base/cache_line.hpp"
#include "schedulers/heartbeat/beat.hpp"

namespace an::schedulers::heartbeat {

class IdleBeat final : public Beat {
 public:
  // `beat` in ticks.
  IdleBeat(std::uint32_t workers, std::uint64_t beat);

  void add(WorkerId self, stealing::Attention& word) override { words_[self] = &word; }
  void enter(WorkerId /*self*/) noexcept override {}
  std::int64_t next_look(WorkerId self, std::int64_t polls) noexcept override;
  void stop() noexcept override {}

  void begin_watch() noexcept override;
  void watch(WorkerId self, std::uint64_t now) noexcept override;
  void end_watch(WorkerId self) noexcept override;

 private:
  std::uint32_t workers_;
  std::uint64_t period_;
  std::unique_ptr<stealing::Attention*[]> words_;
  Padded<Atomic<std::uint32_t>> watchers_{};
  Padded<Atomic<std::uint64_t>> next_ring_{};  // in ticks, of all watchers together
};

}  // namespace an::schedulers::heartbeat
