#include "tests/model/checker/heap.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace an::model {

namespace {

constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kGapBytes = 16;  // belong to no block: who goes too far is seen
constexpr int kFresh = 0xA5;

}  // namespace

Heap::Heap(int stacks) : bytes_(kBytes + static_cast<std::size_t>(stacks) * kStackBytes) {
  // The same place in every process, so that a replayed execution shows the same addresses.
  void* const region =
      ::mmap(reinterpret_cast<void*>(0x2000'0000'0000), bytes_, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  if (region == MAP_FAILED) {
    std::abort();
  }
  begin_ = reinterpret_cast<std::uintptr_t>(region);
  heap_ = begin_ + static_cast<std::size_t>(stacks) * kStackBytes;
  next_ = heap_;
}

std::byte* Heap::stack(int index) const {
  return reinterpret_cast<std::byte*>(begin_ + static_cast<std::size_t>(index) * kStackBytes);
}

void Heap::reset() {
  next_ = heap_;
  blocks_.clear();
}

void* Heap::allocate(std::size_t bytes, std::size_t alignment, std::uint64_t pc) {
  void* const begin = take(bytes, alignment, pc);
  if (begin != nullptr) {
    std::memset(begin, kFresh, bytes);  // not what an earlier execution left there
  }
  return begin;
}

void* Heap::take(std::size_t bytes, std::size_t alignment, std::uint64_t pc) {
  const std::uintptr_t begin = (next_ + alignment - 1) & ~(alignment - 1);
  const std::size_t room = std::max<std::size_t>(bytes, 1);
  if (begin + room > end()) {
    return nullptr;
  }
  next_ = (begin + room + kGapBytes + 15) & ~std::uintptr_t{15};
  blocks_.push_back({begin, bytes, pc, 0});
  return reinterpret_cast<void*>(begin);
}

void* Heap::map(std::size_t bytes, std::uint64_t pc) {
  void* const begin = take((bytes + kPageBytes - 1) & ~(kPageBytes - 1), kPageBytes, pc);
  if (begin != nullptr) {
    ::madvise(begin, blocks_.back().bytes, MADV_DONTNEED);  // an earlier execution wrote there
  }
  return begin;
}

Heap::Block* Heap::unmap(std::uintptr_t begin, std::size_t bytes) {
  bytes = (bytes + kPageBytes - 1) & ~(kPageBytes - 1);
  auto* const block = const_cast<Block*>(containing(begin));
  if (block == nullptr || bytes == block->bytes) {
    return block;
  }
  block->begin += begin == block->begin ? bytes : 0;
  block->bytes -= bytes;
  return nullptr;
}

Heap::Block* Heap::find(std::uintptr_t address) {
  const auto block = std::ranges::lower_bound(blocks_, address, {}, &Block::begin);
  return block != blocks_.end() && block->begin == address ? &*block : nullptr;
}

const Heap::Block* Heap::containing(std::uintptr_t address) const {
  auto block = std::ranges::upper_bound(blocks_, address, {}, &Block::begin);
  if (block == blocks_.begin()) {
    return nullptr;
  }
  --block;
  return address < block->begin + block->bytes ? &*block : nullptr;
}

}  // namespace an::model
