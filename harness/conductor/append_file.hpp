// A file that only grows, by whole lines, so that a kill at any moment tears the last one at most.
// Everything throws an::Error when the disk refuses. Not thread-safe.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace an::harness {

class AppendFile {
 public:
  // Opens or makes `path`.
  explicit AppendFile(std::filesystem::path path);
  // Waits until all of it is on the disk.
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  // Appends `text`, one or more lines, in one write(). A short one (the disk filled up) is an error:
  // the torn line is the last.
  void append(std::string_view text);
  // Waits until what was appended is on the disk.
  void sync();

 private:
  std::filesystem::path path_;
  int fd_ = -1;
};

// Throws the an::Error for `path` that errno gives the reason of.
[[noreturn]] void fail_write(const std::filesystem::path& path);

}  // namespace an::harness
