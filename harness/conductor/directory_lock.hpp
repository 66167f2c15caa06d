// At most one harness writes a run directory: two that resume it at once would each measure what is
// missing, and one would cut the files under the other. Released when the process ends, however it does.
#pragma once

#include <filesystem>

namespace an::harness {

class DirectoryLock {
 public:
  // Throws an::Error when another process holds `directory`, or it cannot be opened. A file system
  // without locks locks nothing.
  explicit DirectoryLock(const std::filesystem::path& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  int fd_ = -1;
};

}  // namespace an::harness
