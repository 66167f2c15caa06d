// See record.hpp.
#include "harness/conductor/record.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <nlohmann/json.hpp>

#include "core/base/error.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

[[noreturn]] void fail_write(const fs::path& path) {
  throw Error("Cannot write " + path.string() + ": " + std::strerror(errno),
              errno == ENOSPC ? "The disk is full" : "The run directory is not writable",
              "Choose another directory with --out");
}

int open_for_append(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) {
    fail_write(path);
  }
  return fd;
}

// One write(). A short one (the disk filled up) is an error: the torn line is the last.
void append_line(int fd, const fs::path& path, const Json& json) {
  const std::string line = json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  ssize_t count = 0;
  do {
    count = ::write(fd, line.data(), line.size());
  } while (count < 0 && errno == EINTR);
  if (count != static_cast<ssize_t>(line.size())) {
    errno = count < 0 ? errno : ENOSPC;
    fail_write(path);
  }
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

// An empty map is an object too.
template <class Map>
Json object_of(const Map& map) {
  Json json = Json::object();
  for (const auto& [name, value] : map) {
    json[name] = value;
  }
  return json;
}

}  // namespace

RunWriter::RunWriter(const fs::path& directory)
    : directory_(directory),
      samples_fd_(open_for_append(directory / "samples.jsonl")),
      cells_fd_(open_for_append(directory / "cells.jsonl")) {
  std::error_code error;
  fs::create_directory(directory_ / "stderr", error);
  if (error) {
    errno = error.value();
    fail_write(directory_ / "stderr");
  }
}

RunWriter::~RunWriter() {
  for (const int fd : {samples_fd_, cells_fd_}) {
    ::fsync(fd);
    ::close(fd);
  }
}

void RunWriter::write_manifest(std::string_view json) {
  write_atomically(directory_ / "manifest.json", json);
}

void RunWriter::append(const CellPlan& cell, const Sample& sample) {
  append_line(samples_fd_, directory_ / "samples.jsonl",
              {{"v", 1},
               {"cell", cell.name},
               {"round", sample.round},
               {"position", sample.position},
               {"ns", sample.ns},
               {"iterations", sample.iterations},
               {"ops", sample.ops},
               {"check", std::to_string(sample.check)},
               {"ok", sample.ok},
               {"cpu_ns", or_null(sample.cpu_ns)},
               {"nvcsw", or_null(sample.nvcsw)},
               {"nivcsw", or_null(sample.nivcsw)},
               {"minflt", or_null(sample.minflt)},
               {"maxrss_kib", or_null(sample.maxrss_kib)},
               {"counters", object_of(sample.counters)},
               {"baseline", cell.baseline},
               {"t_mono_ns", sample.t_mono_ns}});
}

void RunWriter::append(const CellRecord& cell) {
  append_line(cells_fd_, directory_ / "cells.jsonl",
              {{"v", 1},
               {"cell", cell.plan.name},
               {"scheduler", cell.plan.scheduler},
               {"workload", cell.plan.workload},
               {"size", cell.plan.n},
               {"workers", cell.plan.workers},
               {"options", object_of(cell.plan.options)},
               {"allocator", cell.plan.allocator.name},
               {"status", to_string(cell.status)},
               {"reason", or_null(cell.reason)},
               {"baseline", cell.plan.baseline},
               {"notes", object_of(cell.notes)},
               {"task_bytes", or_null(cell.task_bytes)},
               {"live_peak_bytes", or_null(cell.memory.live_peak_bytes)},
               {"retained_bytes", or_null(cell.memory.retained_bytes)},
               {"leaked_bytes", or_null(cell.memory.leaked_bytes)},
               {"requested_bytes", or_null(cell.memory.requested_bytes)},
               {"rss_delta_kib", or_null(cell.memory.rss_delta_kib)},
               {"ops_per_iteration", or_null(cell.ops_per_iteration)},
               {"iterations", or_null(cell.iterations)}});
}

fs::path RunWriter::stderr_path(const CellPlan& cell) const {
  constexpr std::size_t kNameBytesMax = 240;
  std::string name = cell.name.substr(0, kNameBytesMax);
  std::replace(name.begin(), name.end(), '/', ',');
  return directory_ / "stderr" / (name + ".txt");
}

void write_atomically(const fs::path& path, std::string_view text) {
  const fs::path temporary = path.string() + ".tmp";
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) {
    fail_write(temporary);
  }
  bool is_good = true;
  while (is_good && !text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    is_good = count >= 0 || errno == EINTR;
  }
  is_good = is_good && ::fsync(fd) == 0;
  const int saved = errno;
  ::close(fd);
  errno = saved;
  if (!is_good || ::rename(temporary.c_str(), path.c_str()) != 0) {
    fail_write(path);
  }
}

}  // namespace an::harness
