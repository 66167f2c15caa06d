#include "core/fiber/fiber_store.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <system_error>

#include "core/base/cache_line.hpp"
#include "core/base/error.hpp"

namespace an {

namespace {

// Stacks end at one of so many places, so far apart.
constexpr std::size_t kColours = 16;
constexpr std::size_t kColourBytes = 256;
static_assert(kColours * kColourBytes <= FiberStore::kStackBytesMin / 4);

std::size_t page_bytes() noexcept {
  static const auto bytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return bytes;
}

[[noreturn]] void refuse(const char* call, std::size_t stacks) {
  throw Error("a stack could not be made (" + std::string(call) + ": " +
                  std::generic_category().message(errno) + "); there are " + std::to_string(stacks),
              "Likely the limit of mappings of a process: a stack takes two",
              "Raise it with `sysctl vm.max_map_count=1000000`, or fork less deeply");
}

}  // namespace

FiberStore::FiberStore(std::size_t stack_bytes)
    : stack_bytes_((stack_bytes + page_bytes() - 1) / page_bytes() * page_bytes()) {
  AN_ASSERT(stack_bytes >= kStackBytesMin);
}

FiberStore::~FiberStore() {
  AN_ASSERT(free_count_ == all_.size());
  for (Fiber* fiber : all_) {
    fiber->annotations.unmade();
    std::byte* const base = fiber->base;
    std::destroy_at(fiber);
    ::munmap(base, page_bytes() + stack_bytes_);
  }
}

std::uint64_t FiberStore::stacks() const noexcept {
  const std::lock_guard guard(lock_);
  return all_.size();
}

Fiber& FiberStore::make() {
  const std::size_t bytes = page_bytes() + stack_bytes_;
  all_.reserve(all_.size() + 1);
  void* const raw = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (raw == MAP_FAILED) {
    refuse("mmap", all_.size());
  }
  auto* const base = static_cast<std::byte*>(raw);
  if (::mprotect(base, page_bytes(), PROT_NONE) != 0) {
    const int reason = errno;
    ::munmap(base, bytes);
    errno = reason;
    refuse("mprotect", all_.size());
  }
  constexpr std::size_t kBlock = (sizeof(Fiber) + kCacheLine - 1) / kCacheLine * kCacheLine;
  const std::size_t colour = all_.size() % kColours * kColourBytes;
  auto* const fiber = ::new (base + bytes - colour - kBlock) Fiber;
  fiber->base = base;
  fiber->annotations.made(base + page_bytes(), stack_bytes_);
  all_.push_back(fiber);
  return *fiber;
}

Fiber* FiberStore::take(std::uint32_t wanted, std::uint32_t& taken) {
  const std::lock_guard guard(lock_);
  if (free_ == nullptr) {
    Fiber& fiber = make();
    fiber.next = nullptr;
    taken = 1;
    return &fiber;
  }
  Fiber* const first = free_;
  Fiber* last = first;
  taken = 1;
  for (; taken < wanted && last->next != nullptr; ++taken) {
    last = last->next;
  }
  free_ = last->next;
  free_count_ -= taken;
  last->next = nullptr;
  return first;
}

void FiberStore::give_back(Fiber* first, Fiber* last, std::uint32_t count) noexcept {
  const std::lock_guard guard(lock_);
  last->next = free_;
  free_ = first;
  free_count_ += count;
}

void FiberStore::Shelf::refill() {
  top_ = store_.take(kBatch, count_);
}

// The youngest go. Which ones hardly matters: what a shelf has too much of, others use soon.
void FiberStore::Shelf::give_back(std::uint32_t count) noexcept {
  Fiber* const first = top_;
  Fiber* last = first;
  for (std::uint32_t i = 1; i < count; ++i) {
    last = last->next;
  }
  top_ = last->next;
  count_ -= count;
  store_.give_back(first, last, count);
}

}  // namespace an
