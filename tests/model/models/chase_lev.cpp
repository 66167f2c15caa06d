// ChaseLev. One steal is not enough to see a missing barrier: two thieves, or a thief that steals twice.
#include "core/deque/chase_lev.hpp"

#include "tests/model/models/deque_play.hpp"

namespace an::model {

namespace {

using Play = DequePlay<ChaseLev>;

void steal_times(Play& play, int thief, int times) {
  for (int i = 0; i < times; ++i) {
    play.steal(thief);
  }
}

// One thief steals twice while the owner pushes and pops.
void steal_twice(int capacity) {
  Play play(capacity);
  play.push();
  play.begin();
  Thread thief("thief", [&] { steal_times(play, 1, 2); });
  play.push();
  play.pop();
  play.pop();
  thief.join();
  play.finish();
}

// Two thieves, each once, and the owner, for the last item or two.
void two_thieves(int pushes_before, int pops) {
  Play play(2);
  for (int i = 0; i < pushes_before; ++i) {
    play.push();
  }
  play.begin();
  Thread first("first", [&] { play.steal(1); });
  Thread second("second", [&] { play.steal(2); });
  for (int i = 0; i < pops; ++i) {
    play.pop();
  }
  first.join();
  second.join();
  play.finish();
}

}  // namespace

AN_MODEL(chase_lev_two_steals, {.preemptions = -1}) {
  steal_twice(2);
}
AN_MODEL(chase_lev_two_steals_3, {.preemptions = 3}) {
  steal_twice(2);
}
AN_MODEL(chase_lev_two_thieves_one_item, {.preemptions = -1}) {
  two_thieves(1, 1);
}
AN_MODEL(chase_lev_two_thieves_two_items, {.preemptions = -1}) {
  two_thieves(2, 2);
}

// The ring grows from one slot to four under a thief that may hold any of the three.
AN_MODEL(chase_lev_growth_under_theft, {.preemptions = -1}) {
  Play play(1);
  play.push();
  play.begin();
  Thread thief("thief", [&] { steal_times(play, 1, 2); });
  play.push();
  play.push();
  play.pop();
  thief.join();
  play.finish();
}

AN_MODEL(chase_lev_growth_under_two_thieves, {.preemptions = -1}) {
  Play play(1);
  play.push();
  play.begin();
  Thread first("first", [&] { steal_times(play, 1, 2); });
  Thread second("second", [&] { play.steal(2); });
  play.push();
  play.push();
  first.join();
  second.join();
  play.finish();
}

// A thief alone takes the oldest item, and never in vain, however often the owner grows.
AN_MODEL(chase_lev_a_lone_thief_never_loses, {.preemptions = -1}) {
  Play play(1);
  play.push();
  play.push();
  play.begin();
  Thread thief("thief", [&] {
    require(play.steal(1) == StealResult::kStolen, "one was there");
    require(play.steal(1) == StealResult::kStolen, "two were there");
  });
  play.push();
  play.push();
  thief.join();
  play.finish();
}

// The owner uses a slot again as soon as a thief has claimed what was in it.
AN_MODEL(chase_lev_wrap_around, {.preemptions = -1}) {
  Play play(2);
  play.push();
  play.pop();
  play.push();
  play.push();
  play.begin();
  Thread thief("thief", [&] { steal_times(play, 1, 2); });
  play.push();
  play.push();
  play.pop();
  thief.join();
  play.finish();
}

// One slot: what is stolen makes room for the next, or the ring grows.
AN_MODEL(chase_lev_one_slot, {.preemptions = -1}) {
  Play play(1);
  play.begin();
  Thread thief("thief", [&] { steal_times(play, 1, 3); });
  play.push();
  play.push();
  play.pop();
  play.push();
  thief.join();
  play.finish();
}

// Forks and joins: whether the branch is still there.
AN_MODEL(chase_lev_take_back, {.preemptions = -1}) {
  Play play(2);
  play.begin();
  Thread first("first", [&] { play.steal(1); });
  Thread second("second", [&] { play.steal(2); });
  play.push();
  play.take_back();
  play.push();
  play.take_back();
  first.join();
  second.join();
  play.finish();
}

// Taking back from an empty deque finds nothing, and leaves it as it was.
AN_MODEL(chase_lev_take_back_of_nothing, {.preemptions = -1}) {
  Play play(2);
  require(!play.take_back_of_nothing(), "there is nothing");
  play.begin();
  Thread thief("thief", [&] { steal_times(play, 1, 2); });
  play.push();
  play.take_back();
  play.take_back_of_nothing();
  thief.join();
  play.finish();
}

// Who is about to sleep has told so, and then looks. With the barriers of the event count either it sees
// the item or the owner sees that it sleeps.
AN_MODEL(chase_lev_nothing_is_hidden_from_a_sleeper, {.preemptions = -1}) {
  Play play(1);
  Atomic<bool> is_searching = true;
  play.push();
  play.begin();
  bool would_sleep = false;
  Thread thief("thief", [&] {
    play.steal(1);
    is_searching.store(false, kStat);
    heavy_barrier();
    would_sleep = play.as_thief().is_empty();
  });
  play.push();
  light_barrier();
  const bool would_wake = !is_searching.load(kStat);
  thief.join();
  require(!would_sleep || would_wake || play.as_thief().is_empty(), "nobody sleeps beside an item");
  play.finish();
}

// A size that is not zero is a promise to who steals alone.
AN_MODEL(chase_lev_what_has_a_size_can_be_stolen, {.preemptions = -1}) {
  Play play(1);
  play.begin();
  Thread thief("thief", [&] {
    const std::int64_t size = play.as_thief().size();
    for (std::int64_t i = 0; i < size; ++i) {
      require(play.steal(1) == StealResult::kStolen, "it was counted");
    }
  });
  play.push();
  play.push();
  thief.join();
  play.finish();
}

}  // namespace an::model
