// See directory_lock.hpp.
#include "harness/conductor/directory_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/base/error.hpp"

namespace an::harness {

DirectoryLock::DirectoryLock(const std::filesystem::path& directory)
    : fd_(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (fd_ < 0) {
    throw Error("Cannot open " + directory.string() + ": " + std::strerror(errno),
                "It is no directory, or may not be read", "Name a run directory with --out");
  }
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    ::close(fd_);
    throw Error(directory.string() + " is being written", "Another harness measures into it",
                "Wait until it ends, or end it");
  }
}

DirectoryLock::~DirectoryLock() {
  ::close(fd_);
}

}  // namespace an::harness
