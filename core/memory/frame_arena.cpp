#include "core/memory/frame_arena.hpp"

#include <new>

#include "core/base/assert.hpp"
#include "core/base/atomic.hpp"
#include "core/base/local.hpp"

namespace an {

// Of which arena the calling thread is a member, and as whom.
struct FrameArena::Current {
  FrameArena* arena;
  std::uint32_t self;

  static Current& get() noexcept { return Local<Current, Current>::get(); }
};

namespace {

// In front of every frame.
struct alignas(FrameArena::kAlignment) Header {
  FrameArena* arena;  // null: the heap
  std::size_t bytes;  // of header and frame
};
static_assert(sizeof(Header) == FrameArena::kAlignment);

Atomic<std::int64_t> frames_on_heap = 0;

}  // namespace

[[gnu::noinline]] void* FrameArena::allocate(std::size_t bytes) {
  const std::size_t total = bytes + sizeof(Header);
  const Current current = Current::get();
  void* block = nullptr;
  if (current.arena != nullptr) [[likely]] {
    block = current.arena->pool_.allocate(current.self, total);
  } else {
    block = ::operator new(total);
    frames_on_heap.fetch_add(1, kStat);
  }
  return ::new (block) Header{current.arena, total} + 1;
}

[[gnu::noinline]] void FrameArena::free(void* frame) noexcept {
  Header* block = static_cast<Header*>(frame) - 1;
  const Header header = *block;
  const Current current = Current::get();
  if (header.arena == nullptr) {
    frames_on_heap.fetch_sub(1, kStat);
    ::operator delete(block, header.bytes);
  } else if (header.arena == current.arena) [[likely]] {
    current.arena->pool_.free(current.self, block, header.bytes);
  } else {
    header.arena->free_as_outsider(block, header.bytes);
  }
}

// Nobody tells an outsider to flush, so it hands every block back at once.
[[gnu::cold]] void FrameArena::free_as_outsider(void* block, std::size_t bytes) noexcept {
  const std::lock_guard lock(outsiders_);
  const std::uint32_t outsider = pool_.owners() - 1;
  pool_.free(outsider, block, bytes);
  pool_.flush(outsider);
}

std::int64_t FrameArena::live_outside() noexcept {
  return frames_on_heap.load(kStat);
}

FrameArena::Member::Member(FrameArena& arena, std::uint32_t self) noexcept
    : outer_(Current::get().arena), outer_self_(Current::get().self) {
  AN_ASSERT(self + 1 < arena.pool_.owners());
  Current::get() = {&arena, self};
}

FrameArena::Member::~Member() {
  const Current current = Current::get();
  current.arena->flush(current.self);
  Current::get() = {outer_, outer_self_};
}

}  // namespace an
