// The queues: every item once, whole, and each producer's in its order.
#include <array>

#include "core/base/backoff.hpp"
#include "core/sync/mpmc_queue.hpp"
#include "core/sync/mpsc_queue.hpp"
#include "tests/stress/round.hpp"

namespace an::stress {
namespace {

constexpr std::size_t kItems = 150;  // of each producer
constexpr std::uint32_t kProducersMax = 3;

struct Item : MpscLink {
  std::uint32_t producer = 0;
  std::size_t number = 0;
  std::uint64_t check = 0;
};

// One consumer's view.
class Order {
 public:
  Order(const Round& round, Once& once) : round_(round), once_(once) {}

  void take(const Item& item) {
    round_.demand(item.check == mix64(item.producer * kItems + item.number), "an item is whole");
    once_.take(item.producer * kItems + item.number);
    std::size_t& next = next_[item.producer];
    round_.demand(item.number >= next, "a producer's items leave in its order");
    next = item.number + 1;
  }

 private:
  const Round& round_;
  Once& once_;
  std::array<std::size_t, kProducersMax> next_{};
};

std::vector<Item> make_items(std::uint32_t producers) {
  std::vector<Item> items(producers * kItems);
  for (std::size_t i = 0; i < items.size(); ++i) {
    items[i].producer = static_cast<std::uint32_t>(i / kItems);
    items[i].number = i % kItems;
    items[i].check = mix64(i);
  }
  return items;
}

void mpsc_queue(Round& round) {
  const std::uint32_t producers = 1 + round.rng.below(kProducersMax);
  std::vector<Item> items = make_items(producers);
  Once once(round, items.size());
  MpscQueue<Item> queue;
  round.run_threads(producers + 1, [&](std::uint32_t thread, Rng& rng) {
    if (thread < producers) {
      for (std::size_t i = 0; i < kItems; ++i) {
        queue.push(&items[thread * kItems + i]);
        if (rng.below(4) == 0) {
          cpu_yield();  // let it run empty
        }
      }
      return;
    }
    Order order(round, once);
    while (!once.are_all_taken()) {
      if (const Item* item = queue.pop()) {
        order.take(*item);
      } else {
        cpu_yield();
      }
    }
  });
  round.demand(queue.is_empty() && queue.pop() == nullptr, "an emptied queue is empty");
}

void mpmc_queue(Round& round) {
  const std::uint32_t producers = 1 + round.rng.below(kProducersMax);
  const std::uint32_t consumers = 1 + round.rng.below(3);
  std::vector<Item> items = make_items(producers);
  Once once(round, items.size());
  MpmcQueue<Item*> queue(std::size_t{2} << round.rng.below(3));
  round.run_threads(producers + consumers, [&](std::uint32_t thread, Rng&) {
    if (thread < producers) {
      for (std::size_t i = 0; i < kItems; ++i) {
        while (!queue.try_push(&items[thread * kItems + i])) {
          cpu_yield();
        }
      }
      return;
    }
    Order order(round, once);
    while (!once.are_all_taken()) {
      if (Item* item = nullptr; queue.try_pop(item)) {
        order.take(*item);
      } else {
        cpu_yield();
      }
    }
  });
  round.demand(queue.is_empty(), "an emptied queue is empty");
}

const Announce kMpsc("mpsc_queue", mpsc_queue);
const Announce kMpmc("mpmc_queue", mpmc_queue);

}  // namespace
}  // namespace an::stress
