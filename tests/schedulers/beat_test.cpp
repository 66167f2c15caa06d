// The sources of beats by themselves, and the whole contract under those that are not the default.

#include "schedulers/heartbeat/beat.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <string>

#include "core/base/backoff.hpp"
#include "core/base/error.hpp"
#include "core/base/thread.hpp"
#include "schedulers/heartbeat.hpp"
#include "schedulers/heartbeat/idle_beat.hpp"
#include "schedulers/heartbeat/ticker.hpp"
#include "schedulers/heartbeat/timer_beat.hpp"
#include "tests/contract/scheduler_contract.hpp"
#include "tests/schedulers/counter.hpp"

namespace an::schedulers::heartbeat {
namespace {

SchedulerConfig with(SchedulerConfig config, const char* beat) {
  config.options["beat"] = beat;
  config.options.try_emplace("beat_us", "10");
  return config;
}

struct Ticking : Scheduler {
  explicit Ticking(const SchedulerConfig& config) : Scheduler(with(config, "ticker")) {}
};
struct Signalled : Scheduler {
  explicit Signalled(const SchedulerConfig& config) : Scheduler(with(config, "signal")) {}
};
struct IdleRung : Scheduler {
  explicit IdleRung(const SchedulerConfig& config) : Scheduler(with(config, "idle")) {}
};
struct SelfTimed : Scheduler {
  explicit SelfTimed(const SchedulerConfig& config) : Scheduler(with(config, "self")) {}
};

void await(const auto& is_so) {
  while (!is_so()) {
    cpu_yield();
  }
}

// Whether the process has this many timers, as the kernel lists them; true where it does not.
bool has_timers(std::size_t expected) {
  std::ifstream list("/proc/self/timers");
  if (!list) {
    return true;
  }
  std::size_t count = 0;
  for (std::string line; std::getline(list, line);) {
    count += line.starts_with("ID:") ? 1 : 0;
  }
  return count == expected;
}

template <class S>
class EveryBeat : public testing::Test {};
using Sources = testing::Types<IdleRung, SelfTimed, Ticking, Signalled>;
TYPED_TEST_SUITE(EveryBeat, Sources);

template <class S>
class OtherBeat : public testing::Test {};
using OtherSources = testing::Types<SelfTimed, Ticking, Signalled>;
TYPED_TEST_SUITE(OtherBeat, OtherSources);

// That of the default source is contract_heartbeat.
TYPED_TEST(OtherBeat, TheContractHolds) {
  for (const std::uint32_t workers : {1U, 2U, 3U, 8U}) {
    for (const contract::Violations& violations :
         {contract::check_joins<TypeParam>(workers), contract::check_groups<TypeParam>(workers),
          contract::check_groups_filled_in_parallel<TypeParam>(workers),
          contract::check_quiescence<TypeParam>(workers),
          contract::check_batches<TypeParam>(workers),
          contract::check_injection<TypeParam>(workers),
          contract::check_results<TypeParam>(workers),
          contract::check_exceptions<TypeParam>(workers),
          contract::check_reentry<TypeParam>(workers)}) {
      for (const std::string& violation : violations) {
        ADD_FAILURE() << "W=" << workers << ": not so: " << violation;
      }
    }
  }
}

TEST(Beat, TheTickerIsOneThreadMoreThatSleepsAndEnds) {
  const contract::Violations one_more{
      "W workers are W threads, the caller included",
      "threads outlive a run if the scheduler keeps them, and only then"};
  for (const std::uint32_t workers : {1U, 2U, 3U}) {
    EXPECT_EQ(contract::check_threads<Ticking>(workers), one_more);
    EXPECT_EQ(contract::check_threads<Signalled>(workers), contract::Violations{});
  }
}

// The first branch forks, as the only one that is awake, until somebody has stolen the second; again
// when all have gone to sleep, and from other threads: a beat that is lost once hangs.
TYPED_TEST(EveryBeat, SharingComes) {
  SchedulerConfig config = contract::config_of(2);
  config.options["beat_us"] = "20";
  TypeParam scheduler(config);
  const auto share = [&] {
    scheduler.run([](Worker worker) {
      for (int round = 0; round < 3; ++round) {
        Atomic<bool> was_stolen = false;
        worker.join(
            [&](Worker first) {
              while (!was_stolen.load(kStat)) {
                first.join([](Worker) {}, [](Worker) {});
              }
            },
            [&](Worker) { was_stolen.store(true, kStat); });
      }
    });
  };
  for (int round = 0; round < 20; ++round) {
    const std::uint64_t parks = counter(scheduler, "parks");
    share();
    Thread("other", share).join();
    await([&] { return round % 4 != 0 || counter(scheduler, "parks") > parks; });
  }
  EXPECT_GE(counter(scheduler, "promotions"), 120U);
  EXPECT_LE(counter(scheduler, "promotions"), counter(scheduler, "tokens"));
}

// A root inside a branch, of this scheduler and of another on the same thread: each has its beats.
TYPED_TEST(EveryBeat, NestedRunsShareToo) {
  TypeParam outer(contract::config_of(2));
  TypeParam inner(contract::config_of(2));
  const auto share = [](Worker worker) {
    Atomic<bool> was_stolen = false;
    worker.join(
        [&](Worker first) {
          while (!was_stolen.load(kStat)) {
            first.join([](Worker) {}, [](Worker) {});
          }
        },
        [&](Worker) { was_stolen.store(true, kStat); });
  };
  for (int round = 0; round < 10; ++round) {
    outer.run([&](Worker worker) {
      share(worker);
      inner.run(share);
      share(worker);
      outer.run(share);
      share(worker);
    });
  }
  EXPECT_LE(counter(outer, "promotions"), counter(outer, "tokens"));
}

TYPED_TEST(EveryBeat, MayEndWhileABeatIsOnItsWay) {
  for (int round = 0; round < 200; ++round) {
    SchedulerConfig config = contract::config_of(2);
    config.options["beat_us"] = round % 2 == 0 ? "1" : "200";
    TypeParam scheduler(config);
    scheduler.run([](Worker worker) {
      for (int i = 0; i < 1000; ++i) {
        worker.join([](Worker) {}, [](Worker) {});
      }
    });
    scheduler.inject([](Worker worker) { worker.join([](Worker) {}, [](Worker) {}); });
  }
  EXPECT_TRUE(has_timers(0));
}

TEST(IdleBeat, WhoWatchesRingsEveryQuarterOfABeat) {
  stealing::Attention busy;
  stealing::Attention own;
  IdleBeat beat(2, 400);
  beat.add(0, busy);
  beat.add(1, own);
  beat.begin_watch();
  EXPECT_EQ(beat.next_look(0, 7), 1);
  EXPECT_FALSE(busy.is_wanted());
  beat.watch(1, 1000);
  EXPECT_TRUE(busy.is_wanted());
  EXPECT_FALSE(own.is_wanted());
  beat.next_look(0, 7);
  beat.watch(1, 1099);
  EXPECT_FALSE(busy.is_wanted());
  beat.watch(1, 1100);
  EXPECT_TRUE(busy.is_wanted());
}

TEST(IdleBeat, ManyWatchersRingNoMoreOftenThanOne) {
  constexpr std::uint32_t kWorkers = 16;
  std::array<stealing::Attention, kWorkers> words;
  IdleBeat beat(kWorkers, 400);
  for (WorkerId id = 0; id < kWorkers; ++id) {
    beat.add(id, words[id]);
  }
  for (WorkerId id = 1; id < kWorkers; ++id) {
    beat.begin_watch();
  }
  int rings = 0;
  for (std::uint64_t now = 1000; now < 1400; ++now) {
    beat.watch(static_cast<WorkerId>(1 + now % (kWorkers - 1)), now);
    if (words[0].is_wanted()) {
      ++rings;
      beat.next_look(0, 7);
    }
  }
  EXPECT_EQ(rings, 4);
}

TEST(IdleBeat, WithNobodyWatchingWorkersTimeThemselves) {
  stealing::Attention busy;
  stealing::Attention other;
  IdleBeat beat(2, 400);
  beat.add(0, busy);
  beat.add(1, other);
  EXPECT_EQ(beat.next_look(0, 7), 7);
  EXPECT_TRUE(busy.is_wanted());
  beat.begin_watch();
  beat.begin_watch();
  EXPECT_EQ(beat.next_look(0, 7), 1);
  beat.end_watch(1);
  EXPECT_FALSE(busy.is_wanted()) << "somebody watches still";
  beat.end_watch(1);
  EXPECT_TRUE(busy.is_wanted());
}

TEST(Ticker, RingsWhoeverAskedAndNobodyElse) {
  stealing::Attention asks;
  stealing::Attention does_not;
  Ticker ticker(2, 1'000'000);
  ticker.add(0, asks);
  ticker.add(1, does_not);
  asks.ask();
  await([&] { return ticker.is_asleep(); });
  const Nanos begin = now_ns();
  EXPECT_EQ(ticker.next_look(0, 7), 1);
  await([&] { return asks.is_wanted(); });
  EXPECT_GE(now_ns() - begin, 1'000'000) << "woken, it waits for a beat";
  EXPECT_FALSE(does_not.is_wanted());
}

TEST(Ticker, SleepsWhenNobodyAsksAndIsWokenByARequest) {
  stealing::Attention word;
  Ticker ticker(1, 1'000);
  ticker.add(0, word);
  for (std::uint64_t round = 1; round <= 50; ++round) {
    ticker.next_look(0, 7);
    await([&] { return word.is_wanted() && ticker.is_asleep(); });
    EXPECT_EQ(ticker.rings(), round);
  }
}

TEST(Ticker, AfterTheStopWorkersTimeThemselves) {
  stealing::Attention word;
  Ticker ticker(1, 1'000'000'000);
  ticker.add(0, word);
  EXPECT_EQ(ticker.next_look(0, 7), 1);
  EXPECT_FALSE(word.is_wanted());
  ticker.stop();
  EXPECT_TRUE(word.is_wanted()) << "the request is not lost";
  EXPECT_EQ(ticker.next_look(0, 7), 7);
  EXPECT_TRUE(word.is_wanted());
}

TEST(TimerBeat, ASignalComesOnceForEachLook) {
  stealing::Attention word;
  TimerBeat beat(1, 1'000'000);
  beat.add(0, word);
  for (int round = 0; round < 5; ++round) {
    const Nanos begin = now_ns();
    EXPECT_EQ(beat.next_look(0, 7), 1);
    await([&] { return word.is_wanted(); });
    EXPECT_GE(now_ns() - begin, 1'000'000);
  }
  EXPECT_TRUE(has_timers(1));
  // The timer follows the worker to another thread.
  Thread("other", [&] {
    EXPECT_EQ(beat.next_look(0, 7), 1);
    await([&] { return word.is_wanted(); });
    EXPECT_TRUE(has_timers(1));
  }).join();
}

TEST(TimerBeat, AfterTheStopNoWordIsTouched) {
  auto word = std::make_unique<stealing::Attention>();
  TimerBeat beat(1, 100'000);
  beat.add(0, *word);
  EXPECT_EQ(beat.next_look(0, 7), 1);
  beat.stop();
  EXPECT_TRUE(word->is_wanted()) << "the request is not lost";
  EXPECT_EQ(beat.next_look(0, 7), 7);
  word.reset();
  const Deadline expiry = Deadline::after(1'000'000);
  await([&] { return expiry.has_passed(); });  // the armed timer's signal comes meanwhile
}

TEST(TimerBeat, UnblocksItsSignalWhereAThreadHasItBlocked) {
  stealing::Attention word;
  TimerBeat beat(1, 1'000);
  beat.add(0, word);
  Thread("blocked", [&] {
    sigset_t beats;
    sigemptyset(&beats);
    sigaddset(&beats, TimerBeat::signal_number());
    pthread_sigmask(SIG_BLOCK, &beats, nullptr);
    EXPECT_EQ(beat.next_look(0, 7), 1);
    await([&] { return word.is_wanted(); });
  }).join();
}

TEST(Beat, TheSignalIsRefusedWhereNoTimerCanBeMade) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_SIGPENDING, &limit), 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = limit.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_SIGPENDING, &none), 0);
  EXPECT_THROW(Signalled(contract::config_of(2)), Error);
  ASSERT_EQ(setrlimit(RLIMIT_SIGPENDING, &limit), 0);
}

TEST(Beat, UnknownSourcesAreRefused) {
  EXPECT_ANY_THROW(Scheduler(with(contract::config_of(1), "sundial")));
}

}  // namespace
}  // namespace an::schedulers::heartbeat
