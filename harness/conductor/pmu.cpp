// See pmu.hpp.
#include "harness/conductor/pmu.hpp"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace an::harness {
namespace {

constexpr std::int64_t kLoopSteps = 1'000'000;
constexpr std::int64_t kInstructionsPerStep = 2;
constexpr double kTolerance = 0.01;

int open_counter(std::uint64_t event, pid_t pid) {
  perf_event_attr attributes{};
  attributes.size = sizeof(attributes);
  attributes.type = PERF_TYPE_HARDWARE;
  attributes.config = event;
  attributes.exclude_kernel = 1;
  attributes.exclude_hv = 1;
  attributes.inherit = 1;
  attributes.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
  return static_cast<int>(
      ::syscall(SYS_perf_event_open, &attributes, pid, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

std::optional<std::int64_t> read_counter(int fd) {
  struct {
    std::uint64_t value, enabled_ns, running_ns;
  } data{};
  // A counter that shared its register with others has an estimate, not a count.
  const bool is_whole = fd >= 0 && ::read(fd, &data, sizeof(data)) == sizeof(data) &&
                        data.running_ns == data.enabled_ns;
  return is_whole ? std::optional(static_cast<std::int64_t>(data.value)) : std::nullopt;
}

void known_loop() {
  std::int64_t left = kLoopSteps;
  asm volatile("1: dec %0\n\tjnz 1b" : "+r"(left) : : "cc");
}

}  // namespace

HardwareCounters::HardwareCounters(pid_t pid) {
  const std::array<std::uint64_t, 2> events{PERF_COUNT_HW_INSTRUCTIONS, PERF_COUNT_HW_CPU_CYCLES};
  for (std::size_t i = 0; i < fds_.size(); ++i) {
    fds_[i] = open_counter(events[i], pid);
    if (fds_[i] < 0) {
      error_ = errno;
    }
  }
}

HardwareCounters::~HardwareCounters() {
  for (const int fd : fds_) {
    if (fd >= 0) {
      ::close(fd);
    }
  }
}

PmuReading HardwareCounters::read() const {
  return {read_counter(fds_[0]), read_counter(fds_[1])};
}

PmuFact judge_pmu(const PmuReading& seen, std::int64_t expected) {
  PmuFact fact{true, false, ""};
  if (!seen.instructions || !seen.cycles) {
    fact.reason =
        "the counters open but do not run all the time. Another profiler uses them, or "
        "there are too few";
    return fact;
  }
  const double off =
      static_cast<double>(*seen.instructions - expected) / static_cast<double>(expected);
  if (off > kTolerance || off < -kTolerance || *seen.cycles <= 0) {
    fact.reason = "a loop of " + std::to_string(expected) + " instructions was counted as " +
                  std::to_string(*seen.instructions) + " in " + std::to_string(*seen.cycles) +
                  " cycles. Likely a virtual machine without working counters";
    return fact;
  }
  fact.plausible = true;
  return fact;
}

PmuFact refused_pmu(int error) {
  PmuFact fact;
  fact.reason = std::string("perf_event_open: ") + std::strerror(error) + ". ";
  fact.reason += error == EACCES || error == EPERM
                     ? "Allow it: sysctl kernel.perf_event_paranoid=2, and a container that may "
                       "call perf_event_open"
                     : "This machine has no counters, as most virtual machines";
  return fact;
}

PmuFact check_pmu() {
  const HardwareCounters counters;
  if (counters.error() != 0) {
    return refused_pmu(counters.error());
  }
  const PmuReading before = counters.read();
  known_loop();
  const PmuReading after = counters.read();
  PmuReading seen;
  if (before.instructions && after.instructions && before.cycles && after.cycles) {
    seen = {*after.instructions - *before.instructions, *after.cycles - *before.cycles};
  }
  return judge_pmu(seen, kLoopSteps * kInstructionsPerStep);
}

}  // namespace an::harness
