// See record.hpp.
#include "harness/conductor/record.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <nlohmann/json.hpp>

#include "harness/conductor/json_values.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
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

Json json_of(const CellPlan& cell, const Sample& sample) {
  return {{"v", kRecordVersion},
          {"cell", cell.name},
          {"arm", text_or_null(cell.arm)},
          {"unit", sample.unit},
          {"turn", sample.turn},
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
          {"psi_us", or_null(sample.psi_us)},
          {"counters", object_of(sample.counters)},
          {"dropped", text_or_null(to_string(sample.dropped))},
          {"baseline", cell.baseline},
          {"t_mono_ns", sample.t_mono_ns}};
}

}  // namespace

RunWriter::RunWriter(const fs::path& directory)
    : directory_(directory),
      samples_(directory / "samples.jsonl"),
      cells_(directory / "cells.jsonl"),
      events_(directory / "events.jsonl") {
  std::error_code error;
  fs::create_directory(directory_ / "stderr", error);
  if (error) {
    errno = error.value();
    fail_write(directory_ / "stderr");
  }
}

void RunWriter::write_manifest(std::string_view json) {
  write_atomically(directory_ / "manifest.json", json);
}

void RunWriter::append_unit(const std::vector<std::pair<const CellPlan*, Sample>>& turns) {
  std::string text;
  for (const auto& [cell, sample] : turns) {
    text += line_of(json_of(*cell, sample));
  }
  samples_.append(text);
  samples_.sync();
}

void RunWriter::append_noise(const CellPlan& cell, int unit, const UnitNoise& noise) {
  const Json json = {{"v", kEventVersion},
                     {"event", "unit"},
                     {"at", utc_now()},
                     {"cell", cell.name},
                     {"unit", unit},
                     {"wall_ns", noise.wall_ns},
                     {"canary_before_ns", noise.canary_before_ns},
                     {"canary_after_ns", noise.canary_after_ns},
                     {"burst_before_ns", noise.burst_before_ns},
                     {"burst_after_ns", noise.burst_after_ns},
                     {"psi_some_us", or_null(noise.noise.psi_some_us)},
                     {"steal_ticks", or_null(noise.noise.steal_ticks)},
                     {"context_switches", or_null(noise.noise.context_switches)}};
  events_.append(line_of(json));
}

void RunWriter::append(const CellRecord& cell) {
  const Json json = {{"v", kRecordVersion},
                     {"cell", cell.plan.name},
                     {"arm", text_or_null(cell.plan.arm)},
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
                     {"iterations", or_null(cell.iterations)},
                     {"units", cell.units},
                     {"dropped", cell.dropped},
                     {"freezes", cell.freezes},
                     {"stopped", cell.stopped ? Json(to_string(*cell.stopped)) : Json(nullptr)}};
  cells_.append(line_of(json));
}

fs::path RunWriter::stderr_path(const CellPlan& cell) const {
  constexpr std::size_t kNameBytesMax = 240;
  std::string name = cell.name.substr(0, kNameBytesMax);
  if (!cell.arm.empty()) {
    name += "," + cell.arm;
  }
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
