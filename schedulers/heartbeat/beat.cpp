#include "schedulers/heartbeat/beat.hpp"

#include "core/base/clock.hpp"
#include "schedulers/heartbeat/idle_beat.hpp"
#include "schedulers/heartbeat/ticker.hpp"
#include "schedulers/heartbeat/timer_beat.hpp"

namespace an::schedulers::heartbeat {
namespace {

class SelfTimed final : public Beat {
 public:
  void add(WorkerId /*self*/, stealing::Attention& /*word*/) override {}
  void enter(WorkerId /*self*/) noexcept override {}
  std::int64_t next_look(WorkerId /*self*/, std::int64_t polls) noexcept override { return polls; }
  void stop() noexcept override {}
};

}  // namespace

std::unique_ptr<Beat> make_beat(const SchedulerConfig& config) {
  const Nanos beat_ns = config.integer_option(kBeatUs, 1, kBeatUsMax) * 1'000;
  const std::string_view source = config.choice_option(kBeat);
  if (source == "ticker") {
    return std::make_unique<Ticker>(config.workers, beat_ns);
  }
  if (source == "signal") {
    return std::make_unique<TimerBeat>(config.workers, beat_ns);
  }
  if (source == "idle") {
    return std::make_unique<IdleBeat>(config.workers,
                                      static_cast<std::uint64_t>(beat_ns / 1'000) * ticks_per_us());
  }
  return std::make_unique<SelfTimed>();
}

}  // namespace an::schedulers::heartbeat
