// Credit: when a worker may promote. Time mints tokens, C per beat; a promotion spends one, so the
// work added is at most C * tau / N for a beat of N and a promotion cost of tau (POPL'24). At most
// C tokens are kept: time in which there was nothing to promote is not saved up for a burst, and
// the next fork promotes as soon as the credit is there (PLDI'18).
//
// It also decides how often to look at the clock: `reload` polls between looks, so that about four
// fall into a beat, and never more than kReloadMax, so that a coarse phase after a dense one is
// noticed soon. A pure function of the times it is told; it reads no clock.
#pragma once

#include <algorithm>
#include <cstdint>

namespace an::schedulers::heartbeat {

class Credit {
 public:
  static constexpr std::int64_t kReloadMax = 64;
  static constexpr std::uint64_t kLooksPerBeat = 4;

  // `beat` in ticks, at least 1; `per_beat` = C, at least 1.
  Credit(std::uint64_t beat, std::uint32_t per_beat) : beat_(beat), per_beat_(per_beat) {}

  // Starts an interval of work at `now` that brings `tokens` with it (a promoted job's share).
  void begin(std::uint64_t now, std::uint32_t tokens) {
    tokens_ = tokens;
    minted_at_ = now;
    looked_at_ = now;
    reload_ = 1;
  }

  // The clock says `now`: mints what is due and adapts the reload. Returns the polls until the next
  // look.
  std::int64_t look(std::uint64_t now) {
    const std::uint64_t elapsed = now - looked_at_;
    looked_at_ = now;
    // Aims at a quarter of a beat at the rate just seen; longer only by doubling, shorter at once.
    const std::uint64_t quarters = std::max<std::uint64_t>(1, elapsed * kLooksPerBeat);
    const std::uint64_t aim = static_cast<std::uint64_t>(reload_) * beat_ / quarters;
    reload_ = static_cast<std::int64_t>(std::clamp<std::uint64_t>(
        aim, 1, static_cast<std::uint64_t>(std::min(kReloadMax, reload_ * 2))));
    const std::uint64_t beats = (now - minted_at_) / beat_;
    if (beats > 0) {
      minted_at_ += beats * beat_;
      const std::uint64_t due = beats * per_beat_;
      const auto kept = static_cast<std::uint32_t>(
          std::min<std::uint64_t>(due, tokens_ < per_beat_ ? per_beat_ - tokens_ : 0));
      tokens_ += kept;
      minted_ += kept;
    }
    return reload_;
  }

  bool may_promote() const { return tokens_ > 0; }

  // Spends one token. Returns the half of the rest that goes with the promoted job.
  std::uint32_t spend() {
    --tokens_;
    const std::uint32_t share = tokens_ / 2;
    tokens_ -= share;
    return share;
  }

  // A promoted job came back unstolen with its share.
  void refund(std::uint32_t share) { tokens_ += share; }

  std::uint32_t tokens() const { return tokens_; }
  // Its length in ticks.
  std::uint64_t beat() const { return beat_; }
  // Tokens ever minted here.
  std::uint64_t minted() const { return minted_; }

 private:
  std::uint64_t beat_;
  std::uint32_t per_beat_;
  std::uint32_t tokens_ = 0;
  std::uint64_t minted_at_ = 0;
  std::uint64_t looked_at_ = 0;
  std::int64_t reload_ = 1;
  std::uint64_t minted_ = 0;
};

}  // namespace an::schedulers::heartbeat
