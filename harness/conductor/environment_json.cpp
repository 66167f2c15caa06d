// to_json of environment.hpp: `machine` of manifest.json.
#include <nlohmann/json.hpp>

#include "harness/conductor/environment.hpp"
#include "harness/conductor/json_values.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::ordered_json;

Json caches_json(const std::vector<CacheFact>& caches) {
  Json array = Json::array();
  for (const CacheFact& cache : caches) {
    array.push_back({{"type", cache.type},
                     {"level", cache.level},
                     {"bytes", cache.bytes},
                     {"cpus", cache.cpus}});
  }
  return array;
}

// null: unknown; "none": no limit; else a number of CPUs.
Json quota_json(const std::optional<CpuQuota>& quota) {
  if (!quota) {
    return nullptr;
  }
  return quota->cpus ? Json(*quota->cpus) : Json("none");
}

Json pmu_json(const PmuFact& pmu) {
  return {{"available", pmu.available},
          {"plausible", or_null(pmu.plausible)},
          {"reason", pmu.reason.empty() ? Json(nullptr) : Json(pmu.reason)}};
}

Json noise_json(const Environment& environment) {
  return {{"psi_some_us", or_null(environment.noise.psi_some_us)},
          {"psi_avg10_percent", or_null(environment.psi_avg10_percent)},
          {"steal_ticks", or_null(environment.noise.steal_ticks)},
          {"steal_share", or_null(environment.steal_share)},
          {"context_switches", or_null(environment.noise.context_switches)}};
}

}  // namespace

std::string to_json(const Environment& environment) {
  const KernelSettings& settings = environment.settings;
  const Json json = {
      {"cpu", or_null(environment.cpu)},
      {"family", or_null(environment.family)},
      {"model", or_null(environment.model)},
      {"stepping", or_null(environment.stepping)},
      {"microcode", or_null(environment.microcode)},
      {"flags",
       {{"avx2", or_null(environment.flags.avx2)},
        {"avx512f", or_null(environment.flags.avx512f)},
        {"invariant_tsc", or_null(environment.flags.invariant_tsc)}}},
      {"cores", or_null(environment.cores)},
      {"logical_cpus", or_null(environment.logical_cpus)},
      {"allowed_cpus", environment.allowed_cpus},
      {"caches", caches_json(environment.caches)},
      {"memory_kib", or_null(environment.memory_kib)},
      {"memory_available_kib", or_null(environment.memory_available_kib)},
      {"memory_limit_bytes", or_null(environment.memory_limit_bytes)},
      {"kernel", or_null(environment.kernel)},
      {"os", or_null(environment.os)},
      {"hypervisor", or_null(environment.hypervisor)},
      {"governor", or_null(settings.governor)},
      {"turbo", or_null(settings.turbo)},
      {"smt", or_null(settings.smt)},
      {"thp", or_null(settings.thp)},
      {"clocksource", or_null(settings.clocksource)},
      {"kernel_command_line", or_null(settings.command_line)},
      {"isolated_cpus", or_null(settings.isolated_cpus)},
      {"hz", or_null(settings.hz)},
      {"aslr", or_null(settings.aslr)},
      {"swappiness", or_null(settings.swappiness)},
      {"swap_used_kib", or_null(settings.swap_used_kib)},
      {"perf_event_paranoid", or_null(settings.perf_event_paranoid)},
      {"cpu_quota", quota_json(settings.cpu_quota)},
      {"mitigations", or_null(settings.mitigations)},
      {"libc", or_null(environment.libc)},
      {"pmu", pmu_json(environment.pmu)},
      {"loadavg", environment.loadavg.empty() ? Json(nullptr) : Json(environment.loadavg)},
      {"noise", noise_json(environment)},
      {"host", or_null(environment.host)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace an::harness
