#include "core/deque/chase_lev.hpp"

#include "tests/model/checker/model.hpp"

namespace an::model {

namespace {

void steal_twice(int capacity) {
  int items[3] = {};
  int taken[3] = {};
  ChaseLev<int>::Owner deque(capacity);
  Atomic<int> stolen[2] = {-1, -1};
  deque.push(&items[0]);
  Thread thief("thief", [&] {
    for (auto& mine : stolen) {
      const auto got = static_cast<ChaseLev<int>::Thief&>(deque).steal();
      if (got.result == StealResult::kStolen) {
        mine.store(static_cast<int>(got.item - items), kStat);
      }
    }
  });
  deque.push(&items[1]);
  for (int i = 0; i < 2; ++i) {
    if (int* mine = deque.pop()) {
      ++taken[mine - items];
    }
  }
  thief.join();
  for (auto& mine : stolen) {
    if (mine.load(kStat) >= 0) {
      ++taken[mine.load(kStat)];
    }
  }
  while (int* mine = deque.pop()) {
    ++taken[mine - items];
  }
  require(taken[0] == 1 && taken[1] == 1, "every item is taken once");
}

}  // namespace

AN_MODEL(chase_lev_two_steals, {.preemptions = -1}) {
  steal_twice(2);
}
AN_MODEL(chase_lev_two_steals_3, {.preemptions = 3}) {
  steal_twice(2);
}

}  // namespace an::model
