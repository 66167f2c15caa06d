#include "core/topology/machine.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/thread.hpp"
#include "gtest/gtest.h"
#include "tests/core/topology/machines.hpp"

namespace an {
namespace {

constexpr const char* kTwoSockets = "pack:2 l3:1 l2:8 core:1 pu:2";

std::vector<int> ids_of(const Machine& machine) {
  std::vector<int> ids;
  for (const Cpu& cpu : machine.cpus) {
    ids.push_back(cpu.id);
  }
  return ids;
}

// The fields every machine must agree on, real or made up.
void expect_consistent(const Machine& machine) {
  ASSERT_FALSE(machine.cpus.empty());
  std::set<int> cores;
  std::set<int> packages;
  std::set<int> nodes;
  for (const Cpu& cpu : machine.cpus) {
    cores.insert(cpu.core);
    packages.insert(cpu.package);
    nodes.insert(cpu.node);
  }
  const std::vector<int> ids = ids_of(machine);
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  EXPECT_EQ(std::set<int>(ids.begin(), ids.end()).size(), ids.size());
  EXPECT_EQ(static_cast<int>(cores.size()), machine.cores);
  EXPECT_EQ(*cores.rbegin(), machine.cores - 1) << "numbers are dense";
  EXPECT_EQ(static_cast<int>(packages.size()), machine.packages);
  EXPECT_EQ(*packages.rbegin(), machine.packages - 1);
  EXPECT_EQ(static_cast<int>(nodes.size()), machine.nodes);
  EXPECT_EQ(*nodes.rbegin(), machine.nodes - 1);
  for (const Cache& cache : machine.caches) {
    EXPECT_GE(cache.level, 1);
    EXPECT_GE(cache.shared_by, 1);
    EXPECT_LE(cache.shared_by, static_cast<int>(machine.cpus.size()));
  }
}

TEST(Machine, ReadsTwoSocketsOfEightCoresWithHyperthreads) {
  const Machine machine = read_machine_from(kTwoSockets);
  expect_consistent(machine);
  ASSERT_EQ(machine.cpus.size(), 32U);
  EXPECT_EQ(machine.cores, 16);
  EXPECT_EQ(machine.packages, 2);
  EXPECT_EQ(machine.nodes, 1);
  EXPECT_EQ(machine.cpus[0], (Cpu{.id = 0, .core = 0, .package = 0, .node = 0, .l2 = 0, .l3 = 0}));
  EXPECT_EQ(machine.cpus[1].core, 0);
  EXPECT_EQ(machine.cpus[2].core, 1);
  EXPECT_EQ(machine.cpus[31],
            (Cpu{.id = 31, .core = 15, .package = 1, .node = 0, .l2 = 15, .l3 = 1}));
}

TEST(Machine, CountsWhoSharesEachCache) {
  const Machine machine = read_machine_from("pack:2 l3:1(size=32MB) l2:8(size=1MB) core:1 pu:2");
  ASSERT_EQ(machine.caches.size(), 2U);
  EXPECT_EQ(machine.caches[0].level, 2);
  EXPECT_EQ(machine.caches[0].shared_by, 2);
  EXPECT_EQ(machine.caches[0].bytes, 1000000) << "hwloc's MB are decimal";
  EXPECT_EQ(machine.caches[1].level, 3);
  EXPECT_EQ(machine.caches[1].shared_by, 16);
  EXPECT_EQ(machine.caches[1].bytes, 32000000);
}

TEST(Machine, ReadsNumaNodes) {
  const Machine machine = read_machine_from("pack:2 [numa(memory=1GB)] core:2 pu:1");
  expect_consistent(machine);
  EXPECT_EQ(machine.nodes, 2);
  EXPECT_EQ(machine.cpus[1].node, 0);
  EXPECT_EQ(machine.cpus[2].node, 1);
  EXPECT_EQ(machine.memory_bytes, 2000000000);
}

TEST(Machine, ReadsOneCoreWithoutCaches) {
  const Machine machine = read_machine_from("core:1 pu:1");
  expect_consistent(machine);
  ASSERT_EQ(machine.cpus.size(), 1U);
  EXPECT_EQ(machine.cpus[0],
            (Cpu{.id = 0, .core = 0, .package = 0, .node = 0, .l2 = -1, .l3 = -1}));
  EXPECT_TRUE(machine.caches.empty());
}

TEST(Machine, NumbersCpusAsTheSystemDoesNotAsTheyAreNested) {
  // Hyperthreads of Intel servers: CPU 0 and CPU 4 are siblings.
  const Machine machine = read_machine_from("pack:1 core:4 pu:2(indexes=0,4,1,5,2,6,3,7)");
  expect_consistent(machine);
  EXPECT_EQ(machine.cpus[4].id, 4);
  EXPECT_EQ(machine.cpus[4].core, machine.cpus[0].core);
  EXPECT_NE(machine.cpus[1].core, machine.cpus[0].core);
}

TEST(Machine, AHoledCpusetLeavesOnlyItsCpusAndRenumbersTheirGroups) {
  const Machine machine = read_machine_from(kTwoSockets, {3, 6, 7, 20, 400, -1});
  expect_consistent(machine);
  EXPECT_EQ(ids_of(machine), (std::vector<int>{3, 6, 7, 20}));
  EXPECT_EQ(machine.cores, 3);
  EXPECT_EQ(machine.packages, 2);
  EXPECT_EQ(machine.cpus[1].core, machine.cpus[2].core);
  EXPECT_EQ(machine.cpus[3].l3, 1);
  EXPECT_EQ(machine.caches.back().shared_by, 3) << "three of the four share the first L3";
}

TEST(Machine, ACpusetWithoutAnyOfItsCpusIsAnError) {
  EXPECT_THROW(read_machine_from(kTwoSockets, {400}), Error);
}

TEST(Machine, ADescriptionThatDoesNotParseSaysWhatToWrite) {
  for (const char* text : {"", "sockets and cores", "pack:0", "<topology", "<html></html>"}) {
    try {
      read_machine_from(text);
      FAIL() << "accepted \"" << text << "\"";
    } catch (const Error& error) {
      EXPECT_NE(error.remedy().find("pack:2"), std::string::npos);
      EXPECT_FALSE(error.cause().empty());
    }
  }
}

TEST(Machine, ReadsXmlWithItsModelName) {
  const Machine machine = read_machine_from(R"(<topology version="2.0">
    <object type="Machine" gp_index="1" cpuset="0x3" complete_cpuset="0x3" allowed_cpuset="0x3"
        nodeset="0x1" complete_nodeset="0x1" allowed_nodeset="0x1">
      <info name="CPUModel" value="Example 9000"/>
      <object type="NUMANode" os_index="0" gp_index="2" cpuset="0x3" complete_cpuset="0x3"
          nodeset="0x1" complete_nodeset="0x1" local_memory="4096"/>
      <object type="PU" os_index="0" gp_index="3" cpuset="0x1" complete_cpuset="0x1"
          nodeset="0x1" complete_nodeset="0x1"/>
      <object type="PU" os_index="1" gp_index="4" cpuset="0x2" complete_cpuset="0x2"
          nodeset="0x1" complete_nodeset="0x1"/>
    </object></topology>)");
  expect_consistent(machine);
  EXPECT_EQ(machine.model, "Example 9000");
  EXPECT_EQ(machine.memory_bytes, 4096);
  EXPECT_EQ(machine.cores, 2) << "without named cores every CPU is one";
}

TEST(Machine, ReadsOneCoreWithHyperthreads) {
  const Machine machine = read_machine_from("core:1 pu:2");
  expect_consistent(machine);
  EXPECT_EQ(ids_of(machine), (std::vector<int>{0, 1}));
  EXPECT_EQ(machine.cores, 1);
}

TEST(Machine, ReadsSeveralNodesInAPackage) {
  const Machine machine = clustered_sockets();
  expect_consistent(machine);
  EXPECT_EQ(machine.packages, 2);
  EXPECT_EQ(machine.nodes, 4);
  EXPECT_EQ(machine.cpus[4].node, 1);
  EXPECT_EQ(machine.cpus[4].package, machine.cpus[0].package);
}

// CPU 0 is off, and with CPUs 6 and 7 the whole of core 3.
constexpr std::uint32_t kHoles = 0x3e;

TEST(Machine, OfflineCpusAreLeftOut) {
  const Machine machine = small_server(kHoles);
  expect_consistent(machine);
  EXPECT_EQ(ids_of(machine), (std::vector<int>{1, 2, 3, 4, 5}));
  EXPECT_EQ(machine.cores, 3);
  EXPECT_EQ(machine.packages, 2);
  EXPECT_NE(machine.cpus[0].core, machine.cpus[1].core) << "CPU 1 lost its sibling";
  EXPECT_EQ(machine.cpus[1].core, machine.cpus[2].core);
  ASSERT_EQ(machine.caches.size(), 1U);
  EXPECT_EQ(machine.caches[0].shared_by, 3);
}

TEST(Machine, ACpuMayBeMissingForSeveralReasons) {
  const Machine offline = small_server(kHoles);
  const Machine forbidden = small_server(kAllOfSmallServer, kHoles);
  const Machine both = small_server(0xfe, 0x3f);
  const Machine masked =
      read_machine_from(small_server_xml(0xfe, kAllOfSmallServer), {0, 1, 2, 3, 4, 5});
  EXPECT_EQ(forbidden.cpus, offline.cpus) << "by the container";
  EXPECT_EQ(both.cpus, offline.cpus) << "some by either";
  EXPECT_EQ(masked.cpus, offline.cpus) << "by the affinity of the process";
}

TEST(Machine, APackageWithoutUsableCpusDoesNotCount) {
  for (const Machine& machine : {small_server(0xf0), small_server(kAllOfSmallServer, 0xf0)}) {
    expect_consistent(machine);
    EXPECT_EQ(ids_of(machine), (std::vector<int>{4, 5, 6, 7}));
    EXPECT_EQ(machine.packages, 1);
    EXPECT_EQ(machine.nodes, 1) << "its memory counts, its node has none of our CPUs";
    EXPECT_EQ(machine.memory_bytes, std::int64_t{2} << 30);
    EXPECT_EQ(machine.cpus[0],
              (Cpu{.id = 4, .core = 0, .package = 0, .node = 0, .l2 = -1, .l3 = 0}));
  }
}

TEST(Machine, ThisMachineHasExactlyTheAllowedCpus) {
  const Machine machine = read_machine();
  expect_consistent(machine);
  EXPECT_EQ(ids_of(machine), allowed_cpus());
  EXPECT_GT(machine.memory_bytes, 0);
}

TEST(Machine, AThreadRestrictedToOneCpuSeesAMachineOfOneCpu) {
  const int last = allowed_cpus().back();
  Machine machine;
  Thread restricted("one-cpu", [&] {
    pin_current_thread(last);
    machine = read_machine();
  });
  restricted.join();
  expect_consistent(machine);
  EXPECT_EQ(ids_of(machine), std::vector<int>{last});
  EXPECT_EQ(machine.cores, 1);
  EXPECT_EQ(machine.packages, 1);
}

TEST(Machine, ReadingLeavesTheCallersAffinityAlone) {
  const std::vector<int> before = allowed_cpus();
  read_machine();
  EXPECT_EQ(allowed_cpus(), before);
}

}  // namespace
}  // namespace an
