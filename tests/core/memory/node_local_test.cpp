#include "core/memory/node_local.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/thread.hpp"

namespace an {
namespace {

constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kBytes = 100 * kPageBytes + 1;

// A container may forbid the NUMA calls; then only their errors can be tested.
class NodeLocal : public testing::Test {
 protected:
  void SetUp() override {
    try {
      nodes_ = memory_nodes();
    } catch (const Error& error) {
      EXPECT_NE(error.remedy().find("get_mempolicy"), std::string::npos);
      GTEST_SKIP() << error.what();
    }
  }

  void expect_all_on(const NodeMemory& memory, int node) {
    ASSERT_GE(memory.bytes(), kBytes);
    // First, because asking for the node of a page would place it.
    std::vector<unsigned char> is_present(memory.bytes() / kPageBytes);
    ASSERT_EQ(::mincore(memory.data(), memory.bytes(), is_present.data()), 0);
    ASSERT_EQ(std::count(is_present.begin(), is_present.end(), 0), 0) << "pages not touched";
    for (std::size_t at = 0; at < memory.bytes(); at += kPageBytes) {
      ASSERT_EQ(node_of_page(memory.data() + at), node) << "page " << at / kPageBytes;
    }
  }

  std::vector<int> nodes_;
};

TEST_F(NodeLocal, ThisProcessHasMemorySomewhere) {
  ASSERT_FALSE(nodes_.empty());
  EXPECT_TRUE(std::is_sorted(nodes_.begin(), nodes_.end()));
  EXPECT_GE(nodes_.front(), 0);
}

// With one node this is the kernel's word that every page is present and where; with more, the
// pages must lie on each in turn although the caller stays where it is.
TEST_F(NodeLocal, BoundMemoryLiesOnEveryNodeItIsBoundTo) {
  for (const int node : nodes_) {
    SCOPED_TRACE(node);
    expect_all_on(NodeMemory::bound_to(node, kBytes), node);
  }
}

TEST_F(NodeLocal, TouchedMemoryLiesOnTheNodeOfEveryCpu) {
  for (const int cpu : allowed_cpus()) {
    SCOPED_TRACE(cpu);
    Thread toucher("toucher", [&] {
      pin_current_thread(cpu);
      const int node = node_of_this_cpu();
      if (std::find(nodes_.begin(), nodes_.end(), node) != nodes_.end()) {
        expect_all_on(NodeMemory::touched_here(kBytes), node);
      }
    });
    toucher.join();
  }
}

TEST_F(NodeLocal, MemoryIsZeroWritableAndAlignedToAPage) {
  const NodeMemory memory = NodeMemory::bound_to(nodes_.front(), kBytes);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory.data()) % kPageBytes, 0U);
  EXPECT_EQ(memory.bytes() % kPageBytes, 0U);
  EXPECT_TRUE(std::all_of(memory.data(), memory.data() + memory.bytes(),
                          [](std::byte byte) { return byte == std::byte{0}; }));
  std::fill(memory.data(), memory.data() + memory.bytes(), std::byte{1});
}

TEST_F(NodeLocal, AMovedFromMemoryIsEmpty) {
  NodeMemory first = NodeMemory::touched_here(1);
  std::byte* data = first.data();
  NodeMemory second = std::move(first);
  EXPECT_EQ(second.data(), data);
  EXPECT_EQ(second.bytes(), kPageBytes);
  NodeMemory third = NodeMemory::touched_here(1);
  third = std::move(second);
  EXPECT_EQ(third.data(), data);
}

TEST_F(NodeLocal, ANodeThatDoesNotExistIsAnErrorThatNamesThoseThatDo) {
  for (const int node : {-1, nodes_.back() + 1, 1023, 5000, std::numeric_limits<int>::max()}) {
    try {
      NodeMemory::bound_to(node, kBytes);
      FAIL() << "accepted node " << node;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("node " + std::to_string(node)), std::string::npos);
      EXPECT_NE(error.cause().find(std::to_string(nodes_.front())), std::string::npos);
      EXPECT_FALSE(error.remedy().empty());
    }
  }
}

TEST_F(NodeLocal, MoreThanThereIsIsAnError) {
  for (const std::size_t bytes :
       {std::size_t{1} << 60, std::numeric_limits<std::size_t>::max() - 1}) {
    EXPECT_THROW(NodeMemory::bound_to(nodes_.front(), bytes), Error);
    EXPECT_THROW(NodeMemory::touched_here(bytes), Error);
  }
}

TEST_F(NodeLocal, AnAddressThatIsNotMappedIsAnError) {
  EXPECT_THROW(node_of_page(nullptr), Error);
}

}  // namespace
}  // namespace an
