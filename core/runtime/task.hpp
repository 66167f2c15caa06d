// Task: a callable of type void(), owned and movable, its type forgotten. Small ones stand in the task itself.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace an {

class Task {
 public:
  static constexpr std::size_t kInlineBytes = 48;

  template <class F>
  requires(!std::is_same_v<std::decay_t<F>, Task> && std::is_invocable_v<std::decay_t<F>&>)  //
      Task(F&& callable) {  // NOLINT: a callable is a task
    using Callable = std::decay_t<F>;
    if constexpr (kFits<Callable>) {
      ::new (static_cast<void*>(place_)) Callable(std::forward<F>(callable));
      kind_ = &kInline<Callable>;
    } else {
      ::new (static_cast<void*>(place_)) Callable*(new Callable(std::forward<F>(callable)));
      kind_ = &kOnHeap<Callable>;
    }
  }
  Task(Task&& other) noexcept : kind_(std::exchange(other.kind_, nullptr)) {
    if (kind_ != nullptr) {
      kind_->move(other.place_, place_);
    }
  }
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      this->~Task();
      ::new (static_cast<void*>(this)) Task(std::move(other));
    }
    return *this;
  }
  ~Task() {
    if (kind_ != nullptr) {
      kind_->destroy(place_);
    }
  }

  // Whether it was moved from.
  bool is_empty() const noexcept { return kind_ == nullptr; }

  // Calls it. Requires that it was not moved from. May be called again if the callable may.
  void operator()() { kind_->call(place_); }

 private:
  struct Kind {
    void (*call)(void* place);
    void (*move)(void* from, void* to) noexcept;  // ends what stood in `from`
    void (*destroy)(void* place) noexcept;
  };

  template <class Callable>
  static constexpr bool kFits = sizeof(Callable) <= kInlineBytes &&
                                alignof(Callable) <= alignof(std::max_align_t) &&
                                std::is_nothrow_move_constructible_v<Callable>;

  template <class Callable>
  static Callable& in(void* place) noexcept {
    return *std::launder(static_cast<Callable*>(place));
  }

  template <class Callable>
  static constexpr Kind kInline{
      [](void* place) { static_cast<void>(in<Callable>(place)()); },
      [](void* from, void* to) noexcept {
        ::new (to) Callable(std::move(in<Callable>(from)));
        std::destroy_at(&in<Callable>(from));
      },
      [](void* place) noexcept { std::destroy_at(&in<Callable>(place)); }};

  template <class Callable>
  static constexpr Kind kOnHeap{
      [](void* place) { static_cast<void>((*in<Callable*>(place))()); },
      [](void* from, void* to) noexcept { ::new (to) Callable*(in<Callable*>(from)); },
      [](void* place) noexcept { delete in<Callable*>(place); }};

  alignas(std::max_align_t) std::byte place_[kInlineBytes];
  const Kind* kind_;
};

}  // namespace an
