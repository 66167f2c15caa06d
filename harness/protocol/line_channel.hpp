// Lines over two file descriptors: the framing of harness/PROTOCOL.md, for both ends.
//
// A line is at most kLineBytesMax bytes and ends with '\n'. Every wait has a deadline, and can be
// ended from a signal handler through a wake descriptor, without the race between looking at a flag
// and sleeping in poll. Interrupted system calls are repeated. Not thread-safe.
//
// I1: bytes after a line end stay buffered for the next read: no reply is lost, none is read twice.
// I2: memory is bounded: at most kLineBytesMax plus one read are ever held.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/clock.hpp"

namespace an::harness {

inline constexpr std::size_t kLineBytesMax = std::size_t{1} << 20;

enum class LineStatus {
  kOk,
  kEnd,          // the other side closed, at a line boundary
  kTorn,         // the other side closed in the middle of a line; the line holds what came
  kTimeout,      // the deadline passed
  kTooLong,      // more than kLineBytesMax bytes without a line end; the rest is skipped
  kInterrupted,  // the wake descriptor became readable
  kFailed,       // a system call failed; errno says why
};

class LineChannel {
 public:
  // Reads from `read_fd`, writes to `write_fd`, owns neither. `wake_fd` ends every wait once it is
  // readable; -1 for none. A write respects its deadline only when `write_fd` is non-blocking.
  LineChannel(int read_fd, int write_fd, int wake_fd = -1)
      : read_fd_(read_fd), write_fd_(write_fd), wake_fd_(wake_fd) {}

  // The next line without its end. `line` is meaningful for kOk and kTorn only. A line after one
  // that was kTooLong is read as usual.
  LineStatus read(std::string& line, Deadline until);

  // Writes all of `line` and a line end. kEnd when nobody reads any more (needs SIGPIPE ignored),
  // kTooLong when the line is longer than the protocol allows; then nothing was written.
  LineStatus write(std::string_view line, Deadline until);

  // True when bytes have arrived that no read has returned yet.
  bool has_unread() const;

 private:
  LineStatus wait(int fd, short events, Deadline until) const;
  bool take_line(std::string& line, LineStatus& status);
  LineStatus fill(Deadline until);

  int read_fd_;
  int write_fd_;
  int wake_fd_;
  bool is_skipping_ = false;  // inside a line that was too long
  std::size_t scanned_ = 0;   // bytes of buffer_ known to hold no line end
  std::string buffer_;
};

}  // namespace an::harness
