// TheDeque, with the thief's heavy barrier and with the owner's own. The thieves of a model are two at
// most, so the second kind is asked for by number.
#include "core/deque/the_deque.hpp"

#include "tests/model/models/deque_play.hpp"

namespace an::model {

namespace {

using Play = DequePlay<TheDeque>;

constexpr std::uint32_t kAsymmetric = 1;
constexpr std::uint32_t kSymmetric = TheDeque<PlayItem>::Owner::kAsymmetricThievesMax + 1;

// One thief steals twice while the owner pushes and pops.
void steal_twice(std::uint32_t thieves) {
  Play play(4, thieves);
  play.push();
  play.begin();
  Thread thief("thief", [&] {
    play.steal(1);
    play.steal(1);
  });
  play.push();
  play.pop();
  play.pop();
  thief.join();
  play.finish();
}

// Two thieves and the owner, for the last item or two.
void two_thieves(std::uint32_t thieves, int items, int pops) {
  Play play(2, thieves);
  for (int i = 0; i < items; ++i) {
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

// Half of four items are claimed while the owner pops them all: the thief gives back.
void pops_against_a_claim(std::uint32_t thieves, int pops) {
  Play play(4, thieves);
  play.push_all(4);
  play.begin();
  Thread thief("thief", [&] { play.steal_half(1, 4); });
  for (int i = 0; i < pops; ++i) {
    play.pop();
  }
  thief.join();
  play.finish();
}

// Two of three items are claimed, and one is given back; the owner, which may still see the top that was
// too high, must find what it pushes then.
void push_after_a_claim(std::uint32_t thieves) {
  Play play(4, thieves);
  play.push_all(3);
  play.begin();
  Thread thief("thief", [&] { play.steal_half(1, 4); });
  play.pop();
  play.pop();
  play.push();
  play.pop();
  thief.join();
  play.finish();
}

// A deque of this many slots grows, or wraps around, while a thief takes what is oldest.
void room_under_theft(std::uint32_t thieves, int capacity) {
  Play play(capacity, thieves);
  play.push();
  play.begin();
  Thread thief("thief", [&] {
    play.steal_half(1, 2);
    play.steal_half(1, 2);
  });
  play.push();
  play.push_all(2);
  play.pop();
  thief.join();
  play.finish();
}

// Who is about to sleep has told so, and then looks, as chase_lev.cpp has it; the owner pops as well.
void nothing_is_hidden(std::uint32_t thieves) {
  Play play(4, thieves);
  Atomic<bool> is_searching = true;
  play.push();
  play.begin();
  bool would_sleep = false;
  Thread thief("thief", [&] {
    play.steal_half(1, 2);
    is_searching.store(false, kStat);
    heavy_barrier();
    would_sleep = play.as_thief().is_empty();
  });
  play.push_all(2);
  light_barrier();
  const bool would_wake = !is_searching.load(kStat);
  play.pop();
  thief.join();
  require(!would_sleep || would_wake || play.as_thief().is_empty(), "nobody sleeps beside an item");
  play.finish();
}

}  // namespace

AN_MODEL(the_deque_two_steals, {.preemptions = 3, .preemptions_deep = -1}) {
  steal_twice(kAsymmetric);
}
AN_MODEL(the_deque_two_steals_symmetric, {.preemptions = 2, .preemptions_deep = -1}) {
  steal_twice(kSymmetric);
}
AN_MODEL(the_deque_two_thieves_one_item, {.preemptions = 2, .preemptions_deep = 3}) {
  two_thieves(kAsymmetric, 1, 1);
}
AN_MODEL(the_deque_two_thieves_one_item_symmetric, {.preemptions = 2, .preemptions_deep = 3}) {
  two_thieves(kSymmetric, 1, 1);
}
AN_MODEL(the_deque_two_thieves_two_items, {.preemptions = 2, .preemptions_deep = 3}) {
  two_thieves(kAsymmetric, 2, 1);
}
AN_MODEL(the_deque_two_thieves_two_items_symmetric, {.preemptions = 2, .preemptions_deep = 3}) {
  two_thieves(kSymmetric, 2, 1);
}
AN_MODEL(the_deque_pops_against_a_claim, {.preemptions = 3, .preemptions_deep = -1}) {
  pops_against_a_claim(kAsymmetric, 4);
}
AN_MODEL(the_deque_pops_against_a_claim_symmetric, {.preemptions = -1}) {
  pops_against_a_claim(kSymmetric, 4);
}
AN_MODEL(the_deque_push_after_a_claim, {.preemptions = -1}) {
  push_after_a_claim(kAsymmetric);
}
AN_MODEL(the_deque_push_after_a_claim_symmetric, {.preemptions = -1}) {
  push_after_a_claim(kSymmetric);
}
AN_MODEL(the_deque_growth_under_theft, {.preemptions = -1}) {
  room_under_theft(kAsymmetric, 1);
}
AN_MODEL(the_deque_wrap_around, {.preemptions = -1}) {
  room_under_theft(kSymmetric, 4);
}
AN_MODEL(the_deque_nothing_is_hidden_from_a_sleeper, {.preemptions = -1}) {
  nothing_is_hidden(kAsymmetric);
}
AN_MODEL(the_deque_nothing_is_hidden_symmetric, {.preemptions = -1}) {
  nothing_is_hidden(kSymmetric);
}

// A thief that nobody competes with finds what was there before it, however often the ring is replaced
// under the lock; and waits for nobody.
AN_MODEL(the_deque_a_lone_thief_takes_the_oldest, {.preemptions = -1}) {
  Play play(2, kAsymmetric);
  play.push();
  play.begin();
  Thread thief("thief", [&] { play.steal_half(1, 1); });
  play.push_all(3);
  play.push();
  thief.join();
  play.finish();
}

// Slots that were stolen are used again, round and round.
AN_MODEL(the_deque_slots_are_used_again, {.preemptions = -1}) {
  Play play(4, kAsymmetric);
  play.push_all(2);
  play.begin();
  Thread thief("thief", [&] {
    play.steal_half(1, 2);
    play.steal_half(1, 2);
  });
  play.push_all(2);
  play.push();
  play.push();
  thief.join();
  play.finish();
}

AN_MODEL(the_deque_take_back, {.preemptions = 3, .preemptions_deep = -1}) {
  Play play(2, kAsymmetric);
  play.begin();
  Thread thief("thief", [&] {
    play.steal(1);
    play.steal(1);
  });
  play.push();
  play.take_back();
  play.push();
  play.take_back();
  thief.join();
  play.finish();
}

}  // namespace an::model
