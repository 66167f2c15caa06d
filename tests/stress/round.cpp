#include "tests/stress/round.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/base/backoff.hpp"
#include "core/base/thread.hpp"
#include "tests/stress/perturb.hpp"

namespace an::stress {

std::vector<Structure>& structures() {
  static std::vector<Structure> all;
  return all;
}

void Round::fail(std::string_view what) const {
  fmt::print(stderr,
             "stress: VIOLATION in {}, seed {}: not so: {}\n"
             "replay: ./dev stress --structure={} --round={} --seconds=60\n",
             structure_, seed_, what, structure_, seed_);
  std::fflush(nullptr);
  std::_Exit(1);
}

void Round::run_threads(std::uint32_t count,
                        const std::function<void(std::uint32_t thread, Rng& rng)>& body) const {
  Atomic<std::uint32_t> ready = 0;
  std::vector<Thread> threads;
  for (std::uint32_t thread = 0; thread < count; ++thread) {
    threads.emplace_back("stress-" + std::to_string(thread), [&, thread] {
      number_this_thread(thread);
      Rng mine = Rng::stream(seed_, thread);
      ready.fetch_add(1, kStat);
      while (ready.load(kStat) < count) {
        cpu_yield();
      }
      body(thread, mine);
    });
  }
}

}  // namespace an::stress
