// PoolPlay: an object pool whose blocks say whether they are in use, for the models of pools.
//
// Threads: as ObjectPool's; finish() when no other thread is left.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "core/memory/object_pool.hpp"
#include "tests/model/checker/model.hpp"

namespace an::model {

struct PoolBlock {
  enum Use : int { kFree, kInUse };

  std::array<std::byte, kCacheLine> content;  // the pool's while the block is free
  Use use;
};

class PoolPlay {
 public:
  static constexpr std::size_t kBlocksMax = 40;  // carved by one owner

  explicit PoolPlay(std::uint32_t owners) : pool_(owners) {}

  PoolBlock* allocate(std::uint32_t self) {
    auto* const block = static_cast<PoolBlock*>(pool_.allocate<kBytes>(self));
    Carved& mine = carved_[self];
    const auto end = mine.blocks.begin() + mine.count;
    if (std::find(mine.blocks.begin(), end, block) == end) {
      require(mine.count < static_cast<int>(kBlocksMax), "an owner carves 40 blocks at most");
      mine.blocks[static_cast<std::size_t>(mine.count++)] = block;
    } else {
      require(block->use == PoolBlock::kFree, "no block is given out twice");
    }
    block->content[0] = std::byte{1};
    block->use = PoolBlock::kInUse;
    return block;
  }

  void free(std::uint32_t self, PoolBlock* block) {
    require(block->use == PoolBlock::kInUse, "nobody else has freed the block");
    block->use = PoolBlock::kFree;
    pool_.free<kBytes>(self, block);
  }

  void flush(std::uint32_t self) { pool_.flush(self); }

  ObjectPool& pool() { return pool_; }

  // Every block of `owner` has come home: it gets as many as it carved, each once, and carves none.
  void finish(std::uint32_t owner) {
    require(pool_.live() == 0, "all that was allocated is freed");
    const int count = carved_[owner].count;
    for (int i = 0; i < count; ++i) {
      allocate(owner);
    }
    require(carved_[owner].count == count, "no block is lost");
    for (int i = 0; i < count; ++i) {
      free(owner, carved_[owner].blocks[static_cast<std::size_t>(i)]);
    }
    require(pool_.live() == 0, "all that was allocated is freed");
  }

 private:
  // The largest class: a slab has the fewest.
  static constexpr std::size_t kBytes = ObjectPool::kBytesMax;

  // By one owner, which alone looks.
  struct Carved {
    std::array<PoolBlock*, kBlocksMax> blocks;
    int count = 0;
  };

  ObjectPool pool_;
  std::array<Carved, 3> carved_;
};

}  // namespace an::model
