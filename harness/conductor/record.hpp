// The run directory as it is written (results/README.md is the format). Files are opened for
// appending and get whole lines, so that a kill at any moment tears the last one at most.
//
// I1: manifest.json is complete and on the disk before the first sample is taken.
// I2: the samples of a unit are one write() and then on the disk, before the next unit begins.
// Everything throws an::Error when the disk refuses. Not thread-safe.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/conductor/append_file.hpp"
#include "harness/conductor/environment.hpp"
#include "harness/conductor/noise.hpp"
#include "harness/conductor/run.hpp"

namespace an::harness {

// The schema versions of samples.jsonl and cells.jsonl, and of events.jsonl.
inline constexpr int kRecordVersion = 2;
inline constexpr int kEventVersion = 3;

class RunWriter {
 public:
  // Opens the files in `directory`, which exists, and makes stderr/ in it.
  explicit RunWriter(const std::filesystem::path& directory);

  // Writes manifest.json: `json` is the whole object.
  void write_manifest(std::string_view json);
  // Appends the turns of a unit to samples.jsonl and waits until they are on the disk.
  void append_unit(const std::vector<std::pair<const CellPlan*, Sample>>& turns);
  // Appends to events.jsonl: the noise in unit `unit` of the group whose first cell is `cell`.
  void append_noise(const CellPlan& cell, int unit, const UnitNoise& noise);
  // Appends to cells.jsonl.
  void append(const CellRecord& cell);
  // Where the cell's standard error goes: stderr/<cell name, with '/' as ','>.txt.
  std::filesystem::path stderr_path(const CellPlan& cell) const;

 private:
  std::filesystem::path directory_;
  AppendFile samples_, cells_, events_;
};

// Writes `text` to `path` so that a reader sees the old file or the whole new one: a temporary file
// beside it, fsync, rename.
void write_atomically(const std::filesystem::path& path, std::string_view text);

// Where the workers of one workers count run, for the manifest.
struct PlacementRecord {
  std::uint32_t workers = 1;
  std::vector<int> cpus;  // empty: not pinned
};

// Now as ISO 8601 in UTC: "2026-01-31T23:59:59Z".
std::string utc_now();

// manifest.json of a run that starts now.
std::string manifest_json(const RunRequest& request,
                          const Catalogue& catalogue,
                          const std::vector<CellPlan>& cells,
                          const Environment& environment,
                          const std::vector<PlacementRecord>& placements);

}  // namespace an::harness
