// See noise.hpp.
#include "harness/conductor/noise.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string>
#include <system_error>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/rng.hpp"
#include "core/base/thread.hpp"
#include "harness/conductor/fact_files.hpp"

namespace an::harness {
namespace {

// The rest of the line of `text` that begins with `key` and a blank; absent without one.
std::optional<std::string_view> line_after(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.size() > key.size() && line.substr(0, key.size()) == key && line[key.size()] == ' ') {
      return line.substr(key.size() + 1);
    }
    text.remove_prefix(line.size() < text.size() ? line.size() + 1 : text.size());
  }
  return std::nullopt;
}

// What follows `name` in the line `some` of a pressure file.
std::optional<std::string_view> pressure_field(std::string_view pressure, std::string_view name) {
  const auto line = line_after(pressure, "some");
  const std::size_t place = line ? line->find(name) : std::string_view::npos;
  if (place == std::string_view::npos) {
    return std::nullopt;
  }
  return line->substr(place + name.size());
}

// The numbers of the line `cpu` of /proc/stat: user nice system idle iowait irq softirq steal ...
std::vector<std::int64_t> cpu_ticks(std::string_view stat) {
  std::vector<std::int64_t> ticks;
  std::string_view line = line_after(stat, "cpu").value_or("");
  for (;;) {
    const std::size_t begin = line.find_first_not_of(' ');
    const auto value =
        begin == std::string_view::npos ? std::nullopt : leading_integer(line.substr(begin));
    if (!value) {
      return ticks;
    }
    ticks.push_back(*value);
    line.remove_prefix(begin);
    line.remove_prefix(std::min(line.find(' '), line.size()));
  }
}

constexpr std::size_t kStealField = 7;
constexpr std::size_t kFieldsSummed = 8;  // guest time, which follows, is part of user time

std::optional<std::int64_t> growth(std::optional<std::int64_t> before,
                                   std::optional<std::int64_t> after) {
  return before && after && *after >= *before ? std::optional(*after - *before) : std::nullopt;
}

// CPU time of `steps` rounds of twelve additions, of which six depend on none of the others.
Nanos additions_ns(int steps) {
  std::uint64_t a = 0, b = 0, c = 0, d = 0, e = 0, f = 0;
  const Nanos start = thread_cpu_ns();
  for (int step = 0; step < steps; ++step) {
    for (const std::uint64_t summand : {1U, 3U}) {
      a += summand, b += summand, c += summand, d += summand, e += summand, f += summand;
      asm volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f));  // none is left out
    }
  }
  return thread_cpu_ns() - start;
}

// The CPUs of the calling thread, as they were when this is destroyed.
class KeptCpus {
 public:
  KeptCpus() = default;
  ~KeptCpus() {
    try {
      restrict_current_thread(cpus_);
    } catch (const Error&) {
      // All of them were taken from this process meanwhile; the kernel has given it others.
    }
  }
  KeptCpus(const KeptCpus&) = delete;
  KeptCpus& operator=(const KeptCpus&) = delete;

  const std::vector<int>& cpus() const { return cpus_; }

 private:
  std::vector<int> cpus_ = allowed_cpus();
};

}  // namespace

std::optional<std::int64_t> parse_psi_some_us(std::string_view pressure) {
  const auto field = pressure_field(pressure, "total=");
  return field ? leading_integer(*field) : std::nullopt;
}

std::optional<double> parse_psi_avg10_percent(std::string_view pressure) {
  const auto field = pressure_field(pressure, "avg10=");
  double value = 0;
  if (!field ||
      std::from_chars(field->data(), field->data() + field->size(), value).ec != std::errc()) {
    return std::nullopt;
  }
  return value;
}

std::optional<std::int64_t> parse_steal_ticks(std::string_view stat) {
  const std::vector<std::int64_t> ticks = cpu_ticks(stat);
  return ticks.size() > kStealField ? std::optional(ticks[kStealField]) : std::nullopt;
}

