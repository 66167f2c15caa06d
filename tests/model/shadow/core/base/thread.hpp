// Shadow of core/base/thread.hpp: threads of the model.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace an {

class Thread {
 public:
  Thread() = default;
  Thread(std::string name, std::function<void()> body);
  ~Thread() { join(); }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  Thread(Thread&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
  Thread& operator=(Thread&&) = delete;

  void join();

 private:
  int id_ = -1;
};

inline void pin_current_thread(int /*cpu*/) {}
inline std::vector<int> allowed_cpus() {
  return {0, 1};
}
inline void restrict_current_thread(const std::vector<int>& /*cpus*/) {}

}  // namespace an
