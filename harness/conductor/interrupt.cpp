// See interrupt.hpp. The handler writes one byte to a pipe: write is async-signal-safe, and the
// byte is never read, so the descriptor stays readable for every later wait.
#include "harness/conductor/interrupt.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "core/base/atomic.hpp"
#include "core/base/error.hpp"

namespace an::harness {
namespace {

constexpr std::array<int, 4> kSignals{SIGINT, SIGTERM, SIGHUP, SIGPIPE};

// The write end of the pipe; -1 while no Interrupt exists. The handler runs on a thread of this
// process, and only the descriptor number is passed.
Atomic<int> wake_write_fd{-1};

void handle(int) {
  const int saved = errno;
  const int fd = wake_write_fd.load(kStat);
  if (fd >= 0) {
    [[maybe_unused]] const ssize_t count = ::write(fd, "!", 1);
  }
  errno = saved;
}

}  // namespace

Interrupt::Interrupt() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    throw Error(std::string("pipe: ") + std::strerror(errno), "Too many open files",
                "Raise the limit with `ulimit -n`");
  }
  read_fd_ = ends[0];
  wake_write_fd.store(ends[1], kStat);
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    struct sigaction action {};
    action.sa_handler = kSignals[i] == SIGPIPE ? SIG_IGN : handle;
    sigemptyset(&action.sa_mask);
    ::sigaction(kSignals[i], &action, &former_[i]);
    if (kSignals[i] == SIGHUP && former_[i].sa_handler == SIG_IGN) {
      ::sigaction(SIGHUP, &former_[i], nullptr);  // nohup
    }
  }
}

Interrupt::~Interrupt() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    ::sigaction(kSignals[i], &former_[i], nullptr);
  }
  ::close(wake_write_fd.exchange(-1, kStat));
  ::close(read_fd_);
}

bool Interrupt::is_requested() const {
  pollfd descriptor{read_fd_, POLLIN, 0};
  return ::poll(&descriptor, 1, 0) == 1;
}

}  // namespace an::harness
