// core/deque/chase_lev.hpp under Relacy: an owner that follows a little program and thieves that
// steal, on rings so small that they wrap around and grow.
//
// Required: every item is taken exactly once, or is left for the owner at the end; whoever takes one
// may do with it what he likes (a data race otherwise); what one thief takes, it takes in the order
// of the pushes; after a deque was seen not to be empty, nobody else taking, a steal succeeds.
#include <array>
#include <cstddef>
#include <string_view>

#include "core/deque/chase_lev.hpp"
#include "tests/model/relacy/run.hpp"

namespace an::relacy {
namespace {

struct Item {
  Plain<int> content{-1};
  int number = 0;
  int times_taken = 0;
};

// Program: `+` pushes the next item, `-` pops.
template <class Program>
struct Deque : rl::test_suite<Deque<Program>, 1 + Program::kThieves> {
  static constexpr std::size_t kItems = 4;

  void thread(unsigned self) {
    if (self == 0) {
      for (const char step : Program::kSteps) {
        step == '+' ? push() : take(owner.pop());
      }
    } else {
      int last = -1;
      for (int i = 0; i < Program::kSteals; ++i) {
        const bool must_succeed = Program::kOnlyIfSeen && !thieves().is_empty();
        const Steal<Item> steal = thieves().steal();
        AN_MODEL_REQUIRE(!must_succeed || steal.result == StealResult::kStolen);
        if (steal.result == StealResult::kStolen) {
          AN_MODEL_REQUIRE(steal.item != nullptr && steal.item->number > last);
          last = steal.item->number;
          take(steal.item);
        }
      }
    }
  }

  void after() {
    for (Item* item = owner.pop(); item != nullptr; item = owner.pop()) {
      take(item);
    }
    for (std::size_t i = 0; i < pushed; ++i) {
      AN_MODEL_REQUIRE(items[i].times_taken == 1);
    }
  }

  ChaseLev<Item>::Thief& thieves() { return owner; }

  void push() {
    Item& item = items[pushed];
    item.number = static_cast<int>(pushed++);
    item.content.write(item.number);
    owner.push(&item);
  }

  void take(Item* item) {
    if (item != nullptr) {
      AN_MODEL_REQUIRE(item->content.read() == item->number);
      item->content.write(-1);
      AN_MODEL_REQUIRE(++item->times_taken == 1);
    }
  }

  Memory memory;
  ChaseLev<Item>::Owner owner{Program::kCapacity};
  std::array<Item, kItems> items;
  std::size_t pushed = 0;
};

struct TwoSteals {
  static constexpr std::string_view kSteps = "++--";
  static constexpr int kCapacity = 2, kThieves = 1, kSteals = 2;
  static constexpr bool kOnlyIfSeen = false;
};

struct TwoThieves : TwoSteals {
  static constexpr int kThieves = 2, kSteals = 1;
};

// The first pop finds nothing; the one between the pushes leaves the ring in its middle when it grows.
struct GrowthUnderTheft {
  static constexpr std::string_view kSteps = "-+-+++-";
  static constexpr int kCapacity = 1, kThieves = 2, kSteals = 2;
  static constexpr bool kOnlyIfSeen = false;
};

// Slots are used again when thieves made room.
struct WrapAround {
  static constexpr std::string_view kSteps = "++++--";
  static constexpr int kCapacity = 2, kThieves = 2, kSteals = 2;
  static constexpr bool kOnlyIfSeen = false;
};

struct SeenThenStolen {
  static constexpr std::string_view kSteps = "++";
  static constexpr int kCapacity = 1, kThieves = 1, kSteals = 2;
  static constexpr bool kOnlyIfSeen = true;
};

}  // namespace
}  // namespace an::relacy

int main(int argc, char** argv) {
  using namespace an::relacy;
  return run_shapes(argc, argv,
                    {shape<Deque<SeenThenStolen>>("seen then stolen", bounded_search(4)),
                     shape<Deque<TwoSteals>>("two steals", bounded_search(4)),
                     shape<Deque<TwoThieves>>("two thieves", bounded_search(3)),
                     shape<Deque<GrowthUnderTheft>>("growth under theft", random_search(30'000)),
                     shape<Deque<WrapAround>>("wrap around", random_search(30'000))});
}
