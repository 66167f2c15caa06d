// TimerBeat: beats from a timer of each worker's own. A worker that has looked at the clock arms its
// timer for one expiry, a beat later; the signal's handler sets the worker's word, and nothing else.
// So timers are armed only while somebody is idle, and a leaf, a sleeping worker and the caller of
// run() are interrupted once at most.
//
// A timer belongs to a thread. It is made by the worker itself at its first beat, and again when
// worker 0 turns out to be another thread (run() may be called by any): what the old thread was
// promised may have ended with it, so the new one looks at once. Where no timer can be made any more
// the worker times itself.
//
// The signal is real-time, is installed at the first use and stays for the rest of the process: one
// that is still on its way must not meet the default action. SA_RESTART: system calls go on.
//
// I1: a handler touches a word only between two steps on its slot's `inside`; stop() takes the word
//     away and waits until nobody is inside. Slots are never freed, so a signal of a timer that is
//     gone finds a slot, perhaps of another scheduler: its worker looks at the clock once too often.
#pragma once

#include <csignal>
#include <ctime>
#include <memory>

#include "core/base/clock.hpp"
#include "schedulers/heartbeat/beat.hpp"

namespace an::schedulers::heartbeat {

struct SignalSlot;

class TimerBeat final : public Beat {
 public:
  // Throws an::Error when no timer can be made or the signal is used by somebody else.
  TimerBeat(std::uint32_t workers, Nanos beat_ns);
  ~TimerBeat() override;

  void add(WorkerId self, stealing::Attention& word) override;
  void enter(WorkerId self) noexcept override;
  std::int64_t next_look(WorkerId self, std::int64_t polls) noexcept override;
  void stop() noexcept override;

  // The signal that beats, for whoever must leave it alone.
  static int signal_number() noexcept;

 private:
  // One a worker; used by the worker alone, but for the slot's word.
  struct Timer {
    SignalSlot* slot = nullptr;
    stealing::Attention* word = nullptr;
    std::uint64_t thread = 0;  // whose it is; 0: there is none
    timer_t id{};
  };

  // Whether the timer of `self` is now one of the calling thread.
  static bool is_ready(Timer& timer) noexcept;

  std::uint32_t workers_;
  itimerspec beat_{};
  std::unique_ptr<Timer[]> timers_;
  Atomic<bool> has_stopped_ = false;
};

}  // namespace an::schedulers::heartbeat
