// SIGINT, SIGTERM and SIGHUP as a readable descriptor: whoever polls it together with its own
// descriptor cannot miss a signal that arrives between looking and sleeping. SIGPIPE is ignored
// meanwhile, so that writing to a dead cell is an error code.
//
// At most one Interrupt exists at a time; made and destroyed on the conducting thread.
#pragma once

#include <signal.h>

#include <array>

namespace an::harness {

class Interrupt {
 public:
  // Installs the handlers. Throws an::Error when the system has no descriptor left.
  Interrupt();
  // Puts the former dispositions back.
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // Readable from the first signal on.
  int wake_fd() const { return read_fd_; }
  // True from the first signal on.
  bool is_requested() const;

 private:
  int read_fd_ = -1;
  std::array<struct sigaction, 4> former_{};
};

}  // namespace an::harness
