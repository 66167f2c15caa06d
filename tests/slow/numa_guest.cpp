// What only a machine with two NUMA nodes can show. Runs as the first process of the virtual
// machine that run_in_guest.py makes: CPUs 0 and 1 on node 0, CPUs 2 and 3 on node 1, each node a
// package. The last line it prints is the verdict that the script waits for.
#include <gtest/gtest.h>
#include <linux/mempolicy.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <functional>
#include <vector>

#include "core/base/thread.hpp"
#include "core/topology/machine.hpp"
#include "core/topology/placement.hpp"
#include "core/topology/victim_order.hpp"

namespace an {
namespace {

constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kPages = 256;

// Fresh pages that nobody has touched.
class Pages {
 public:
  Pages()
      : bytes_(static_cast<char*>(::mmap(nullptr,
                                         kPages * kPageBytes,
                                         PROT_READ | PROT_WRITE,
                                         MAP_PRIVATE | MAP_ANONYMOUS,
                                         -1,
                                         0))) {}
  ~Pages() { ::munmap(bytes_, kPages * kPageBytes); }
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;

  // Whether the kernel promises to take them from `node` alone.
  bool bind(int node) {
    const unsigned long nodes = 1UL << node;
    return ::syscall(SYS_mbind, bytes_, kPages * kPageBytes, MPOL_BIND, &nodes, 64UL, 0U) == 0;
  }
  void touch() {
    for (std::size_t page = 0; page < kPages; ++page) {
      bytes_[page * kPageBytes] = 1;
    }
  }
  // How many are on `node`.
  std::size_t on(int node) const {
    std::size_t count = 0;
    for (std::size_t page = 0; page < kPages; ++page) {
      int found = -1;
      ::syscall(SYS_get_mempolicy, &found, nullptr, 0UL, bytes_ + page * kPageBytes,
                MPOL_F_NODE | MPOL_F_ADDR);
      count += found == node ? 1 : 0;
    }
    return count;
  }

 private:
  char* bytes_;
};

void on_cpu(int cpu, const std::function<void()>& body) {
  Thread thread("placed", [&] {
    pin_current_thread(cpu);
    body();
  });
}

TEST(TwoNodes, TheMachineHasTwoOfEverythingThatMatters) {
  const Machine machine = read_machine();
  ASSERT_EQ(machine.cpus.size(), 4U);
  EXPECT_EQ(machine.nodes, 2);
  EXPECT_EQ(machine.packages, 2);
  for (const Cpu& cpu : machine.cpus) {
    EXPECT_EQ(cpu.node, cpu.id / 2) << "CPU " << cpu.id;
  }
}

TEST(TwoNodes, CompactFillsANodeAndScatterAlternates) {
  const Machine machine = read_machine();
  EXPECT_EQ(place(machine, 4, Pin::kCompact), (std::vector<int>{0, 1, 2, 3}));
  EXPECT_EQ(place(machine, 4, Pin::kScatter), (std::vector<int>{0, 2, 1, 3}));
}

TEST(TwoNodes, VictimsOfTheSameNodeComeFirst) {
  const auto orders = victim_order(read_machine(), {0, 2, 1, 3}, 4);
  EXPECT_EQ(orders[0][0], 2U);
  EXPECT_EQ(orders[1][0], 3U);
  EXPECT_EQ(orders[2][0], 0U);
  EXPECT_EQ(orders[3][0], 1U);
}

TEST(TwoNodes, MemoryIsTakenFromTheNodeOfWhoTouchesItFirst) {
  for (const Cpu& cpu : read_machine().cpus) {
    Pages pages;
    on_cpu(cpu.id, [&] { pages.touch(); });
    EXPECT_EQ(pages.on(cpu.node), kPages) << "CPU " << cpu.id;
    EXPECT_EQ(pages.on(1 - cpu.node), 0U);
  }
}

TEST(TwoNodes, BoundMemoryIsTakenFromItsNodeWhoeverTouchesIt) {
  for (const int node : {0, 1}) {
    for (const Cpu& cpu : read_machine().cpus) {
      Pages pages;
      ASSERT_TRUE(pages.bind(node));
      on_cpu(cpu.id, [&] { pages.touch(); });
      EXPECT_EQ(pages.on(node), kPages) << "touched by CPU " << cpu.id;
    }
  }
}

}  // namespace
}  // namespace an

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (::getpid() != 1) {
    std::fputs("numa_guest: runs as the first process of a guest: tests/slow/run_in_guest.py\n",
               stderr);
    return 2;
  }
  ::mount("proc", "/proc", "proc", 0, nullptr);
  ::mount("sys", "/sys", "sysfs", 0, nullptr);
  const int failed = RUN_ALL_TESTS();
  std::printf("guest: %s\n", failed == 0 ? "passed" : "failed");
  std::fflush(stdout);
  ::reboot(RB_POWER_OFF);
}
