// What a fork leaves behind under heartbeat scheduling: a record of the branch that could be run
// elsewhere, and, once promoted, the job that runs it.
//
// A record is two stores: which code, and the closure itself when it is small and trivially
// copyable, else its address. Copying keeps the closure's variables in the caller's registers.
#pragma once

#include <cstddef>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "core/task/fork_join.hpp"
#include "core/task/job.hpp"
#include "core/task/stack_job.hpp"

namespace an::schedulers::heartbeat {

class PromotedJob;
struct Loop;

struct Record {
  static constexpr std::size_t kInlineBytes = 24;

  // Runs the recorded branch as `worker`'s and leaves its outcome in `job`; null in a loop's record.
  void (*run)(PromotedJob& job, void* worker);
  // The closure or its address; after promotion, the job. The address of a loop (loop.hpp).
  alignas(8) std::byte closure[kInlineBytes];

  // G is a branch as join deduced it: an lvalue reference for a named object.
  template <class G>
  using Closure = std::remove_cvref_t<G>;
  template <class G>
  static constexpr bool kIsCopied =
      (!std::is_lvalue_reference_v<G> ||
       std::is_const_v<std::remove_reference_t<G>>)&&sizeof(Closure<G>) <= kInlineBytes
      && alignof(Closure<G>) <= 8 &&
      std::is_trivially_copyable_v<Closure<G>>&& std::is_trivially_destructible_v<Closure<G>>;

  // W provides W::enter(void*). Two stores for a closure of a word.
  template <class W, class G>
  [[gnu::always_inline]] void set(std::remove_reference_t<G>& branch) noexcept;

  // After promotion.
  void set_job(PromotedJob* job) noexcept { std::memcpy(closure, &job, sizeof(job)); }
  PromotedJob* job() const noexcept { return pointer<PromotedJob>(); }

  void set_loop(Loop* loop) noexcept {
    run = nullptr;
    std::memcpy(closure, &loop, sizeof(loop));
  }
  // Null in the record of a branch.
  Loop* loop() const noexcept { return run == nullptr ? pointer<Loop>() : nullptr; }

 private:
  template <class T>
  T* pointer() const noexcept {
    T* value = nullptr;
    std::memcpy(&value, closure, sizeof(value));
    return value;
  }
};

static_assert(sizeof(Record) == 32);

// What was promoted: a job that brings tokens, and what it threw. One allocation; freed by the join.
// See StackJob for the join protocol.
class Promotion : public Job {
 public:
  Promotion(const Promotion&) = delete;
  Promotion& operator=(const Promotion&) = delete;

  std::uint32_t tokens() const noexcept { return tokens_; }

  // Thief: runs it; what it throws is kept. Returns the join state to publish.
  JoinState run_here(void* worker) noexcept {
    try {
      content_(*this, worker);
      return kReturned;
    } catch (...) {
      thrown_ = std::current_exception();
      return kThrew;
    }
  }

  // What it threw, or null. Requires completion.
  const std::exception_ptr& thrown() const noexcept { return thrown_; }

 protected:
  using Content = void (*)(Promotion& self, void* worker);

  // `body` runs it as a job, through run_here().
  Promotion(Run body, std::uint32_t tokens, Content content) noexcept
      : Job(body), tokens_(tokens), content_(content) {}
  ~Promotion() = default;

 private:
  std::uint32_t tokens_;
  Content content_;
  std::exception_ptr thrown_;
};

// A promoted branch: the record's content, and room for the result.
class PromotedJob final : public Promotion {
 public:
  // Takes over `record`'s branch with `tokens` credits for whoever runs it.
  PromotedJob(const Record& record, std::uint32_t tokens, Run body) noexcept
      : Promotion(body,
                  tokens,
                  [](Promotion& self, void* worker) {
                    auto& job = static_cast<PromotedJob&>(self);
                    job.record_.run(job, worker);
                  }),
        record_(record) {}

  template <class G>
  std::remove_reference_t<G>& branch() noexcept {
    using Branch = std::remove_reference_t<G>;
    if constexpr (Record::kIsCopied<G>) {
      return *std::launder(reinterpret_cast<Branch*>(record_.closure));
    } else {
      Branch* branch = nullptr;
      std::memcpy(&branch, record_.closure, sizeof(branch));
      return *branch;
    }
  }

  template <class Result>
  void emplace(Result&& result) {
    using Value = std::decay_t<Result>;
    result_ = {new Value(std::forward<Result>(result)),
               [](void* value) { delete static_cast<Value*>(value); }};
  }

  // The outcome: returns the result or rethrows. Requires completion.
  template <class Result>
  Result take() {
    if (thrown() != nullptr) {
      std::rethrow_exception(thrown());
    }
    return std::move(*static_cast<Result*>(result_.get()));
  }

 private:
  Record record_;
  std::unique_ptr<void, void (*)(void*)> result_{nullptr, [](void*) {}};
};

template <class W, class G>
inline void Record::set(std::remove_reference_t<G>& branch) noexcept {
  run = [](PromotedJob& job, void* worker) {
    job.emplace(run_branch(job.template branch<G>(), W::enter(worker)));
  };
  if constexpr (kIsCopied<G>) {
    ::new (static_cast<void*>(closure)) Closure<G>(branch);
  } else {
    auto* address = &branch;
    std::memcpy(closure, &address, sizeof(address));
  }
}

// The records of one strand: a flat array that only ever grows and shrinks at its end. Address
// space for one record per 48 bytes of native stack (no frame that forks is smaller), so the native
// stack overflows first; pages are touched as they are used. A guard page ends it.
class RecordStack {
 public:
  RecordStack();
  ~RecordStack();
  RecordStack(const RecordStack&) = delete;
  RecordStack& operator=(const RecordStack&) = delete;

  Record* begin() const noexcept { return records_; }

 private:
  Record* records_;
  std::size_t bytes_;
};

}  // namespace an::schedulers::heartbeat
