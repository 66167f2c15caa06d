// The only door to operating-system threads: start, name, pin, join.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace an {

// A joined-on-destruction thread with a name. Movable.
class Thread {
 public:
  Thread() = default;
  // Starts `body` in a thread called `name` (at most 15 bytes are kept by the kernel).
  // Throws an::Error when the system refuses another thread.
  Thread(std::string name, std::function<void()> body);
  ~Thread() { join(); }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  Thread(Thread&&) = default;
  Thread& operator=(Thread&&) = delete;

  // Waits for the body to return. A second call does nothing.
  void join();

 private:
  std::thread thread_;
};

// Restricts the calling thread to one CPU. Throws an::Error when the CPU is not in the process's
// set.
void pin_current_thread(int cpu);

// The CPUs the calling thread may run on, ascending; never empty.
std::vector<int> allowed_cpus();

// Restricts the calling thread to `cpus`. Throws an::Error when none of them is allowed.
void restrict_current_thread(const std::vector<int>& cpus);

}  // namespace an
