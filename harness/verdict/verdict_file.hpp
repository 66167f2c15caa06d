// What a gate says in the end: the count of verdicts, the result that becomes the exit code, the
// last line on standard output and verdict.json (results/README.md is the format).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "harness/verdict/compare.hpp"

namespace an::harness {

// Cells by verdict. Those that were not judged: failed (wrong, crash, timeout), not applicable, and
// partial (interrupted).
struct Tally {
  int regressed = 0, ok = 0, improved = 0, identical = 0;
  int inconclusive = 0, invalid = 0, underpowered = 0;
  int failed = 0, not_applicable = 0, partial = 0;
  // The largest of the judged cells: of a change beyond the tolerance, as a relative change. Absent
  // when none was timed.
  std::optional<double> mde;
};

Tally tally(const std::vector<CellVerdict>& cells);

enum class GateResult { kPassed, kRegressed, kFailedCell, kUnsound };

// What it comes to, in the order of weight: a failed cell; a regression; a cell that is INVALID, or
// nothing that was judged. If `strict`, also a cell that is INCONCLUSIVE, UNDERPOWERED or n/a.
GateResult result_of(const Tally& tally, bool strict);

// "VERDICT: regressed=0 ok=4 improved=0 identical=0 inconclusive=1 invalid=0 underpowered=0
// mde=2.1%". Behind it, when there are any, failed=, na= and partial=. "mde=none" when nothing was
// timed.
std::string verdict_line(const Tally& tally);

// How the executable of one scheduler was built.
struct JudgedExecutable {
  std::string code_hash, compiler, flags;
};

// One of the two builds: as the user named it, and what was found there, by scheduler.
struct BuildName {
  std::filesystem::path folder;
  std::string revision;  // the full commit; empty when a folder was named
  std::map<std::string, JudgedExecutable> executables{};
};

struct VerdictFile {
  std::string command;  // "gate", "compare"
  std::string started;  // ISO 8601, UTC
  BuildName reference, candidate;
  std::uint64_t seed = 0;
  int turns = 0;  // per unit
  Nanos min_time_ns = 0;
  bool freeze = true, drops_pressed = true;
  bool strict = false;
  int exit_code = 0;
};

// The whole object, ended by a line end.
std::string verdict_json(const VerdictFile& file, const CompareOutcome& outcome);

// DIR/verdict.json.
std::filesystem::path verdict_path(const std::filesystem::path& run_directory);

}  // namespace an::harness
