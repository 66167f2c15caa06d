#pragma once

#include "tests/contract/broken/faulty.hpp"

namespace an::schedulers::returns_early {

struct Scheduler : contract::FaultyScheduler<contract::Fault::kReturnEarly> {
  using FaultyScheduler::FaultyScheduler;
  static constexpr std::string_view kName = "returns_early";
};

}  // namespace an::schedulers::returns_early
