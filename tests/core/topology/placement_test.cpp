#include "core/topology/placement.hpp"

#include <map>
#include <set>
#include <vector>

#include "core/topology/machine.hpp"
#include "gtest/gtest.h"
#include "tests/core/topology/machines.hpp"

namespace an {
namespace {

using Ids = std::vector<int>;

constexpr const char* kTwoSockets = "pack:2 l3:1 core:8 pu:2";

Machine two_sockets() {
  return read_machine_from(kTwoSockets);
}

// How many of `ids` fall into each value of `field`.
std::map<int, int> spread(const Machine& machine, const Ids& ids, int Cpu::*field) {
  std::map<int, int> counts;
  for (const int id : ids) {
    for (const Cpu& cpu : machine.cpus) {
      if (cpu.id == id) {
        ++counts[cpu.*field];
      }
    }
  }
  return counts;
}

TEST(Placement, NoneLeavesWorkersUnpinned) {
  EXPECT_TRUE(place(two_sockets(), 4, Pin::kNone).empty());
}

TEST(Placement, CompactTakesEveryCoreOfAPackageBeforeAnySecondHyperthread) {
  EXPECT_EQ(place(two_sockets(), 10, Pin::kCompact), (Ids{0, 2, 4, 6, 8, 10, 12, 14, 1, 3}));
}

TEST(Placement, CompactFillsAPackageBeforeItOpensTheNext) {
  const Ids ids = place(two_sockets(), 17, Pin::kCompact);
  EXPECT_EQ(std::set<int>(ids.begin(), ids.end()).size(), 17U);
  EXPECT_EQ(ids[15], 15);
  EXPECT_EQ(ids[16], 16);
}

TEST(Placement, CompactKeepsNeighboursBehindOneL3) {
  const Machine machine = read_machine_from("pack:1 l3:2 core:4 pu:1");
  EXPECT_EQ(spread(machine, place(machine, 4, Pin::kCompact), &Cpu::l3),
            (std::map<int, int>{{0, 4}}));
}

TEST(Placement, ScatterAlternatesPackages) {
  EXPECT_EQ(place(two_sockets(), 6, Pin::kScatter), (Ids{0, 16, 2, 18, 4, 20}));
}

TEST(Placement, ScatterUsesSecondHyperthreadsOnlyWhenEveryCoreHasAWorker) {
  const Machine machine = two_sockets();
  EXPECT_EQ(spread(machine, place(machine, 16, Pin::kScatter), &Cpu::core).size(), 16U);
  EXPECT_EQ(place(machine, 17, Pin::kScatter).back(), 1);
}

TEST(Placement, ScatterSpreadsOverL3GroupsInsideAPackage) {
  const Machine machine = read_machine_from("pack:2 l3:2 core:4 pu:1");
  EXPECT_EQ(spread(machine, place(machine, 4, Pin::kScatter), &Cpu::l3),
            (std::map<int, int>{{0, 1}, {1, 1}, {2, 1}, {3, 1}}));
  EXPECT_EQ(spread(machine, place(machine, 8, Pin::kScatter), &Cpu::l3),
            (std::map<int, int>{{0, 2}, {1, 2}, {2, 2}, {3, 2}}));
}

TEST(Placement, ScatterOverUnequalPackagesUsesEveryCpuOnce) {
  const Machine machine = read_machine_from(kTwoSockets, {0, 2, 4, 16});
  EXPECT_EQ(place(machine, 4, Pin::kScatter), (Ids{0, 16, 2, 4}));
}

TEST(Placement, ScatterPrefersAFreeCoreElsewhereToASecondHyperthread) {
  const Machine machine = read_machine_from(kTwoSockets, {0, 2, 4, 6, 16, 17});
  EXPECT_EQ(place(machine, 6, Pin::kScatter), (Ids{0, 16, 2, 4, 6, 17}));
}

TEST(Placement, EveryCpuIsUsedOnceBeforeAnyIsUsedTwice) {
  const Machine machine = two_sockets();
  for (const Pin pin : {Pin::kCompact, Pin::kScatter}) {
    const Ids ids = place(machine, 40, pin);
    ASSERT_EQ(ids.size(), 40U);
    EXPECT_EQ(std::set<int>(ids.begin(), ids.begin() + 32).size(), 32U);
    for (std::size_t i = 32; i < ids.size(); ++i) {
      EXPECT_EQ(ids[i], ids[i - 32]) << "wraps round";
    }
  }
}

TEST(Placement, ACpusetWithHolesIsRespected) {
  const Machine machine = read_machine_from(kTwoSockets, {3, 6, 7, 20});
  EXPECT_EQ(place(machine, 4, Pin::kCompact), (Ids{3, 6, 7, 20}));
  EXPECT_EQ(place(machine, 4, Pin::kScatter), (Ids{3, 20, 6, 7}));
}

TEST(Placement, OneCpuTakesEverybody) {
  const Machine machine = read_machine_from("core:1 pu:1");
  EXPECT_EQ(place(machine, 3, Pin::kCompact), (Ids{0, 0, 0}));
  EXPECT_EQ(place(machine, 3, Pin::kScatter), (Ids{0, 0, 0}));
}

TEST(Placement, OneCoreWithHyperthreadsUsesTheSecondForTheSecondWorker) {
  const Machine machine = read_machine_from("core:1 pu:2");
  EXPECT_EQ(place(machine, 3, Pin::kCompact), (Ids{0, 1, 0}));
  EXPECT_EQ(place(machine, 3, Pin::kScatter), (Ids{0, 1, 0}));
}

TEST(Placement, HyperthreadsAreKnownByTheirCoreNotByTheirNumber) {
  const Machine machine = two_sockets_as_intel_numbers();
  EXPECT_EQ(place(machine, 10, Pin::kCompact), (Ids{0, 1, 2, 3, 4, 5, 6, 7, 16, 17}));
  EXPECT_EQ(spread(machine, place(machine, 16, Pin::kCompact), &Cpu::package),
            (std::map<int, int>{{0, 16}}));
  EXPECT_EQ(place(machine, 4, Pin::kScatter), (Ids{0, 8, 1, 9}));
  EXPECT_EQ(spread(machine, place(machine, 16, Pin::kScatter), &Cpu::core).size(), 16U);
  EXPECT_EQ(place(machine, 18, Pin::kScatter)[17], 24);
}

TEST(Placement, NodesOfAPackageAreFilledByCompactAndSpreadOverByScatter) {
  const Machine machine = clustered_sockets();
  EXPECT_EQ(spread(machine, place(machine, 8, Pin::kCompact), &Cpu::node),
            (std::map<int, int>{{0, 4}, {1, 4}}));
  EXPECT_EQ(place(machine, 4, Pin::kScatter), (Ids{0, 8, 4, 12}));
}

TEST(Placement, ACpuWhoseSiblingIsOfflineCountsAsACoreOfItsOwn) {
  const Machine machine = small_server(0x3e);  // core 0 has CPU 1 only, core 3 is off
  EXPECT_EQ(place(machine, 6, Pin::kCompact), (Ids{1, 2, 3, 4, 5, 1}));
  EXPECT_EQ(place(machine, 6, Pin::kScatter), (Ids{1, 4, 2, 3, 5, 1}));
}

TEST(Placement, NoWorkersNeedNoCpus) {
  EXPECT_TRUE(place(two_sockets(), 0, Pin::kCompact).empty());
}

TEST(Placement, NamesRoundTripAndOtherTextIsRefused) {
  for (const Pin pin : {Pin::kNone, Pin::kCompact, Pin::kScatter}) {
    EXPECT_EQ(parse_pin(to_string(pin)), pin);
  }
  EXPECT_FALSE(parse_pin("Compact").has_value());
  EXPECT_FALSE(parse_pin("").has_value());
}

TEST(Placement, NodesAreThoseOfTheWorkersCpus) {
  const Machine machine = read_machine_from("numa:2 core:2 pu:1");
  EXPECT_EQ(nodes_of(machine, {0, 3, 1, 2}), (std::vector<std::uint32_t>{0, 1, 0, 1}));
  EXPECT_EQ(nodes_of(machine, {99}), (std::vector<std::uint32_t>{0}));
  EXPECT_TRUE(nodes_of(machine, {}).empty());
}

}  // namespace
}  // namespace an
