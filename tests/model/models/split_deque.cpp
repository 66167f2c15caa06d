// SplitDeque. A thief that finds nothing shared has learnt nothing of what is private: the play does not
// ask why.
#include "core/deque/split_deque.hpp"

#include "tests/model/models/deque_play.hpp"

namespace an::model {

namespace {

using Play = DequePlay<SplitDeque>;

void share_all(Play& play) {
  while (play.owner().private_size() > 0) {
    play.owner().share();
  }
}

void push_shared(Play& play, int items) {
  for (int i = 0; i < items; ++i) {
    play.push();
  }
  share_all(play);
}

// Two thieves and the owner, for the last items.
void two_thieves(int items, int pops) {
  Play play(4);
  push_shared(play, items);
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

AN_MODEL(split_deque_two_steals, {.preemptions = -1}) {
  Play play(4);
  push_shared(play, 1);
  play.begin();
  Thread thief("thief", [&] {
    play.steal(1);
    play.steal(1);
  });
  play.push();
  play.owner().share();
  play.pop();
  play.pop();
  thief.join();
  play.finish();
}

AN_MODEL(split_deque_two_thieves_one_item, {.preemptions = -1}) {
  two_thieves(1, 1);
}
AN_MODEL(split_deque_two_thieves_two_items, {.preemptions = -1}) {
  two_thieves(2, 1);
}
AN_MODEL(split_deque_two_thieves_three_items, {.preemptions = 3, .preemptions_deep = -1}) {
  two_thieves(3, 2);
}

// The owner takes back half of what is shared while a thief claims from the other end.
AN_MODEL(split_deque_taken_back_under_theft, {.preemptions = -1}) {
  Play play(4);
  push_shared(play, 4);
  play.begin();
  Thread thief("thief", [&] {
    play.steal(1);
    play.steal(1);
  });
  play.pop();
  play.pop();
  play.pop();
  thief.join();
  play.finish();
}

// What was taken back and pushed anew is another item in the same slot.
AN_MODEL(split_deque_another_item_in_the_slot, {.preemptions = -1}) {
  Play play(2);
  push_shared(play, 1);
  play.begin();
  Thread thief("thief", [&] { play.steal(1); });
  play.take_back();
  play.push();
  play.owner().share();
  play.take_back();
  thief.join();
  play.finish();
}

AN_MODEL(split_deque_take_back, {.preemptions = -1}) {
  Play play(2);
  play.begin();
  Thread thief("thief", [&] {
    play.steal(1);
    play.steal(1);
  });
  play.push();
  play.owner().share();
  play.take_back();
  play.push();
  play.owner().share();
  play.take_back();
  thief.join();
  play.finish();
}

// The ring grows from one slot to four under a thief that may hold a claim.
AN_MODEL(split_deque_growth_under_theft, {.preemptions = -1}) {
  Play play(1);
  push_shared(play, 1);
  play.begin();
  Thread thief("thief", [&] {
    play.steal(1);
    play.steal(1);
  });
  play.push();
  play.push();
  share_all(play);
  play.pop();
  thief.join();
  play.finish();
}

// A slot that a thief has claimed is used again once it was read.
AN_MODEL(split_deque_wrap_around, {.preemptions = -1}) {
  Play play(2);
  push_shared(play, 2);
  play.begin();
  Thread thief("thief", [&] {
    play.steal(1);
    play.steal(1);
  });
  push_shared(play, 2);
  play.pop();
  thief.join();
  play.finish();
}

AN_MODEL(split_deque_wrap_around_two_thieves, {.preemptions = 2, .preemptions_deep = 3}) {
  Play play(2);
  push_shared(play, 2);
  play.begin();
  Thread first("first", [&] { play.steal(1); });
  Thread second("second", [&] { play.steal(2); });
  push_shared(play, 1);
  first.join();
  second.join();
  play.finish();
}

// A thief that nobody competes with takes what was shared before it began, and never in vain.
AN_MODEL(split_deque_a_lone_thief_takes_the_oldest, {.preemptions = -1}) {
  Play play(4);
  push_shared(play, 2);
  play.begin();
  StealResult result = StealResult::kEmpty;
  Thread thief("thief", [&] { result = play.steal(1); });
  play.push();
  thief.join();
  require(result == StealResult::kStolen, "two were there");
  play.finish();
}

// Who is about to sleep has told so, and then looks, as chase_lev.cpp has it; the owner shares.
AN_MODEL(split_deque_nothing_is_hidden_from_a_sleeper, {.preemptions = -1}) {
  Play play(4);
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
  share_all(play);
  light_barrier();
  const bool would_wake = !is_searching.load(kStat);
  thief.join();
  require(!would_sleep || would_wake || play.as_thief().is_empty(), "nobody sleeps beside an item");
  play.finish();
}

}  // namespace an::model
