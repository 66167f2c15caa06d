// ObjectPool: small blocks for the workers of one scheduler. A block is allocated by one owner and
// may be freed by any; it always returns to the owner that carved it. An owner's own blocks go
// through a stack of addresses that nobody else sees, without a locked instruction and without a
// look at the block; what others free comes back in batches through an inbox. README.md has the
// design and the argument.
//
// Threads: whatever takes `self` is for one thread at a time per owner (worker `self`, or whoever
// holds the lock of an owner that several threads share); live() and held_bytes() for anyone.
//
// I1: a block belongs to the slab it was carved from, a slab to one owner and one size class for
//     the life of the pool; the slab's first line says which and is never written again.
// I2: a free block is in exactly one place: its owner's shelf, its owner's taken bundles, its
//     owner's inbox, or one outgoing batch of the owner that freed it.
// I3: an owner maps a slab only when its shelf, taken bundles and inbox of that class are empty.
// I4: at most kBatch - 1 blocks of each class wait in a freer's batch for each owner; none after
//     flush().
// I5: a shelf has room for every block its owner carved of that class: putting one there cannot fail.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/atomic.hpp"
#include "core/base/cache_line.hpp"
#include "core/base/tally.hpp"
#include "core/memory/poison.hpp"

namespace an {

class ObjectPool {
 public:
  // The sizes blocks come in; a request is rounded up to one of them. Above the last: the heap.
  static constexpr std::array<std::size_t, 8> kClassBytes = {64,  128, 192, 256,
                                                             384, 512, 768, 1024};
  static constexpr std::size_t kBytesMax = kClassBytes.back();
  // Of every block up to kBytesMax; a larger one is aligned as by operator new.
  static constexpr std::size_t kAlignment = kCacheLine;
  static constexpr std::size_t kSlabBytes = std::size_t{1} << 16;
  // So many blocks of one class and owner are freed by another owner before they are handed back.
  static constexpr std::uint32_t kBatch = 28;

  // The class of `bytes`, an index of kClassBytes. Requires bytes <= kBytesMax.
  static constexpr std::size_t class_of(std::size_t bytes) noexcept {
    return kClassOfLines[(bytes + kCacheLine - 1) / kCacheLine];
  }

  // A pool for owners 0 .. owners-1. Maps nothing yet.
  explicit ObjectPool(std::uint32_t owners);
  // Unmaps every slab: blocks up to kBytesMax that are still live are gone, larger ones leak.
  ~ObjectPool();
  ObjectPool(const ObjectPool&) = delete;
  ObjectPool& operator=(const ObjectPool&) = delete;

  // At least kBytes of memory, from owner `self`. Throws std::bad_alloc.
  template <std::size_t kBytes>
  void* allocate(std::uint32_t self) {
    if constexpr (kBytes > kBytesMax) {
      return allocate_large(self, kBytes);
    } else {
      return allocate_class(self, class_of(kBytes));
    }
  }

  // Gives back what allocate<kBytes> of any owner of this pool returned. `self` is who frees.
  template <std::size_t kBytes>
  void free(std::uint32_t self, void* block) noexcept {
    if constexpr (kBytes > kBytesMax) {
      free_large(self, block, kBytes);
    } else {
      free_class(self, block, class_of(kBytes));
    }
  }

  // The same for a size known only at run time.
  void* allocate(std::uint32_t self, std::size_t bytes) {
    return bytes > kBytesMax ? allocate_large(self, bytes) : allocate_class(self, class_of(bytes));
  }
  void free(std::uint32_t self, void* block, std::size_t bytes) noexcept {
    if (bytes > kBytesMax) {
      free_large(self, block, bytes);
    } else {
      free_class(self, block, class_of(bytes));
    }
  }

  // Hands back every block that waits in a batch of `self`: before `self` sleeps, at the end of a
  // run. O(1) when there is none, O(owners) otherwise.
  void flush(std::uint32_t self) noexcept;

  // Blocks allocated and not yet freed; exact when nobody acts. O(owners).
  std::int64_t live() const noexcept;

  // Bytes mapped for slabs; larger blocks are not counted. Never shrinks. O(owners).
  std::uint64_t held_bytes() const noexcept;

  std::uint32_t owners() const noexcept { return count_; }

 private:
  static constexpr std::size_t kClasses = kClassBytes.size();

  static constexpr auto kClassOfLines = [] {
    std::array<std::uint8_t, kBytesMax / kCacheLine + 1> classes{};
    std::uint8_t fitting = 0;
    for (std::size_t lines = 0; lines < classes.size(); ++lines) {
      if (lines * kCacheLine > kClassBytes[fitting]) {
        ++fitting;
      }
      classes[lines] = fitting;
    }
    return classes;
  }();

  // The first line of every slab; found from a block by masking its address.
  struct alignas(kCacheLine) Slab {
    std::uint32_t owner;
    std::uint32_t size_class;
    const ObjectPool* pool;
  };

