#include "core/memory/node_local.hpp"

#include <linux/mempolicy.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <string>
#include <system_error>

#include "core/base/assert.hpp"
#include "core/base/error.hpp"

namespace an {
namespace {

constexpr std::size_t kBitsPerWord = sizeof(unsigned long) * CHAR_BIT;

// A set of nodes as the kernel takes it; no kernel is built for more than 1024.
struct NodeMask {
  static constexpr std::size_t kNodes = 1024;
  static constexpr std::size_t kNodesAsked = kNodes + 1;  // the kernel takes one off

  bool has(int node) const noexcept { return ((words[word(node)] >> bit(node)) & 1) != 0; }
  void add(int node) noexcept { words[word(node)] |= 1UL << bit(node); }

  static std::size_t word(int node) noexcept {
    return static_cast<std::size_t>(node) / kBitsPerWord;
  }
  static std::size_t bit(int node) noexcept {
    return static_cast<std::size_t>(node) % kBitsPerWord;
  }

  std::array<unsigned long, kNodes / kBitsPerWord> words{};
};

std::size_t page_bytes() noexcept {
  static const auto bytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return bytes;
}

Error refused(const std::string& call, int code) {
  const bool is_forbidden = code == EPERM || code == ENOSYS;
  return Error(
      call + ": " + std::generic_category().message(code),
      is_forbidden ? "Likely the container's seccomp profile forbids it, or the kernel has "
                     "no NUMA support"
                   : "Likely the set of nodes of this process changed meanwhile",
      is_forbidden
          ? "Allow " + call + " (docker: --cap-add SYS_NICE), or place memory by first touch"
          : "Run `numactl --show`, and try again");
}

Error exhausted(const std::string& what, std::size_t bytes) {
  return Error("no " + std::to_string(bytes) + " bytes " + what,
               "Likely memory, or the limit of this container or process, is used up",
               "Run `numactl --hardware` and `ulimit -v`, and ask for less");
}

// The kernel hands out a page by killing the process when a bound node is full. Filling the pages
// in by a call reports it as an error instead; kernels before 5.14 do not know the call, and the
// caller's touch then does the work.
bool populate(std::byte* data, std::size_t bytes) noexcept {
  constexpr int kPopulateWrite = 23;  // MADV_POPULATE_WRITE, which older headers lack
  return ::madvise(data, bytes, kPopulateWrite) == 0 || errno == EINVAL;
}

}  // namespace

NodeMemory::NodeMemory(std::size_t bytes) {
  AN_ASSERT(bytes > 0);
  const std::size_t page = page_bytes();
  bytes_ = (bytes + page - 1) / page * page;
  void* raw = bytes_ < bytes ? MAP_FAILED
                             : ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (raw == MAP_FAILED) {
    throw exhausted("of address space", bytes);
  }
  data_ = static_cast<std::byte*>(raw);
}

NodeMemory::~NodeMemory() {
  if (data_ != nullptr) {
    ::munmap(data_, bytes_);
  }
}

// The compiler may not drop a store of zero to memory it does not know to be zero.
void NodeMemory::touch() noexcept {
  for (std::size_t at = 0; at < bytes_; at += page_bytes()) {
    data_[at] = std::byte{0};
  }
}

NodeMemory NodeMemory::touched_here(std::size_t bytes) {
  NodeMemory memory(bytes);
  if (!populate(memory.data_, memory.bytes_)) {
    throw exhausted("on any node", bytes);
  }
  memory.touch();
  return memory;
}

NodeMemory NodeMemory::bound_to(int node, std::size_t bytes) {
  const std::vector<int> nodes = memory_nodes();
  if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) {
    std::string known;
    for (const int each : nodes) {
      known += (known.empty() ? "" : ", ") + std::to_string(each);
    }
    throw Error("there is no memory on node " + std::to_string(node),
                "This machine, or the cpuset of this process, has memory on node " + known,
                "Choose one of these; `numactl --hardware` describes them");
  }
  NodeMemory memory(bytes);
  NodeMask mask;
  mask.add(node);
  if (::syscall(SYS_mbind, memory.data_, memory.bytes_, MPOL_BIND, mask.words.data(),
                NodeMask::kNodesAsked, 0UL) != 0) {
    throw refused("mbind", errno);
  }
  if (!populate(memory.data_, memory.bytes_)) {
    throw exhausted("on node " + std::to_string(node), bytes);
  }
  memory.touch();
  return memory;
}

std::vector<int> memory_nodes() {
  NodeMask mask;
  if (::syscall(SYS_get_mempolicy, nullptr, mask.words.data(), NodeMask::kNodesAsked, nullptr,
                MPOL_F_MEMS_ALLOWED) != 0) {
    throw refused("get_mempolicy", errno);
  }
  std::vector<int> nodes;
  for (int node = 0; node < static_cast<int>(NodeMask::kNodes); ++node) {
    if (mask.has(node)) {
      nodes.push_back(node);
    }
  }
  return nodes;
}

int node_of_page(const void* address) {
  int node = -1;
  if (::syscall(SYS_get_mempolicy, &node, nullptr, 0UL, address, MPOL_F_NODE | MPOL_F_ADDR) != 0) {
    if (errno == EFAULT) {
      throw Error("no page at that address", "Nothing is mapped there", "Ask about live memory");
    }
    throw refused("get_mempolicy", errno);
  }
  return node;
}

int node_of_this_cpu() noexcept {
  unsigned cpu = 0;
  unsigned node = 0;
  const long result = ::syscall(SYS_getcpu, &cpu, &node, nullptr);
  AN_ASSERT(result == 0);
  return static_cast<int>(node);
}

}  // namespace an
