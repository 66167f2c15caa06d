// See callgrind.hpp.
#include "harness/conductor/callgrind.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>
#include <system_error>

#include "core/base/error.hpp"
#include "harness/conductor/cell_client.hpp"
#include "harness/conductor/fact_files.hpp"

namespace an::harness {
namespace {

namespace fs = std::filesystem;

// The first iteration also fills pools and touches memory: it is in both turns.
constexpr std::int64_t kShortTurn = 1;
constexpr std::int64_t kTrialTurn = 2;
// A start-up differs by up to 80,000 instructions from the next: the cells time their tick counter
// against the clock for two milliseconds. The slope must stand on so many more that this is 0.2 %.
constexpr std::int64_t kSlopeInstructions = 40'000'000;
constexpr std::int64_t kIterationsMost = 100'000;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = fs::temp_directory_path() / "antinode-callgrind-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw Error("cannot make a folder in " + fs::temp_directory_path().string(),
                  "It is full or read-only", "Set TMPDIR to a folder that can be written");
    }
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

struct Total {
  std::int64_t instructions = 0, ops = 0;
};

template <class T>
Answer<Total> passed_on(const Answer<T>& answer) {
  return {answer.status, {}, answer.error, "under valgrind: " + answer.reason};
}

// All instructions of a process that prepares, takes one turn and quits.
Answer<Total> count_process(const CallgrindRequest& request, std::int64_t iterations) {
  const TemporaryFolder folder;
  const fs::path output = folder.path() / "callgrind.out";
  CellClient cell(
      {request.valgrind,
       {"-q", "--tool=callgrind", "--callgrind-out-file=" + output.string(), request.cell.string()},
       {},
       {}},
      request.timeout_ns, request.wake_fd);
  const auto ready = cell.prepare(request.prepare);
  if (!ready) {
    return passed_on(ready);
  }
  const auto turn = cell.turn(iterations);
  if (!turn) {
    return passed_on(turn);
  }
  if (turn.value.check != fold_repeated(ready.value.expected, iterations)) {
    return {CallStatus::kGarbage, {}, {}, "under valgrind: wrong answer"};
  }
  if (const auto bye = cell.quit(); !bye) {
    return passed_on(bye);
  }
  const auto total = parse_callgrind_total(read_text(output).value_or(""));
  if (!total) {
    return {CallStatus::kGarbage, {}, {}, "callgrind wrote no total to " + output.string()};
  }
  return {CallStatus::kOk, {*total, turn.value.ops}, {}, ""};
}

// The iterations to try after a turn of `iterations` that took `grown` more instructions than a
// short one. Where the start-up hides the slope nothing can be computed from it: tenfold then.
std::int64_t next_turn(std::int64_t iterations, std::int64_t grown) {
  constexpr std::int64_t kVisible = 1'000'000;
  const std::int64_t factor = grown < kVisible ? 10 : kSlopeInstructions / grown + 1;
  return std::min(iterations * factor, kIterationsMost);
}

// A turn long enough for the slope, found by growing it; `iterations` becomes its length.
Answer<Total> find_long_turn(const CallgrindRequest& request,
                             const Total& small,
                             std::int64_t& iterations) {
  for (iterations = kTrialTurn;;) {
    const auto large = count_process(request, iterations);
    const std::int64_t grown = large.value.instructions - small.instructions;
    if (!large || grown >= kSlopeInstructions || iterations == kIterationsMost) {
      return large;
    }
    iterations = next_turn(iterations, grown);
  }
}

InstructionCount refuse(const Answer<Total>& answer) {
  InstructionCount count;
  count.reason = answer.reason;
  const bool cannot =
      answer.status == CallStatus::kRefused && answer.error.kind == ErrorKind::kUnsupported;
  count.is_failure = !cannot && answer.status != CallStatus::kInterrupted;
  if (answer.reason.find("SIGILL") != std::string::npos) {
    count.reason += ". Valgrind 3.19 knows no AVX-512: build the cell for x86-64-v3";
  }
  return count;
}

}  // namespace

fs::path find_valgrind(const std::string& search_path) {
  std::istringstream folders(search_path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path program = fs::path(folder) / "valgrind";
    std::error_code ignored;
    if (!folder.empty() && fs::is_regular_file(program, ignored) &&
        ::access(program.c_str(), X_OK) == 0) {
      return program;
    }
  }
  return {};
}

std::optional<std::int64_t> parse_callgrind_total(std::string_view file) {
  // One line "totals: N" per part; the last line of a part.
  constexpr std::string_view kKey = "\ntotals: ";
  std::optional<std::int64_t> sum;
  for (std::size_t place = file.find(kKey); place != std::string_view::npos;
       place = file.find(kKey, place + 1)) {
    const auto part = leading_integer(file.substr(place + kKey.size()));
    if (!part || *part <= 0) {
      return std::nullopt;
    }
    sum = sum.value_or(0) + *part;
  }
  return sum;
}

InstructionCount count_instructions(const CallgrindRequest& request) {
  if (request.prepare.workers != 1) {
    return {{}, {}, "valgrind runs one thread at a time: only one worker can be counted", false};
  }
  if (request.valgrind.empty()) {
    return {{}, {}, "there is no valgrind. Install it: apt-get install valgrind", false};
  }
  std::array<double, 2> slopes{};
  std::int64_t iterations = 0;
  for (double& slope : slopes) {
    const auto small = count_process(request, kShortTurn);
    const auto large = !small            ? small
                       : iterations == 0 ? find_long_turn(request, small.value, iterations)
                                         : count_process(request, iterations);
    if (!large) {
      return refuse(large);
    }
    const std::int64_t ops = large.value.ops - small.value.ops;
    if (ops <= 0) {
      return {{}, {}, "it has no operations to count", false};
    }
    slope = static_cast<double>(large.value.instructions - small.value.instructions) /
            static_cast<double>(ops);
  }
  const double mean = (slopes[0] + slopes[1]) / 2;
  if (mean <= 0) {
    return {{},
            {},
            "a longer turn took no more instructions: the slope is lost in the start-up",
            false};
  }
  return {mean, std::abs(slopes[0] - slopes[1]) / mean, "", false};
}

}  // namespace an::harness
