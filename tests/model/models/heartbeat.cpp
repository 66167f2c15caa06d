// The whole heartbeat scheduler with a beat that is over at every look at the clock: whatever may be
// promoted is, whenever another worker is idle. None is exhaustive: few preemptions up to a number of
// executions, then at random.
#include "schedulers/heartbeat.hpp"

#include "schedulers/heartbeat/idle_beat.hpp"
#include "schedulers/heartbeat/ticker.hpp"
#include "tests/model/models/crew.hpp"

namespace an::model {

namespace {

using Heartbeat = schedulers::heartbeat::Scheduler;
using W = Heartbeat::Worker;

SchedulerConfig beating(std::uint32_t workers) {
  return crew_of(workers, {{"beat_us", "1"}});
}

// With nobody to beat but the worker itself.
SchedulerConfig self_timed(std::uint32_t workers) {
  return crew_of(workers, {{"beat_us", "1"}, {"beat", "self"}});
}

// With a thread that beats.
SchedulerConfig ticking(std::uint32_t workers) {
  return crew_of(workers, {{"beat_us", "1"}, {"beat", "ticker"}});
}

constexpr Bounds kBounds{
    .preemptions = 1, .preemptions_deep = 2, .executions = 300, .random = 3'000};

std::uint64_t counter(const Heartbeat& scheduler, std::string_view name) {
  for (const Counter& one : scheduler.counters()) {
    if (one.name == name) {
      return one.value;
    }
  }
  require(false, "the scheduler has this counter");
  return 0;
}

void require_paid(const Heartbeat& scheduler) {
  require(counter(scheduler, "promotions") <= counter(scheduler, "tokens"),
          "every promotion was paid with a token");
}

// Records of three depths are latent while the innermost polls: the oldest is promoted first, and
// joined last, with the thief still running it or not.
void oldest_first(const SchedulerConfig& config) {
  Runs<6> runs;
  Heartbeat scheduler(config);
  const int sum = scheduler.run([&](W worker) {
    const auto outer = worker.join(
        [&](W a) {
          const auto middle = a.join(
              [&](W b) {
                const auto inner = b.join(
                    [&](W c) {
                      fork_twice(c);
                      return runs.run(1);
                    },
                    [&](W) { return runs.run(2); });
                return inner.first + inner.second;
              },
              [&](W) { return runs.run(3); });
          return middle.first + middle.second;
        },
        [&](W d) {
          const auto right = d.join([&](W) { return runs.run(4); }, [&](W) { return runs.run(5); });
          return right.first + right.second;
        });
    return outer.first + outer.second + runs.run(0);
  });
  require(sum == 15, "the joins return what their branches did");
  runs.require_once();
  require_paid(scheduler);
}

// A join below promoted records: promotion goes on from inside a branch that was reclaimed, and from
// inside one that is stolen.
void joins_in_sequence(const SchedulerConfig& config) {
  Runs<4> runs;
  Heartbeat scheduler(config);
  scheduler.run([&](W worker) {
    worker.join([&](W a) { a.join([&](W) { runs.run(0); }, [&](W) { runs.run(1); }); },
                [&](W b) { b.join([&](W) { runs.run(2); }, [&](W) { runs.run(3); }); });
    fork_twice(worker);
  });
  runs.require_once();
  require_paid(scheduler);
}

// The first branch ends only once the second has been promoted and stolen, and the thief may still run
// it when the join looks.
void stolen_and_running(const SchedulerConfig& config, bool first_throws, bool second_throws) {
  Runs<2> runs;
  int caught = 0;
  Heartbeat scheduler(config);
  scheduler.run([&](W worker) {
    int touched = 0;  // in a frame that the join leaves
    try {
      worker.join(
          [&](W first) {
            runs.run(0);
            for (int i = 0; i < 3; ++i) {  // each fork polls
              fork_twice(first);
            }
            if (first_throws) {
              throw 1;
            }
          },
          [&](W) {
            ++touched;
            if (second_throws) {
              throw 2;
            }
            ++touched;
          });
    } catch (int thrown) {
      caught = thrown;
    }
    runs.run(1);
    require(touched <= 2 && (first_throws || touched > 0), "the second branch ran at most once");
    touched = 0;
  });
  require(caught == (first_throws ? 1 : second_throws ? 2 : 0), "what was thrown arrives");
  runs.require_once();
  require_paid(scheduler);
}

// Not a model of the scheduler but of this file: promoted branches are stolen here, and come back
// unstolen.
void is_reached(bool stolen) {
  Heartbeat scheduler(beating(2));
  scheduler.run([](W worker) {
    worker.join([](W first) { fork_twice(first); }, [](W) {});
    fork_twice(worker);
  });
  const std::uint64_t steals = counter(scheduler, "steals");
  require(stolen ? steals == 0 : counter(scheduler, "promotions") <= steals, "so it is");
}

// A root inside a branch: the outer records cannot be promoted meanwhile, the inner ones can.
void nested_run(const SchedulerConfig& config) {
  Runs<4> runs;
  Heartbeat scheduler(config);
  scheduler.run([&](W worker) {
    worker.join(
        [&](W) {
          scheduler.run([&](W inner) {
            inner.join(
                [&](W w) {
                  runs.run(0);
                  fork_twice(w);
                },
                [&](W) { runs.run(1); });
          });
          runs.run(2);
        },
        [&](W) { runs.run(3); });
  });
  runs.require_once();
  require_paid(scheduler);
}

// A loop whose iterations fork: split while it runs, by whoever polls; parts come back, or run elsewhere. The
// record after it is used again.
void loop(const SchedulerConfig& config) {
  Runs<4> runs;
  Heartbeat scheduler(config);
  scheduler.run([&](W worker) {
    for_range(worker, 0, 4, 1, [&](W w, std::int64_t i) {
      fork_twice(w);
      runs.run(static_cast<std::size_t>(i));
    });
    fork_twice(worker);
  });
  runs.require_once();
  require_paid(scheduler);
}

// One loop in another, and branches of which a loop is the first: what is outermost goes first.
void loop_in_loop(const SchedulerConfig& config) {
  Runs<5> runs;
  Heartbeat scheduler(config);
  scheduler.run([&](W worker) {
    worker.join(
        [&](W first) {
          for_range(first, 0, 2, 1, [&](W outer, std::int64_t i) {
            for_range(outer, 0, 2, 1, [&](W inner, std::int64_t j) {
              inner.join([](W) {}, [&](W) { runs.run(static_cast<std::size_t>(2 * i + j)); });
            });
          });
        },
        [&](W) { runs.run(4); });
  });
  runs.require_once();
  require_paid(scheduler);
}

// Iteration `bad` throws: nobody is in the loop when that arrives.
void throwing_loop(const SchedulerConfig& config, std::int64_t bad) {
  Heartbeat scheduler(config);
  scheduler.run([&](W worker) {
    int caught = 0;
    {
      std::array<int, 3> touched{};  // a frame that the loop leaves
      try {
        for_range(worker, 0, 3, 1, [&](W w, std::int64_t i) {
          fork_twice(w);
          ++touched[static_cast<std::size_t>(i)];
          if (i == bad) {
            throw 7;
          }
        });
      } catch (int thrown) {
        caught = thrown;
      }
      require(touched[static_cast<std::size_t>(bad)] == 1, "the one that throws has run");
    }
    require(caught == 7, "what was thrown arrives");
    fork_twice(worker);
  });
  require_paid(scheduler);
}

using schedulers::heartbeat::IdleBeat;
using schedulers::heartbeat::Ticker;
using schedulers::stealing::Attention;

// The ticker alone: every request is answered, whether it sleeps, beats or is about to do either.
void ticker_rings() {
  Attention word;
  Ticker ticker(1, 1'000);
  ticker.add(0, word);
  for (int round = 0; round < 3; ++round) {
    ticker.next_look(0, 1);
    while (!word.is_wanted()) {
      cpu_yield();
    }
  }
}

// The last idle worker stops watching while the other looks: somebody sets the word.
void watchers_end(int watchers) {
  Attention busy;
  Attention idle;
  IdleBeat beat(2, 400);
  beat.add(0, busy);
  beat.add(1, idle);
  for (int i = 0; i < watchers; ++i) {
    beat.begin_watch();
  }
  Thread worker("worker", [&] { beat.next_look(0, 1); });
  for (int i = 0; i < watchers; ++i) {
    beat.end_watch(1);
  }
  worker.join();
  require(busy.is_wanted(), "the word is set");
}

// A request while it stops: answered, too.
void ticker_stop() {
  Attention word;
  Ticker ticker(1, 1'000);
  ticker.add(0, word);
  Thread worker("worker", [&] { ticker.next_look(0, 1); });
  ticker.stop();
  worker.join();
  require(word.is_wanted(), "the word is set");
}

}  // namespace

AN_MODEL(heartbeat_start_and_stop, (kBounds)) {
  start_and_stop<Heartbeat>(beating(2));
}
AN_MODEL(heartbeat_one_join, (kBounds)) {
  one_join<Heartbeat>(beating(2));
}
AN_MODEL(heartbeat_nested_joins, (kBounds)) {
  nested_joins<Heartbeat>(beating(2));
}
AN_MODEL(heartbeat_oldest_first, (kBounds)) {
  oldest_first(beating(2));
}
AN_MODEL(heartbeat_oldest_first_3, (kBounds)) {
  oldest_first(beating(3));
}
AN_MODEL(heartbeat_joins_in_sequence, (kBounds)) {
  joins_in_sequence(beating(2));
}
AN_MODEL(heartbeat_stolen_and_running, (kBounds)) {
  stolen_and_running(beating(2), false, false);
}
AN_MODEL(heartbeat_first_branch_throws, (kBounds)) {
  stolen_and_running(beating(2), true, false);
}
AN_MODEL(heartbeat_second_branch_throws, (kBounds)) {
  stolen_and_running(beating(2), false, true);
}
AN_MODEL(heartbeat_both_branches_throw, (kBounds)) {
  stolen_and_running(beating(2), true, true);
}
AN_MODEL(heartbeat_sharing_must_come, (kBounds)) {
  sharing_must_come<Heartbeat>(beating(2));
}
AN_MODEL(heartbeat_helping_above_shared, (kBounds)) {
  helping_above_shared<Heartbeat>(beating(2));
}
AN_MODEL(heartbeat_several_tokens, (kBounds)) {
  oldest_first(crew_of(3, {{"beat_us", "1"}, {"tokens", "3"}}));
}
AN_MODEL(heartbeat_nested_run, (kBounds)) {
  nested_run(beating(2));
}
AN_MODEL(heartbeat_loop, (kBounds)) {
  loop(beating(2));
}
AN_MODEL(heartbeat_loop_3, (kBounds)) {
  loop(beating(3));
}
AN_MODEL(heartbeat_loop_in_loop, (kBounds)) {
  loop_in_loop(beating(2));
}
AN_MODEL(heartbeat_loop_throws_first, (kBounds)) {
  throwing_loop(beating(2), 0);
}
AN_MODEL(heartbeat_loop_throws_last, (kBounds)) {
  throwing_loop(beating(2), 2);
}
AN_MODEL(heartbeat_self_sharing_must_come, (kBounds)) {
  sharing_must_come<Heartbeat>(self_timed(2));
}
AN_MODEL(heartbeat_self_joins_in_sequence, (kBounds)) {
  joins_in_sequence(self_timed(2));
}
AN_MODEL(heartbeat_theft_is_reached,
         {.preemptions = 1, .executions = 500, .random = 2'000, .finds = "so it is"}) {
  is_reached(true);
}
AN_MODEL(heartbeat_reclaim_is_reached,
         {.preemptions = 1, .executions = 500, .random = 2'000, .finds = "so it is"}) {
  is_reached(false);
}
AN_MODEL(heartbeat_tasks_of_a_group, (kBounds)) {
  tasks_of_a_group<Heartbeat>(beating(2));
}
AN_MODEL(heartbeat_ticker_start_and_stop, (kBounds)) {
  start_and_stop<Heartbeat>(ticking(2));
}
AN_MODEL(heartbeat_ticker_joins_in_sequence, (kBounds)) {
  joins_in_sequence(ticking(2));
}
AN_MODEL(heartbeat_ticker_nested_run, (kBounds)) {
  nested_run(ticking(2));
}
AN_MODEL(heartbeat_watcher_ends, (kBounds)) {
  watchers_end(1);
}
AN_MODEL(heartbeat_watchers_end, (kBounds)) {
  watchers_end(2);
}
AN_MODEL(heartbeat_ticker_rings, (kBounds)) {
  ticker_rings();
}
AN_MODEL(heartbeat_ticker_stop, (kBounds)) {
  ticker_stop();
}

}  // namespace an::model
