// Beat: who decides when a worker looks at the clock. A fork polls one word (stealing/attention.hpp);
// while it is set the worker counts polls, and at zero comes here. Four sources, one per value of the option:
//
//   idle     a look clears the word; idle workers that are awake set it again (idle_beat.hpp). While
//            none is awake, as self
//   self     the word stays set while somebody is idle: every fork counts down to the next look
//   ticker   a look clears the word and asks a thread, which sets it again a beat later (ticker.hpp)
//   signal   the same with a timer of the worker's own and its signal (timer_beat.hpp)
//
// With all but self a fork between two beats costs no more than with nobody idle; the price of the last two is
// the thread, or a system call and a signal a beat. In all four an idle worker's request sets the word
// at once, the clock says how much credit there is, and the worker itself promotes, at a fork.
//
// M. Rainey et al., "Task parallel assembly language for uncompromising parallelism", PLDI 2021,
// compares sources of beats where code is not polling but interrupted.
#pragma once

#include <cstdint>
#include <memory>

#include "core/task/scheduler.hpp"
#include "schedulers/stealing/attention.hpp"

namespace an::schedulers::heartbeat {

inline constexpr std::int64_t kBeatUsMax = 1'000'000;
inline constexpr OptionSpec kBeatUs{"beat_us", "30", "time between promotions of a worker, in us",
                                    "1..1000000"};
inline constexpr OptionSpec kBeat{"beat", "idle", "who says that a beat may be over",
                                  "idle|self|ticker|signal"};

class Beat {
 public:
  Beat() = default;
  virtual ~Beat() = default;
  Beat(const Beat&) = delete;
  Beat& operator=(const Beat&) = delete;

  // `word` is what worker `self` polls, until stop() has returned. Before the first look.
  virtual void add(WorkerId self, stealing::Attention& word) = 0;

  // By a thread that has just become worker `self`: for worker 0 it may be another than before.
  virtual void enter(WorkerId self) noexcept = 0;

  // By worker `self`, after a look at the clock while somebody is idle: asks for the next. Returns
  // after how many polls it comes, counted while the word is set; a worker that times itself would
  // take `polls`.
  virtual std::int64_t next_look(WorkerId self, std::int64_t polls) noexcept = 0;

  // By an idle worker: it is awake and looks for work; it still does, at `now` (ticks); it stops, to sleep
  // or to work.
  virtual void begin_watch() noexcept {}
  virtual void watch(WorkerId /*self*/, std::uint64_t /*now*/) noexcept {}
  virtual void end_watch(WorkerId /*self*/) noexcept {}

  // From now on workers time themselves, and no word is touched. Workers may be running.
  virtual void stop() noexcept = 0;
};

// The source that `config` names. Throws an::Error where this machine does not let it work.
std::unique_ptr<Beat> make_beat(const SchedulerConfig& config);

}  // namespace an::schedulers::heartbeat
