// The work-stealing deques: an owner that pushes in bursts and pops, thieves that take.
#include <algorithm>
#include <array>
#include <span>

#include "core/base/backoff.hpp"
#include "core/deque/chase_lev.hpp"
#include "core/deque/the_deque.hpp"
#include "tests/stress/round.hpp"

namespace an::stress {
namespace {

struct Item {
  std::size_t number;
  std::uint64_t check;  // plain: whoever takes the item must see it
};

template <class Deque>
class Game {
 public:
  static constexpr std::size_t kItems = 400;

  explicit Game(Round& round) : round_(round), once_(round, kItems), items_(kItems) {}

  void play(typename Deque::Owner& deque) {
    const std::uint32_t thieves = 1 + round_.rng.below(3);
    round_.run_threads(thieves + 1, [&](std::uint32_t thread, Rng& rng) {
      if (thread == 0) {
        own(deque, rng);
        return;
      }
      while (!once_.are_all_taken()) {
        if (!rob(deque, rng)) {
          cpu_yield();
        }
      }
    });
    round_.demand(deque.is_empty(), "an emptied deque is empty");
  }

 private:
  void own(typename Deque::Owner& deque, Rng& rng) {
    for (std::size_t made = 0; made < kItems;) {
      // Mostly one or two items, where owner and thieves meet.
      for (std::uint32_t burst = 1 + rng.below(rng.below(8) == 0 ? 40 : 3);
           burst > 0 && made < kItems; --burst, ++made) {
        items_[made] = {made, mix64(made + round_.seed())};
        deque.push(&items_[made]);
      }
      for (std::uint32_t pops = rng.below(4); pops > 0; --pops) {
        take(deque.pop());
      }
    }
    while (!once_.are_all_taken()) {
      take(deque.pop());
      cpu_yield();
    }
  }

  bool rob(typename Deque::Thief& deque, Rng& rng) {
    if constexpr (requires(std::span<Item*> out) { deque.steal_half(out); }) {
      std::array<Item*, 16> loot{};
      const std::size_t count = deque.steal_half(std::span(loot).first(1 + rng.below(16)));
      std::for_each_n(loot.begin(), count, [this](Item* item) { take(item); });
      return count > 0;
    } else {
      static_cast<void>(rng);
      Item* const item = deque.steal().item;
      take(item);
      return item != nullptr;
    }
  }

  void take(const Item* item) {
    if (item != nullptr) {
      once_.take(item->number);
      round_.demand(item->check == mix64(item->number + round_.seed()), "an item arrives whole");
    }
  }

  Round& round_;
  Once once_;
  std::vector<Item> items_;
};

void chase_lev(Round& round) {
  ChaseLev<Item>::Owner deque(2);
  Game<ChaseLev<Item>>(round).play(deque);
}
void the_deque(Round& round) {
  TheDeque<Item>::Owner deque(2, 1);
  Game<TheDeque<Item>>(round).play(deque);
}
// The owner pays for its own barrier.
void the_deque_symmetric(Round& round) {
  TheDeque<Item>::Owner deque(2, TheDeque<Item>::Owner::kAsymmetricThievesMax + 1);
  Game<TheDeque<Item>>(round).play(deque);
}

const Announce kChaseLev("chase_lev", chase_lev);
const Announce kTheDeque("the_deque", the_deque);
const Announce kTheDequeSymmetric("the_deque_symmetric", the_deque_symmetric);

}  // namespace
}  // namespace an::stress
