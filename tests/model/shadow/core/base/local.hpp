// Shadow of core/base/local.hpp: a value for each thread of the model, fresh in every execution.
#pragma once

#include <array>
#include <type_traits>

namespace an {

namespace model {

// The running thread of the model.
int current_thread() noexcept;
// Calls `clear` before every execution.
void at_execution_start(void (*clear)());

}  // namespace model

template <class Tag, class T>
class Local {
  static_assert(std::is_trivially_destructible_v<T>, "a destructor would need a guard");

 public:
  static T& get() noexcept {
    static_cast<void>(registered_);
    return values_[static_cast<std::size_t>(model::current_thread())];
  }

 private:
  static void clear() { values_ = {}; }

  static inline std::array<T, 8> values_{};
  static inline const bool registered_ = (model::at_execution_start(&clear), true);
};

}  // namespace an
