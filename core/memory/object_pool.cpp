#include "core/memory/object_pool.hpp"

#include <sys/mman.h>

#include <algorithm>

namespace an {
namespace {

// The first region of an owner is one slab; each next one is twice as large, up to this.
constexpr std::size_t kRegionBytesMax = std::size_t{1} << 20;

// `bytes` of fresh zero pages, aligned to `alignment`; both whole pages. Fresh, so that they lie on
// the node of the thread that first touches them.
std::byte* map_aligned(std::size_t bytes, std::size_t alignment) {
  const std::size_t reserved = bytes + alignment;
  void* raw = ::mmap(nullptr, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (raw == MAP_FAILED) {
    throw std::bad_alloc();
  }
  auto* begin = static_cast<std::byte*>(raw);
  const std::size_t misfit = reinterpret_cast<std::uintptr_t>(begin) % alignment;
  const std::size_t before = misfit == 0 ? 0 : alignment - misfit;
  if (before > 0) {
    ::munmap(begin, before);
  }
  ::munmap(begin + before + bytes, alignment - before);
  return begin + before;
}

}  // namespace

ObjectPool::ObjectPool(std::uint32_t owners)
    : owners_(std::make_unique<Owner[]>(owners)), count_(owners) {
  AN_ASSERT(owners > 0);
}

ObjectPool::~ObjectPool() {
  for (std::uint32_t o = 0; o < count_; ++o) {
    for (const Region& region : owners_[o].regions) {
      const auto bytes = static_cast<std::size_t>(region.end - region.begin);
      unpoison(region.begin, bytes);
      stop_scanning_for_leaks(region.begin, bytes);
      ::munmap(region.begin, bytes);
    }
  }
}

std::int64_t ObjectPool::live() const noexcept {
  std::uint64_t sum = 0;  // an owner may free more than it allocated: modulo 2^64 until the end
  for (std::uint32_t o = 0; o < count_; ++o) {
    sum += owners_[o].allocated.value() - owners_[o].freed.value();
  }
  return static_cast<std::int64_t>(sum);
}

std::uint64_t ObjectPool::held_bytes() const noexcept {
  std::uint64_t sum = 0;
  for (std::uint32_t o = 0; o < count_; ++o) {
    sum += owners_[o].held_bytes.value();
  }
  return sum;
}

// The shelf is empty: first what others gave back, then memory that was never used.
[[gnu::noinline]] void* ObjectPool::allocate_slowly(std::uint32_t self, std::size_t size_class) {
  Owner& mine = owners_[self];
  Supply& supply = mine.supply[size_class];
  if (supply.taken == nullptr && mine.inbox[size_class].load(kStat) != nullptr) {
    // (P1) acquire; pairs with (P2): the links, and everything a freer did with a block before. If
    // relaxed, the new user of a block could race with its old one: object_pool_test.cpp,
    // BlocksCrossThreadsWhole under ThreadSanitizer.
    supply.taken = mine.inbox[size_class].exchange(nullptr, kAcquire);
  }
  void* block = nullptr;
  if (supply.taken != nullptr) {
    block = unpack(mine, size_class);
  } else {
    if (supply.fresh == supply.fresh_end) [[unlikely]] {
      open_slab(self, size_class);
    }
    block = supply.fresh;
    supply.fresh += kClassBytes[size_class];
    unpoison(block, kClassBytes[size_class]);
  }
  mine.allocated.add();
  return block;
}

// Puts the blocks of the next taken bundle onto the shelf and returns the bundle's own block.
void* ObjectPool::unpack(Owner& mine, std::size_t size_class) noexcept {
  Supply& supply = mine.supply[size_class];
  Bundle* bundle = supply.taken;
  unpoison(bundle, kClassBytes[size_class]);
  supply.taken = bundle->next;
  __builtin_prefetch(supply.taken);  // needed six blocks from now, and another CPU wrote it
  for (std::uint64_t i = bundle->others; i-- > 0;) {
    keep(mine, bundle->blocks[i], size_class);
  }
  return bundle;
}

[[gnu::cold]] void ObjectPool::open_slab(std::uint32_t self, std::size_t size_class) {
  Owner& mine = owners_[self];
  if (mine.regions.empty() || mine.regions.back().next == mine.regions.back().end) {
    map_region(mine);
  }
  const std::size_t bytes = kClassBytes[size_class];
  const std::size_t blocks = (kSlabBytes - sizeof(Slab)) / bytes;
  make_room(mine, size_class, blocks);  // before anything changes: it may throw
  Region& region = mine.regions.back();
  std::byte* begin = region.next;
  region.next += kSlabBytes;
  ::new (begin) Slab{self, static_cast<std::uint32_t>(size_class), this};
  Supply& supply = mine.supply[size_class];
  supply.fresh = begin + sizeof(Slab);
  supply.fresh_end = supply.fresh + blocks * bytes;
  poison(supply.fresh, kSlabBytes - sizeof(Slab));
}

// For `blocks` more (I5).
[[gnu::cold]] void ObjectPool::make_room(Owner& mine, std::size_t size_class, std::size_t blocks) {
  Supply& supply = mine.supply[size_class];
  Shelf& shelf = mine.shelves[size_class];
  if (supply.carved + blocks > supply.capacity) {
    const std::size_t capacity = std::max(supply.carved + blocks, 2 * supply.capacity);
    auto places = std::make_unique<void*[]>(Shelf::kAhead + capacity);
    void** const bottom = places.get() + Shelf::kAhead;
    shelf.top = std::copy(shelf.bottom, shelf.top, bottom);
    shelf.bottom = bottom;
    supply.places = std::move(places);
    supply.capacity = capacity;
  }
  supply.carved += blocks;
}

[[gnu::cold]] void ObjectPool::map_region(Owner& mine) {
  const std::size_t doublings = std::min<std::size_t>(mine.regions.size(), 16);
  const std::size_t bytes = std::min(kSlabBytes << doublings, kRegionBytesMax);
  mine.regions.reserve(mine.regions.size() + 1);  // so that nothing throws once it is mapped
  std::byte* begin = map_aligned(bytes, kSlabBytes);
  mine.regions.push_back({begin, begin, begin + bytes});
  mine.held_bytes.add(bytes);
  scan_for_leaks(begin, bytes);
}

[[gnu::noinline]] void ObjectPool::free_foreign(std::uint32_t self,
                                                void* block,
                                                std::uint32_t owner,
                                                std::size_t size_class) noexcept {
  Owner& mine = owners_[self];
  if (mine.outgoing == nullptr) [[unlikely]] {
    mine.outgoing = std::make_unique<Outgoing[]>(count_ * kClasses);
  }
  Outgoing& batch = mine.outgoing[owner * kClasses + size_class];
  ++batch.blocks;
  if (batch.youngest != nullptr && batch.others < Bundle::kOthers) {
    unpoison(batch.youngest, sizeof(Bundle));
    batch.youngest->blocks[batch.others++] = block;
    poison(batch.youngest, sizeof(Bundle));
    poison(block, kClassBytes[size_class]);
    if (batch.blocks == kBatch) {
      send(mine, batch, owner, size_class);
    }
    return;
  }
  if (batch.youngest != nullptr) {
    seal(batch);
  } else {
    ++mine.open_batches;
  }
  // The block itself becomes the youngest bundle.
  auto* bundle = ::new (block) Bundle;
  bundle->next = batch.youngest;
  batch.eldest = batch.youngest == nullptr ? bundle : batch.eldest;
  batch.youngest = bundle;
  batch.others = 0;
  poison(block, kClassBytes[size_class]);
}

// Writes into the youngest bundle how many it carries.
void ObjectPool::seal(Outgoing& batch) noexcept {
  unpoison(batch.youngest, sizeof(Bundle));
  batch.youngest->others = batch.others;
  poison(batch.youngest, sizeof(Bundle));
}

// Hands a batch to the owner of its blocks.
void ObjectPool::send(Owner& mine,
                      Outgoing& batch,
                      std::uint32_t owner,
                      std::size_t size_class) noexcept {
  seal(batch);
  Atomic<Bundle*>& inbox = owners_[owner].inbox[size_class];
  Bundle* before = inbox.load(kStat);
  do {
    unpoison(batch.eldest, sizeof(Bundle));
    batch.eldest->next = before;
    poison(batch.eldest, sizeof(Bundle));
    // (P2) release; pairs with (P1): publishes the chain and what its blocks were last used for. A
    // later push by another freer continues the release sequence, so one exchange sees them all.
    // The address may be the same as before an exchange by the owner: the link is right then too.
  } while (!inbox.compare_exchange_weak(before, batch.youngest, kRelease, kStat));
  batch = Outgoing{};
  --mine.open_batches;
}

void ObjectPool::flush(std::uint32_t self) noexcept {
  Owner& mine = owners_[self];
  for (std::uint32_t o = 0; mine.open_batches > 0; ++o) {
    for (std::size_t c = 0; c < kClasses; ++c) {
      Outgoing& batch = mine.outgoing[o * kClasses + c];
      if (batch.blocks > 0) {
        send(mine, batch, o, c);
      }
    }
  }
}

[[gnu::cold]] void* ObjectPool::allocate_large(std::uint32_t self, std::size_t bytes) {
  void* block = ::operator new(bytes);
  owners_[self].allocated.add();
  return block;
}

[[gnu::cold]] void ObjectPool::free_large(std::uint32_t self,
                                          void* block,
                                          std::size_t bytes) noexcept {
  owners_[self].freed.add();
  ::operator delete(block, bytes);
}

}  // namespace an
