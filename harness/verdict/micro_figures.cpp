// See micro_figures.hpp.
#include "harness/verdict/micro_figures.hpp"

#include <utility>

#include "harness/verdict/stats.hpp"

namespace an::harness {
namespace {

MicroEstimate estimate_of(const std::vector<double>& values) {
  return {median(values), median_interval(values, kMicroAlpha), robust_sigma(values)};
}

std::map<std::string, MicroEstimate> counters_of(const std::vector<MicroSample>& samples) {
  std::map<std::string, std::vector<double>> values;
  for (const MicroSample& sample : samples) {
    for (const auto& [name, value] : sample.reading.counters) {
      values[name].push_back(value);
    }
  }
  std::map<std::string, MicroEstimate> estimates;
  for (const auto& [name, of_samples] : values) {
    if (of_samples.size() == samples.size()) {
      estimates.emplace(name, estimate_of(of_samples));
    }
  }
  return estimates;
}

MicroFigure figure_of(const MicroRecord& record) {
  MicroFigure figure{record.benchmark, record.status, record.reason, 0, {}, {}};
  const bool has_figure = record.status == Status::kOk || record.status == Status::kPartial;
  if (!has_figure || record.samples.empty()) {
    return figure;
  }
  std::vector<double> times;
  for (const MicroSample& sample : record.samples) {
    times.push_back(sample.reading.ns);
  }
  figure.samples = static_cast<int>(times.size());
  figure.counters = counters_of(record.samples);
  const auto per_item = figure.counters.extract(kPerItem);
  figure.ns = per_item.empty() ? estimate_of(times) : per_item.mapped();
  return figure;
}

}  // namespace

std::vector<MicroFigure> micro_figures(const std::vector<MicroRecord>& records) {
  std::vector<MicroFigure> figures;
  for (const MicroRecord& record : records) {
    figures.push_back(figure_of(record));
  }
  return figures;
}

MicroNoise micro_noise(const std::vector<MicroRecord>& records) {
  Nanos wall_ns = 0;
  std::int64_t waiting_us = 0;
  std::int64_t steal_ticks = 0;
  bool knows_waiting = true;
  bool knows_steal = true;
  for (const MicroRecord& record : records) {
    for (const MicroSample& sample : record.samples) {
      wall_ns += sample.wall_ns;
      waiting_us += sample.noise.psi_some_us.value_or(0);
      steal_ticks += sample.noise.steal_ticks.value_or(0);
      knows_waiting = knows_waiting && sample.noise.psi_some_us.has_value();
      knows_steal = knows_steal && sample.noise.steal_ticks.has_value();
    }
  }
  MicroNoise noise;
  if (wall_ns > 0 && knows_waiting) {
    noise.waiting_share = 1e3 * static_cast<double>(waiting_us) / static_cast<double>(wall_ns);
  }
  if (wall_ns > 0 && knows_steal) {
    noise.steal_ticks = steal_ticks;
  }
  return noise;
}

}  // namespace an::harness
