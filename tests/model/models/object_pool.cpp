// ObjectPool: blocks that one owner carved and others free. A block's content is plain memory, so that
// two users of one block, or a user who does not see what the one before did, are a race.
#include "core/memory/object_pool.hpp"

#include <array>

#include "tests/model/models/pool_play.hpp"

namespace an::model {

// A whole batch goes home by itself while its owner allocates.
AN_MODEL(object_pool_a_batch_comes_home, {.preemptions = -1}) {
  PoolPlay play(2);
  std::array<PoolBlock*, ObjectPool::kBatch> blocks;
  for (PoolBlock*& block : blocks) {
    block = play.allocate(0);
  }
  Thread freer("freer", [&] {
    for (PoolBlock* block : blocks) {
      play.free(1, block);
    }
  });
  std::array<PoolBlock*, 9> mine;  // a bundle and two blocks of the next
  for (PoolBlock*& block : mine) {
    block = play.allocate(0);
  }
  freer.join();
  for (PoolBlock* block : mine) {
    play.free(0, block);
  }
  play.finish(0);
}

// Two others free for the same owner, which takes what both have sent at once, or one by one.
AN_MODEL(object_pool_two_freers, {.preemptions = -1}) {
  PoolPlay play(3);
  PoolBlock* const one = play.allocate(0);
  PoolBlock* const two = play.allocate(0);
  Thread first("first", [&] {
    play.free(1, one);
    play.flush(1);
  });
  Thread second("second", [&] {
    play.free(2, two);
    play.flush(2);
  });
  PoolBlock* const mine = play.allocate(0);
  PoolBlock* const more = play.allocate(0);
  first.join();
  second.join();
  play.free(0, mine);
  play.free(0, more);
  play.finish(0);
}

// A freer sends twice, and more than one block at a time.
AN_MODEL(object_pool_two_batches, {.preemptions = -1}) {
  PoolPlay play(2);
  std::array<PoolBlock*, 3> blocks;
  for (PoolBlock*& block : blocks) {
    block = play.allocate(0);
  }
  Thread freer("freer", [&] {
    play.free(1, blocks[0]);
    play.flush(1);
    play.free(1, blocks[1]);
    play.free(1, blocks[2]);
    play.flush(1);
  });
  std::array<PoolBlock*, 3> mine;
  for (PoolBlock*& block : mine) {
    block = play.allocate(0);
  }
  freer.join();
  for (PoolBlock* block : mine) {
    play.free(0, block);
  }
  play.finish(0);
}

// Each frees what the other carved, while both allocate.
AN_MODEL(object_pool_two_owners_exchange, {.preemptions = -1}) {
  PoolPlay play(2);
  PoolBlock* const of_0 = play.allocate(0);
  PoolBlock* const of_1 = play.allocate(1);
  Thread other("other", [&] {
    play.free(1, of_0);
    play.flush(1);
    play.free(1, play.allocate(1));
    play.free(1, play.allocate(1));
  });
  play.free(0, of_1);
  play.flush(0);
  play.free(0, play.allocate(0));
  play.free(0, play.allocate(0));
  other.join();
  play.finish(0);
  play.finish(1);
}

// A freer's look at the inbox is outdated, and yet its exchange succeeds: the same block came home, was
// used and came home again in between.
AN_MODEL(object_pool_the_same_block_twice, {.preemptions = -1}) {
  PoolPlay play(3);
  PoolBlock* const block = play.allocate(0);
  PoolBlock* const slow = play.allocate(0);
  play.free(2, block);
  play.flush(2);
  Atomic<PoolBlock*> again = nullptr;
  bool is_back = false;
  Thread freer("freer", [&] {
    play.free(1, slow);
    play.flush(1);
  });
  Thread borrower("borrower", [&] {
    // (V1) acquire; pairs with (V2): the block's content.
    if (PoolBlock* lent = again.load(kAcquire)) {
      play.free(2, lent);
      play.flush(2);
      is_back = true;
    }
  });
  PoolBlock* const first = play.allocate(0);
  // (V2) release; pairs with (V1).
  again.store(first, kRelease);
  PoolBlock* const mine = play.allocate(0);
  freer.join();
  borrower.join();
  if (!is_back) {
    play.free(0, first);
  }
  play.free(0, mine);
  play.finish(0);
}

// Whoever looks at the number of live blocks sees one between what was and what will be; when all is
// over it is exact.
AN_MODEL(object_pool_counts_while_others_act, {.preemptions = -1}) {
  PoolPlay play(2);
  PoolBlock* const block = play.allocate(0);
  Thread other("other", [&] { play.free(1, block); });
  const std::int64_t seen = play.pool().live();
  require(seen == 0 || seen == 1, "one block, live or not");
  other.join();
  require(play.pool().live() == 0, "it was freed");
  play.flush(1);
  play.finish(0);
}

}  // namespace an::model
