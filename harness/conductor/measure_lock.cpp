// See measure_lock.hpp.
#include "harness/conductor/measure_lock.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace an::harness {
namespace {

constexpr const char* kMachineLock = "/tmp/antinode-measure.lock";
constexpr int kRetryMs = 100;

// Opens the file, or makes it writable for everybody. The kernel may forbid O_CREAT on another
// user's file in a sticky directory, so creation comes second.
int open_lock_file(const std::filesystem::path& path) {
  int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0 && errno == ENOENT) {
    fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd >= 0) {
      ::fchmod(fd, 0666);  // whatever the umask is
    }
  }
  return fd;
}

std::string holder(int fd) {
  std::array<char, 16> text{};
  const ssize_t count = ::pread(fd, text.data(), text.size() - 1, 0);
  return count > 0 ? "process " + std::string(text.data()) : "another process";
}

}  // namespace

MeasureLock::MeasureLock(int wake_fd, const std::function<void(const std::string&)>& note)
    : MeasureLock(kMachineLock, wake_fd, note) {}

MeasureLock::MeasureLock(const std::filesystem::path& path,
                         int wake_fd,
                         const std::function<void(const std::string&)>& note) {
  const char* choice = std::getenv("ANTINODE_LOCK");
  if (choice == nullptr || std::string_view(choice) != "off") {
    acquire(path, wake_fd, note);
  }
}

MeasureLock::~MeasureLock() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

void MeasureLock::acquire(const std::filesystem::path& path,
                          int wake_fd,
                          const std::function<void(const std::string&)>& note) {
  fd_ = open_lock_file(path);
  if (fd_ < 0) {
    note("Cannot open the lock " + path.string() + ": " + std::strerror(errno) +
         ". Measuring without it: make sure that nothing else measures on this machine.");
    return;
  }
  bool is_told = false;
  while (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      note("Cannot lock " + path.string() + ": " + std::strerror(errno) +
           ". Measuring without it: make sure that nothing else measures on this machine.");
      return;
    }
    if (!is_told) {
      note("Waiting for " + holder(fd_) +
           ", which is measuring on this machine (ANTINODE_LOCK=off does not wait).");
      is_told = true;
    }
    pollfd wake{wake_fd, POLLIN, 0};
    if (::poll(&wake, 1, kRetryMs) > 0) {
      return;
    }
  }
  is_held_ = true;
  const std::string pid = std::to_string(::getpid());
  if (::ftruncate(fd_, 0) == 0) {
    [[maybe_unused]] const ssize_t count = ::pwrite(fd_, pid.data(), pid.size(), 0);
  }
}

}  // namespace an::harness
