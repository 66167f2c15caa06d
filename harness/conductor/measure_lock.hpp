// One measuring run at a time on a machine: two at once would measure each other. A lock on a file
// that every user can open; the kernel drops it when its holder dies, however it dies.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace an::harness {

class MeasureLock {
 public:
  // Takes the lock of the whole machine; waits for its holder as long as it takes, or until
  // `wake_fd` is readable. `note` is told when it has to wait (with the holder's process id) and
  // when there can be no lock; then the run goes on without. ANTINODE_LOCK=off in the environment
  // skips it all.
  MeasureLock(int wake_fd, const std::function<void(const std::string&)>& note);
  // The same with another file, for tests.
  MeasureLock(const std::filesystem::path& path,
              int wake_fd,
              const std::function<void(const std::string&)>& note);
  ~MeasureLock();
  MeasureLock(const MeasureLock&) = delete;
  MeasureLock& operator=(const MeasureLock&) = delete;

  bool is_held() const { return is_held_; }

 private:
  void acquire(const std::filesystem::path& path,
               int wake_fd,
               const std::function<void(const std::string&)>& note);

  int fd_ = -1;
  bool is_held_ = false;
};

}  // namespace an::harness