std::optional<double> parse_steal_share(std::string_view stat) {
  const std::vector<std::int64_t> ticks = cpu_ticks(stat);
  std::int64_t all = 0;
  for (std::size_t field = 0; field < ticks.size() && field < kFieldsSummed; ++field) {
    all += ticks[field];
  }
  if (ticks.size() <= kStealField || all <= 0) {
    return std::nullopt;
  }
  return static_cast<double>(ticks[kStealField]) / static_cast<double>(all);
}

std::optional<std::int64_t> parse_context_switches(std::string_view stat) {
  const auto line = line_after(stat, "ctxt");
  return line ? leading_integer(*line) : std::nullopt;
}

NoiseReading read_noise(const std::filesystem::path& root) {
  const std::string pressure = read_text(root / "proc/pressure/cpu").value_or("");
  const std::string stat = read_text(root / "proc/stat").value_or("");
  return {parse_psi_some_us(pressure), parse_steal_ticks(stat), parse_context_switches(stat)};
}

NoiseReading difference(const NoiseReading& before, const NoiseReading& after) {
  return {growth(before.psi_some_us, after.psi_some_us),
          growth(before.steal_ticks, after.steal_ticks),
          growth(before.context_switches, after.context_switches)};
}

Nanos canary_ns() {
  constexpr int kSteps = 1 << 20;
  std::uint64_t value = 1;
  const Nanos start = now_ns();
  for (int step = 0; step < kSteps; ++step) {
    value = mix64(value);  // each step needs the one before
  }
  asm volatile("" : : "r"(value));  // the loop is not dropped
  return now_ns() - start;
}

Nanos burst_ns() {
  constexpr std::size_t kCpusMax = 8;
  constexpr int kSteps = 1 << 18;
  const KeptCpus kept;
  const std::vector<int>& cpus = kept.cpus();
  const std::size_t count = std::min(cpus.size(), kCpusMax);
  Nanos sum_ns = 0;
  Nanos measured = 0;
  for (std::size_t i = 0; i < count; ++i) {
    try {
      pin_current_thread(cpus[i * cpus.size() / count]);
    } catch (const Error&) {
      continue;  // it has gone offline
    }
    additions_ns(kSteps / 8);  // the clock of an idle CPU rises
    sum_ns += additions_ns(kSteps);
    ++measured;
  }
  return measured > 0 ? sum_ns / measured : additions_ns(kSteps);
}

bool UnitNoise::has_moved() const {
  return 10 * std::abs(canary_after_ns - canary_before_ns) > canary_before_ns;
}

UnitNoise NoiseWatch::stop() const {
  UnitNoise unit;
  unit.wall_ns = now_ns() - begun_ns_;
  unit.noise = difference(before_, read_noise());
  unit.canary_before_ns = canary_ns_;
  unit.canary_after_ns = canary_ns();
  unit.burst_before_ns = burst_ns_;
  unit.burst_after_ns = burst_ns();
  return unit;
}

void NoiseTally::add(const UnitNoise& unit) {
  ++units_;
  moved_ += unit.has_moved() ? 1 : 0;
  bursts_.push_back((unit.burst_before_ns + unit.burst_after_ns) / 2);
}

std::vector<std::string> NoiseTally::notes() const {
  std::vector<std::string> notes;
  const std::string of = " of " + std::to_string(units_) + " units ";
  if (moved_ > 0) {
    notes.push_back("in " + std::to_string(moved_) + of +
                    "a fixed loop took a tenth more or less after than before (events.jsonl): the "
                    "machine changed its speed or was shared");
  }
  const auto shortest = std::ranges::min_element(bursts_);
  const auto longer =
      std::ranges::count_if(bursts_, [&](Nanos burst) { return 100 * burst > 115 * *shortest; });
  if (longer > 0) {
    notes.push_back(
        "in " + std::to_string(longer) + of +
        "independent additions took more than 1.15 times what they took in the best "
        "(events.jsonl): other hardware threads had part of the cores, which slows code "
        "of many instructions a cycle, and not code that waits for its own results; or "
        "the clock was lower");
  }
  return notes;
}

}  // namespace an::harness
