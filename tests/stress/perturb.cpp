#include "tests/stress/perturb.hpp"

#include "core/base/atomic.hpp"
#include "core/base/backoff.hpp"
#include "core/base/clock.hpp"
#include "core/base/futex.hpp"
#include "core/base/local.hpp"
#include "core/base/rng.hpp"

namespace an::stress {
namespace {

// The atomics here are not delayed.
std::atomic<std::uint64_t> current_seed = 0;
std::atomic<std::uint64_t> current_round = 0;  // 0: no delays
std::atomic<std::uint64_t> rounds = 0;
std::atomic<std::uint64_t> next_thread = 0;
constexpr std::uint64_t kUnnumbered = 1'000;  // threads that number themselves have less
constexpr auto kPlain = std::memory_order_relaxed;

// How often, by round: rounds differ in temper, for a delay that is everywhere hides what a rare
// one shows.
struct Temper {
  std::uint32_t pauses_in;  // one operation in so many
  std::uint32_t yields_in;
  std::uint32_t sleeps_in;
};
constexpr Temper kTempers[] = {{4, 64, 2'000}, {32, 200, 20'000}, {200, 400, 500}, {16, 16, 4'000}};

struct Mine {
  std::uint64_t round;
  Rng rng{0};
  Temper temper;
  bool is_delaying;  // a delay may not delay itself
};

struct Tag {};

// Null while there are no delays.
Mine* mine() noexcept {
  const std::uint64_t round = current_round.load(kPlain);
  Mine& self = Local<Tag, Mine>::get();
  if (round == 0 || self.is_delaying) {
    return nullptr;
  }
  if (self.round != round) {
    number_this_thread(kUnnumbered + next_thread.fetch_add(1, kPlain));
  }
  return &self;
}

void sleep_us(std::uint32_t us) noexcept {
  Atomic<std::uint32_t> word = 0;
  futex_wait(word, 0, Deadline::after(us * 1'000));
}

}  // namespace

void perturb() noexcept {
  Mine* const self = mine();
  if (self == nullptr) {
    return;
  }
  self->is_delaying = true;
  if (self->rng.below(self->temper.pauses_in) == 0) {
    for (std::uint32_t i = self->rng.below(1U << self->rng.below(8)); i > 0; --i) {
      cpu_pause();
    }
  } else if (self->rng.below(self->temper.yields_in) == 0) {
    cpu_yield();
  } else if (self->rng.below(self->temper.sleeps_in) == 0) {
    sleep_us(1 + self->rng.below(50));
  }
  self->is_delaying = false;
}

bool fails_spuriously() noexcept {
  Mine* const self = mine();
  return self != nullptr && self->rng.below(8) == 0;
}

void begin_delays(std::uint64_t seed) noexcept {
  next_thread.store(0, kPlain);
  current_seed.store(seed, kPlain);
  current_round.store(rounds.fetch_add(1, kPlain) + 1, kPlain);
}

void end_delays() noexcept {
  current_round.store(0, kPlain);
}

void number_this_thread(std::uint64_t number) noexcept {
  Mine& self = Local<Tag, Mine>::get();
  const std::uint64_t seed = current_seed.load(kPlain);
  self.round = current_round.load(kPlain);
  self.rng = Rng::stream(seed, number);
  self.temper = kTempers[mix64(seed) % std::size(kTempers)];
}

}  // namespace an::stress