  // The addresses of an owner's free blocks of one class. Beside a link inside each block this saves
  // the look at it: what another CPU used last comes back cold, and allocation does not wait for it.
  struct Shelf {
    // So many allocations ahead a block's line is asked for. As many empty places below the bottom.
    static constexpr std::size_t kAhead = 8;

    void** top = nullptr;     // one past the last address
    void** bottom = nullptr;  // equal: empty
  };

  // A free block that carries the addresses of others on their way home, and goes home itself.
  // The others stay untouched by the freer, and the owner follows one link for seven blocks.
  struct Bundle {
    static constexpr std::uint32_t kOthers = 6;

    Bundle* next;
    std::uint64_t others;  // how many of `blocks` are set
    std::array<void*, kOthers> blocks;
  };
  static_assert(sizeof(Bundle) == kCacheLine && kBatch % (Bundle::kOthers + 1) == 0);

  // A batch that one owner collects for another: a chain of bundles, of which only the youngest is
  // not yet full.
  struct Outgoing {
    Bundle* youngest = nullptr;
    Bundle* eldest = nullptr;
    std::uint32_t blocks = 0;  // in the whole chain
    std::uint32_t others = 0;  // in the youngest
  };

  // What is left to carve, and what came back but is not in the list yet.
  struct Supply {
    std::unique_ptr<void*[]> places;  // of the shelf: kAhead + capacity
    std::size_t capacity = 0;         // at least carved (I5)
    std::size_t carved = 0;           // blocks of all slabs of the class
    std::byte* fresh = nullptr;
    std::byte* fresh_end = nullptr;
    Bundle* taken = nullptr;
  };

  // Mapped slabs that no class uses yet are [next, end).
  struct Region {
    std::byte* begin = nullptr;
    std::byte* next = nullptr;
    std::byte* end = nullptr;
  };

  struct alignas(kNoSharing) Owner {
    std::array<Shelf, kClasses> shelves{};
    Tally allocated;
    Tally freed;
    Tally held_bytes;
    std::uint32_t open_batches = 0;
    std::array<Supply, kClasses> supply{};
    std::unique_ptr<Outgoing[]> outgoing;  // [owner][class]; null before the first foreign block
    std::vector<Region> regions;
    alignas(kNoSharing) std::array<Atomic<Bundle*>, kClasses> inbox{};  // other owners write here
  };

  static Slab& slab_of(void* block) noexcept {
    return *reinterpret_cast<Slab*>(reinterpret_cast<std::uintptr_t>(block) & ~(kSlabBytes - 1));
  }

  [[gnu::always_inline]] void* allocate_class(std::uint32_t self, std::size_t size_class) {
    AN_DCHECK(self < count_);
    Owner& mine = owners_[self];
    Shelf& shelf = mine.shelves[size_class];
    if (shelf.top == shelf.bottom) [[unlikely]] {
      return allocate_slowly(self, size_class);
    }
    void* block = *--shelf.top;
    prefetch_for_write(shelf.top[-static_cast<std::ptrdiff_t>(Shelf::kAhead)]);
    unpoison(block, kClassBytes[size_class]);
    mine.allocated.add();
    return block;
  }

  [[gnu::always_inline]] void free_class(std::uint32_t self,
                                         void* block,
                                         std::size_t size_class) noexcept {
    AN_DCHECK(self < count_);
    AN_DCHECK(!is_poisoned(block));  // a block is not freed twice
    const Slab& slab = slab_of(block);
    AN_DCHECK(slab.pool == this);
    AN_DCHECK(slab.size_class == size_class);
    Owner& mine = owners_[self];
    mine.freed.add();
    if (slab.owner != self) [[unlikely]] {
      free_foreign(self, block, slab.owner, size_class);
      return;
    }
    keep(mine, block, size_class);
  }

  // Puts a free block onto its owner's shelf.
  static void keep(Owner& mine, void* block, std::size_t size_class) noexcept {
    *mine.shelves[size_class].top++ = block;
    poison(block, kClassBytes[size_class]);
  }

  void* allocate_slowly(std::uint32_t self, std::size_t size_class);
  void* unpack(Owner& mine, std::size_t size_class) noexcept;
  void open_slab(std::uint32_t self, std::size_t size_class);
  static void make_room(Owner& mine, std::size_t size_class, std::size_t blocks);
  void map_region(Owner& mine);
  void free_foreign(std::uint32_t self,
                    void* block,
                    std::uint32_t owner,
                    std::size_t size_class) noexcept;
  static void seal(Outgoing& batch) noexcept;
  void send(Owner& mine, Outgoing& batch, std::uint32_t owner, std::size_t size_class) noexcept;
  void* allocate_large(std::uint32_t self, std::size_t bytes);
  void free_large(std::uint32_t self, void* block, std::size_t bytes) noexcept;

  std::unique_ptr<Owner[]> owners_;
  std::uint32_t count_;
};

}  // namespace an
