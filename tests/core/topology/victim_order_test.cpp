#include "core/topology/victim_order.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <vector>

#include "core/base/error.hpp"
#include "core/topology/machine.hpp"
#include "core/topology/placement.hpp"
#include "gtest/gtest.h"
#include "tests/core/topology/machines.hpp"

namespace an {
namespace {

using Ids = std::vector<std::uint32_t>;
using Orders = std::vector<Ids>;

Machine two_sockets() {
  return read_machine_from("pack:2 l3:1 l2:8 core:1 pu:2");
}

// I1: each list names all others once.
void expect_permutations(const Orders& orders, std::uint32_t workers) {
  ASSERT_EQ(orders.size(), workers);
  for (std::uint32_t self = 0; self < workers; ++self) {
    Ids sorted = orders[self];
    sorted.push_back(self);
    std::sort(sorted.begin(), sorted.end());
    ASSERT_EQ(sorted.size(), workers);
    for (std::uint32_t i = 0; i < workers; ++i) {
      ASSERT_EQ(sorted[i], i) << "in the list of worker " << self;
    }
  }
}

TEST(VictimOrder, UnpinnedWorkersFormARingThatStartsAfterEach) {
  const Orders orders = victim_order(two_sockets(), {}, 4);
  EXPECT_EQ(orders, (Orders{{1, 2, 3}, {2, 3, 0}, {3, 0, 1}, {0, 1, 2}}));
}

TEST(VictimOrder, OneWorkerHasNobodyToRob) {
  EXPECT_EQ(victim_order(two_sockets(), {5}, 1), Orders{{}});
  EXPECT_EQ(victim_order(two_sockets(), {}, 1), Orders{{}});
  EXPECT_TRUE(victim_order(two_sockets(), {}, 0).empty());
}

TEST(VictimOrder, TheHyperthreadSiblingComesFirstThenThePackageThenTheRest) {
  // Workers 0 and 1 share a core, 2 is on their package, 3 on the other.
  const Orders orders = victim_order(two_sockets(), {0, 1, 2, 16}, 4);
  EXPECT_EQ(orders[0], (Ids{1, 2, 3}));
  EXPECT_EQ(orders[1], (Ids{0, 2, 3}));
  EXPECT_EQ(orders[2].back(), 3U);
}

TEST(VictimOrder, DistanceNeverDecreasesAlongAList) {
  const Machine machine = two_sockets();
  for (const Pin pin : {Pin::kCompact, Pin::kScatter}) {
    const std::vector<int> cpus = place(machine, 40, pin);
    const Orders orders = victim_order(machine, cpus, 40);
    expect_permutations(orders, 40);
    for (std::uint32_t self = 0; self < 40; ++self) {
      const auto apart = [&](std::uint32_t other) {
        return distance(machine.cpus[static_cast<std::size_t>(cpus[self])],
                        machine.cpus[static_cast<std::size_t>(cpus[other])]);
      };
      EXPECT_TRUE(
          std::is_sorted(orders[self].begin(), orders[self].end(),
                         [&](std::uint32_t a, std::uint32_t b) { return apart(a) < apart(b); }))
          << "worker " << self;
    }
  }
}

TEST(VictimOrder, EveryWorkerOfASymmetricMachineIsFirstVictimExactlyOnce) {
  const Machine machine = two_sockets();
  for (const Pin pin : {Pin::kCompact, Pin::kScatter}) {
    for (const std::uint32_t workers : {16U, 32U}) {
      const Orders orders = victim_order(machine, place(machine, workers, pin), workers);
      std::set<std::uint32_t> first;
      std::set<std::uint32_t> first_far;
      for (const Ids& order : orders) {
        first.insert(order.front());
        // With 32 workers, or 16 scattered, half of all workers are on the other package.
        first_far.insert(order[workers / 2 - 1]);
      }
      EXPECT_EQ(first.size(), workers);
      if (workers == 32 || pin == Pin::kScatter) {
        EXPECT_EQ(first_far.size(), workers);
      }
    }
  }
}

// I1 and I2, wherever workers run.
TEST(VictimOrder, IsAPermutationNearToFarOnEveryMachineAndPlacement) {
  const std::vector<Machine> machines = {two_sockets(),
                                         two_sockets_as_intel_numbers(),
                                         clustered_sockets(),
                                         small_server(kAllOfSmallServer),
                                         small_server(0x3e),
                                         small_server(0xf1),
                                         read_machine_from("core:1 pu:2"),
                                         read_machine_from("core:1 pu:1")};
  for (std::size_t m = 0; m < machines.size(); ++m) {
    const auto cpu_of = [&](int id) {
      return *std::find_if(machines[m].cpus.begin(), machines[m].cpus.end(),
                           [id](const Cpu& cpu) { return cpu.id == id; });
    };
    for (const std::uint32_t workers : {1U, 2U, 3U, 5U, 8U, 35U}) {
      for (const Pin pin : {Pin::kCompact, Pin::kScatter}) {
        SCOPED_TRACE(testing::Message()
                     << "machine " << m << ", " << workers << " workers, " << to_string(pin));
        const std::vector<int> cpus = place(machines[m], workers, pin);
        const Orders orders = victim_order(machines[m], cpus, workers);
        expect_permutations(orders, workers);
        for (std::uint32_t self = 0; self < workers; ++self) {
          const auto apart = [&](std::uint32_t other) {
            return distance(cpu_of(cpus[self]), cpu_of(cpus[other]));
          };
          EXPECT_TRUE(std::is_sorted(
              orders[self].begin(), orders[self].end(),
              [&](std::uint32_t a, std::uint32_t b) { return apart(a) < apart(b); }));
        }
      }
    }
  }
}

TEST(VictimOrder, ANodeOfThePackageIsNearerThanAnotherPackage) {
  const Machine machine = clustered_sockets();
  // Workers 0 and 1 share a node, 2 is on the other node of their package, 3 on the other package.
  const Orders orders = victim_order(machine, {0, 1, 4, 8}, 4);
  EXPECT_EQ(orders[0], (Ids{1, 2, 3}));
  EXPECT_EQ(orders[1], (Ids{0, 2, 3}));
  EXPECT_EQ(orders[2].back(), 3U);
}

TEST(VictimOrder, AnOfflineSiblingIsMissedNotReplaced) {
  // CPU 1 lost its sibling, 2 and 3 are siblings, 4 and 5 are on the other socket.
  const Orders orders = victim_order(small_server(0x3e), {1, 2, 3, 4, 5}, 5);
  EXPECT_EQ(std::set<std::uint32_t>(orders[0].begin(), orders[0].begin() + 2),
            (std::set<std::uint32_t>{1, 2}));
  EXPECT_EQ(orders[1][0], 2U);
  EXPECT_EQ(orders[2][0], 1U);
  EXPECT_EQ(orders[1][1], 0U);
  EXPECT_EQ(orders[3][0], 4U);
}

TEST(VictimOrder, UnknownCachesAreSharedWithNobody) {
  const Cpu a{.id = 0, .core = 0, .package = 0, .node = 0};
  const Cpu b{.id = 1, .core = 1, .package = 0, .node = 0};
  EXPECT_EQ(distance(a, b), Distance::kSameNode);
}

TEST(VictimOrder, DistanceHasSixStepsAndIsSymmetric) {
  const Cpu self{.id = 0, .core = 0, .package = 0, .node = 0, .l2 = 0, .l3 = 0};
  const std::vector<Cpu> others = {
      {.id = 1, .core = 0, .package = 0, .node = 0, .l2 = 0, .l3 = 0},
      {.id = 2, .core = 1, .package = 0, .node = 0, .l2 = 0, .l3 = 0},
      {.id = 3, .core = 2, .package = 0, .node = 0, .l2 = 1, .l3 = 0},
      {.id = 4, .core = 3, .package = 0, .node = 0, .l2 = 2, .l3 = 1},
      {.id = 5, .core = 4, .package = 0, .node = 1, .l2 = 3, .l3 = 2},
      {.id = 6, .core = 5, .package = 1, .node = 2, .l2 = 4, .l3 = 3},
  };
  for (std::size_t i = 0; i < others.size(); ++i) {
    EXPECT_EQ(distance(self, others[i]), static_cast<Distance>(i));
    EXPECT_EQ(distance(others[i], self), static_cast<Distance>(i));
  }
}

TEST(VictimOrder, WorkersThatShareACpuAreNearest) {
  const Machine machine = two_sockets();
  const Orders orders = victim_order(machine, place(machine, 33, Pin::kCompact), 33);
  expect_permutations(orders, 33);
  EXPECT_EQ(std::set<std::uint32_t>(orders[32].begin(), orders[32].begin() + 2),
            (std::set<std::uint32_t>{0, 8}))
      << "worker 32 wrapped round to the CPU of worker 0, whose sibling is worker 8";
}

TEST(VictimOrder, APlacementThatDoesNotFitIsAnError) {
  EXPECT_THROW(victim_order(two_sockets(), {0, 1}, 3), Error);
  EXPECT_THROW(victim_order(two_sockets(), {0, 99}, 2), Error);
  EXPECT_THROW(victim_order(two_sockets(), {0, -1}, 2), Error);
}

}  // namespace
}  // namespace an
