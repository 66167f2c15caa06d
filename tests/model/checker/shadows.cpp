// What the shadows of core/base need of the checker.
#include "tests/model/checker/execution.hpp"
#include "tests/model/shadow/core/base/backoff.hpp"
#include "tests/model/shadow/core/base/clock.hpp"
#include "tests/model/shadow/core/base/futex.hpp"
#include "tests/model/shadow/core/base/local.hpp"
#include "tests/model/shadow/core/base/thread.hpp"
#include "tests/model/shadow/core/memory/poison.hpp"

#define AN_HERE reinterpret_cast<std::uint64_t>(__builtin_return_address(0))

namespace an {

using model::Execution;

bool futex_wait(Atomic<std::uint32_t>& word, std::uint32_t expected, Deadline until) noexcept {
  return Execution::the().futex_wait(reinterpret_cast<std::uintptr_t>(&word), expected,
                                     !until.is_never(), AN_HERE);
}

void futex_wake(Atomic<std::uint32_t>& word, int count) noexcept {
  Execution::the().futex_wake(reinterpret_cast<std::uintptr_t>(&word), count, AN_HERE);
}

Nanos now_ns() noexcept {
  return static_cast<Nanos>(Execution::the().clock());
}

void cpu_yield() noexcept {
  Execution::the().yield(AN_HERE);
}

Thread::Thread(std::string /*name*/, std::function<void()> body)
    : id_(Execution::the().start_thread(std::move(body), AN_HERE)) {}

void Thread::join() {
  if (id_ >= 0) {
    Execution::the().join_thread(std::exchange(id_, -1), AN_HERE);
  }
}

void poison(void* memory, std::size_t bytes) noexcept {
  Execution::the().plain(reinterpret_cast<std::uintptr_t>(memory), bytes, model::Access::kFree,
                         AN_HERE);
}
void unpoison(void* memory, std::size_t bytes) noexcept {
  Execution::the().plain(reinterpret_cast<std::uintptr_t>(memory), bytes, model::Access::kTake,
                         AN_HERE);
}
bool is_poisoned(const void* memory) noexcept {
  return Execution::the().is_freed(reinterpret_cast<std::uintptr_t>(memory));
}

namespace model {

namespace {

std::vector<void (*)()>& clears() {
  static std::vector<void (*)()> clears;
  return clears;
}

}  // namespace

int current_thread() noexcept {
  return std::max(Execution::self(), 0);
}
void at_execution_start(void (*clear)()) {
  clears().push_back(clear);
}
void clear_locals() {
  for (void (*clear)() : clears()) {
    clear();
  }
}

}  // namespace model

}  // namespace an
