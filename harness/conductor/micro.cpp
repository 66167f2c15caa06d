// See micro.hpp.
#include "harness/conductor/micro.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "core/base/rng.hpp"
#include "harness/conductor/append_file.hpp"
#include "harness/conductor/executable.hpp"
#include "harness/conductor/json_values.hpp"
#include "harness/conductor/record.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

// What can be known before anything runs: the machine, and which programs will be asked for what.
Json environment_json(const MicroRequest& request, const MicroOutcome& outcome) {
  Json programs = Json::object();
  Json names = Json::array();
  for (const MicroBenchmark& benchmark : request.benchmarks) {
    names.push_back(benchmark.name);
    if (!programs.contains(benchmark.program)) {
      programs[benchmark.program] = {{"executable", benchmark.executable.string()},
                                     {"code_hash", code_hash(benchmark.executable)}};
    }
  }
  return {{"v", kMicroVersion},
          {"command", request.command},
          {"started", outcome.started},
          {"seed", request.seed},
          {"git", {{"commit", git_commit()}, {"dirty", git_is_dirty()}}},
          {"machine", Json::parse(to_json(outcome.environment))},
          {"programs", std::move(programs)},
          {"plan",
           {{"samples", request.samples},
            {"min_time_ns", request.min_time_ns},
            {"timeout_ns", request.patience.timeout_ns},
            {"benchmarks", std::move(names)}}}};
}

Json sample_json(const MicroBenchmark& benchmark, const MicroSample& sample) {
  const MicroReading& reading = sample.reading;
  const bool is_ok = reading.status == Status::kOk;
  const auto figure = [is_ok](const auto& value) { return is_ok ? Json(value) : Json(nullptr); };
  return {{"v", kMicroVersion},
          {"benchmark", benchmark.name},
          {"unit", sample.unit},
          {"position", sample.position},
          {"status", to_string(reading.status)},
          {"reason", text_or_null(reading.reason)},
          {"ns", figure(reading.ns)},
          {"cpu_ns", figure(reading.cpu_ns)},
          {"iterations", figure(reading.iterations)},
          {"counters", Json(reading.counters)},
          {"publishable", reading.build.is_publishable()},
          {"wall_ns", sample.wall_ns},
          {"psi_some_us", or_null(sample.noise.psi_some_us)},
          {"steal_ticks", or_null(sample.noise.steal_ticks)},
          {"context_switches", or_null(sample.noise.context_switches)}};
}

class MicroSweep {
 public:
  MicroSweep(const MicroRequest& request, MicroOutcome& outcome)
      : request_(request), outcome_(outcome), file_(request.out / "micro.jsonl") {
    for (const MicroBenchmark& benchmark : request.benchmarks) {
      outcome_.records.push_back({benchmark, Status::kPartial, "", {}});
    }
  }

  // One process of each benchmark that still gets them. False when the user interrupted.
  bool run_unit(int unit) {
    int position = 0;
    for (const std::size_t i : order_of_unit(outcome_.records.size(), request_.seed, unit)) {
      MicroRecord& record = outcome_.records[i];
      if (record.reason.empty() && !take_sample(record, unit, position++)) {
        return false;
      }
    }
    return true;
  }

  void finish() {
    for (MicroRecord& record : outcome_.records) {
      if (record.reason.empty()) {
        record.status = Status::kOk;
      }
    }
  }

 private:
  bool take_sample(MicroRecord& record, int unit, int position) {
    const MicroBenchmark& benchmark = record.benchmark;
    MicroSample sample{unit, position, {}, 0, {}};
    const NoiseReading before = read_noise();
    const Nanos begun_ns = now_ns();
    if (benchmark.unusable.empty()) {
      sample.reading = measure_micro(benchmark.executable, benchmark.listed_name,
                                     request_.min_time_ns, request_.patience);
    } else {
      sample.reading.status = Status::kCrash;
      sample.reading.reason = benchmark.unusable;
    }
    sample.wall_ns = now_ns() - begun_ns;
    sample.noise = difference(before, read_noise());
    if (sample.reading.status == Status::kPartial) {
      return false;
    }
    file_.append(text_of(sample_json(benchmark, sample), -1));
    file_.sync();
    if (sample.reading.status != Status::kOk) {
      record.status = sample.reading.status;
      record.reason = sample.reading.reason;
      return true;
    }
    outcome_.builds.emplace(benchmark.program, sample.reading.build);
    record.samples.push_back(std::move(sample));
    return true;
  }

  const MicroRequest& request_;
  MicroOutcome& outcome_;
  AppendFile file_;
};

}  // namespace

std::vector<std::size_t> order_of_unit(std::size_t count, std::uint64_t seed, int unit) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Rng rng = Rng::stream(seed, static_cast<std::uint64_t>(unit));
  for (std::size_t left = count; left > 1; --left) {
    std::swap(order[left - 1], order[rng.below(static_cast<std::uint32_t>(left))]);
  }
  return order;
}

MicroOutcome run_micro(const MicroRequest& request,
                       const std::function<void(const std::string&)>& note) {
  MicroOutcome outcome;
  outcome.started = utc_now();
  outcome.environment = read_environment();
  write_atomically(request.out / "environment.json",
                   text_of(environment_json(request, outcome), 2));
  MicroSweep sweep(request, outcome);
  for (int unit = 0; unit < request.samples && !outcome.interrupted; ++unit) {
    note("unit " + std::to_string(unit + 1) + " of " + std::to_string(request.samples));
    outcome.interrupted = !sweep.run_unit(unit);
  }
  if (!outcome.interrupted) {
    sweep.finish();
  }
  return outcome;
}

}  // namespace an::harness
