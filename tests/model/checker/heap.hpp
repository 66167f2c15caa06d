// Heap: the memory of the model's threads: their stacks, and what they allocate. One region, used
// from its start again by every execution: equal executions get equal addresses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace an::model {

class Heap {
 public:
  static constexpr std::size_t kBytes = std::size_t{1} << 26;
  static constexpr std::size_t kStackBytes = std::size_t{1} << 18;

  struct Block {
    std::uintptr_t begin;
    std::size_t bytes;
    std::uint64_t allocated_at;  // pc
    std::uint64_t freed_at;      // pc; 0: live
  };

  explicit Heap(int stacks);
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  std::uintptr_t begin() const { return begin_; }
  std::uintptr_t end() const { return begin_ + bytes_; }
  std::byte* stack(int index) const;

  // Frees everything.
  void reset();
  // Never reuses memory within an execution, so whatever is freed stays recognisable. Null: exhausted.
  void* allocate(std::size_t bytes, std::size_t alignment, std::uint64_t pc);
  // The block that begins at `address`, live or freed, or null.
  Block* find(std::uintptr_t address);
  // Whole pages of zeroes.
  void* map(std::size_t bytes, std::uint64_t pc);
  // Cuts [begin, begin + bytes) off the mapping it lies in, at one of its ends. That mapping if this was
  // all of it, to be marked as freed; else null.
  Block* unmap(std::uintptr_t begin, std::size_t bytes);
  // The block that `address` lies in, or null.
  const Block* containing(std::uintptr_t address) const;
  bool contains(std::uintptr_t address) const { return heap_ <= address && address < end(); }
  const std::vector<Block>& blocks() const { return blocks_; }

 private:
  void* take(std::size_t bytes, std::size_t alignment, std::uint64_t pc);

  std::uintptr_t begin_;
  std::size_t bytes_;
  std::uintptr_t heap_;
  std::uintptr_t next_;
  std::vector<Block> blocks_;  // ascending
};

}  // namespace an::model
