// Memory on a chosen NUMA node: bound to it by the kernel, or by the rule that a page lies where it
// is first touched. Nodes are the system's numbers (those of `numactl --hardware`), not the dense
// ones of core/topology: they go to the kernel as they are.
//
// The kernel is asked directly, not through hwloc: cells do not link it, and Linux is all we run on.
//
// Thread-safe. For memory that lives long; each call costs system calls and touches every page.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace an {

// Whole pages of zeroes, unmapped with the object. Movable.
class NodeMemory {
 public:
  // At least `bytes` (> 0) on `node`, every page already there: touched by the calling thread,
  // wherever that runs. Throws an::Error when the node does not exist or has no memory this process
  // may use, when the container forbids the call, or when the node's memory is exhausted.
  static NodeMemory bound_to(int node, std::size_t bytes);

  // At least `bytes` (> 0) on the node of the CPU the calling thread runs on, by first touch; on
  // another if that is full. Needs no permission. Pin the thread first: if it moves between two
  // pages, so does the memory. Throws an::Error when memory is exhausted.
  static NodeMemory touched_here(std::size_t bytes);

  ~NodeMemory();
  NodeMemory(NodeMemory&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  NodeMemory& operator=(NodeMemory&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }

  std::byte* data() const noexcept { return data_; }  // aligned to a page
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  explicit NodeMemory(std::size_t bytes);
  void touch() noexcept;

  std::byte* data_ = nullptr;
  std::size_t bytes_ = 0;  // a multiple of the page size
};

// The nodes whose memory this process may use, ascending. Throws an::Error when the kernel does not
// tell.
std::vector<int> memory_nodes();

// The node that holds the page at `address`; a page that was never touched is placed by asking.
// Throws an::Error when nothing is mapped there or the kernel does not tell.
int node_of_page(const void* address);

// The node of the CPU that runs the calling thread now; stale as soon as the thread may move.
int node_of_this_cpu() noexcept;

}  // namespace an
