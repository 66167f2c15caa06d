// See line_channel.hpp.
#include "harness/protocol/line_channel.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

namespace an::harness {
namespace {

constexpr std::size_t kReadBytes = 65536;

// What is left until the deadline in whole milliseconds, rounded up; -1 for never.
int poll_timeout_ms(Deadline until) {
  if (until.is_never()) {
    return -1;
  }
  const Nanos left_ns = until.at_ns - now_ns();
  if (left_ns <= 0) {
    return 0;
  }
  return static_cast<int>(std::min<Nanos>(left_ns / 1'000'000 + 1, INT_MAX));
}

}  // namespace

LineStatus LineChannel::wait(int fd, short events, Deadline until) const {
  for (;;) {
    std::array<pollfd, 2> fds{pollfd{fd, events, 0}, pollfd{wake_fd_, POLLIN, 0}};
    const int ready = ::poll(fds.data(), fds.size(), poll_timeout_ms(until));
    if (ready < 0 && errno != EINTR) {
      return LineStatus::kFailed;
    }
    if (ready > 0 && fds[1].revents != 0) {
      return LineStatus::kInterrupted;
    }
    if (ready > 0) {
      return LineStatus::kOk;
    }
    if (until.has_passed()) {
      return LineStatus::kTimeout;
    }
  }
}

// Takes one line from the buffer. False when the buffer holds no verdict yet.
bool LineChannel::take_line(std::string& line, LineStatus& status) {
  for (;;) {
    const std::size_t end = buffer_.find('\n', scanned_);
    if (end == std::string::npos) {
      break;
    }
    scanned_ = 0;
    if (is_skipping_) {
      is_skipping_ = false;
      buffer_.erase(0, end + 1);
      continue;
    }
    status = end > kLineBytesMax ? LineStatus::kTooLong : LineStatus::kOk;
    line.assign(buffer_, 0, end);
    buffer_.erase(0, end + 1);
    return true;
  }
  scanned_ = buffer_.size();
  if (is_skipping_ || buffer_.size() > kLineBytesMax) {
    buffer_.clear();
    scanned_ = 0;
    status = LineStatus::kTooLong;
    const bool is_news = !is_skipping_;
    is_skipping_ = true;
    return is_news;
  }
  return false;
}

LineStatus LineChannel::fill(Deadline until) {
  const LineStatus ready = wait(read_fd_, POLLIN, until);
  if (ready != LineStatus::kOk) {
    return ready;
  }
  const std::size_t before = buffer_.size();
  buffer_.resize(before + kReadBytes);
  const ssize_t count = ::read(read_fd_, buffer_.data() + before, kReadBytes);
  buffer_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  if (count < 0) {
    return errno == EINTR || errno == EAGAIN ? LineStatus::kOk : LineStatus::kFailed;
  }
  return count == 0 ? LineStatus::kEnd : LineStatus::kOk;
}

bool LineChannel::has_unread() const {
  pollfd descriptor{read_fd_, POLLIN, 0};
  return !buffer_.empty() || (::poll(&descriptor, 1, 0) == 1 && (descriptor.revents & POLLIN) != 0);
}

LineStatus LineChannel::read(std::string& line, Deadline until) {
  line.clear();
  LineStatus status = LineStatus::kOk;
  while (!take_line(line, status)) {
    status = fill(until);
    if (status == LineStatus::kEnd && (is_skipping_ || !buffer_.empty())) {
      line.swap(buffer_);
      buffer_.clear();
      scanned_ = 0;
      return LineStatus::kTorn;
    }
    if (status != LineStatus::kOk) {
      return status;
    }
  }
  return status;
}

LineStatus LineChannel::write(std::string_view line, Deadline until) {
  if (line.size() > kLineBytesMax) {
    return LineStatus::kTooLong;
  }
  std::string bytes(line);
  bytes += '\n';
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t count = ::write(write_fd_, bytes.data() + written, bytes.size() - written);
    if (count >= 0) {
      written += static_cast<std::size_t>(count);
      continue;
    }
    if (errno == EPIPE) {
      return LineStatus::kEnd;
    }
    if (errno == EAGAIN) {
      const LineStatus ready = wait(write_fd_, POLLOUT, until);
      if (ready != LineStatus::kOk) {
        return ready;
      }
    } else if (errno != EINTR) {
      return LineStatus::kFailed;
    }
  }
  return LineStatus::kOk;
}

}  // namespace an::harness
