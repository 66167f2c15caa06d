// Settings: the options of a scheduler that change its paths, drawn from a seed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/task/scheduler.hpp"

namespace an::fuzz {

// A scheduler object lives for the DAGs of one era: so many consecutive seeds.
inline constexpr std::uint64_t kEraDags = 32;
constexpr std::uint64_t era_of(std::uint64_t dag_seed) {
  return dag_seed / kEraDags;
}

SchedulerConfig draw_config(std::string_view scheduler, std::uint32_t workers, std::uint64_t era);

// "beat_us=1 tokens=2", or "defaults".
std::string to_text(const SchedulerConfig& config);

}  // namespace an::fuzz
