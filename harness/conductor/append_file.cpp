// See append_file.hpp.
#include "harness/conductor/append_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/base/error.hpp"

namespace an::harness {

void fail_write(const std::filesystem::path& path) {
  throw Error("Cannot write " + path.string() + ": " + std::strerror(errno),
              errno == ENOSPC ? "The disk is full" : "The run directory is not writable",
              "Choose another directory with --out");
}

AppendFile::AppendFile(std::filesystem::path path)
    : path_(std::move(path)),
      fd_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) {
  if (fd_ < 0) {
    fail_write(path_);
  }
}

AppendFile::~AppendFile() {
  ::fsync(fd_);
  ::close(fd_);
}

void AppendFile::append(std::string_view text) {
  ssize_t count = 0;
  do {
    count = ::write(fd_, text.data(), text.size());
  } while (count < 0 && errno == EINTR);
  if (count != static_cast<ssize_t>(text.size())) {
    errno = count < 0 ? errno : ENOSPC;
    fail_write(path_);
  }
}

void AppendFile::sync() {
  if (::fsync(fd_) != 0) {
    fail_write(path_);
  }
}

}  // namespace an::harness
