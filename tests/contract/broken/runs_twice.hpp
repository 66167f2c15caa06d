#pragma once

#include "tests/contract/broken/faulty.hpp"

namespace an::schedulers::runs_twice {

struct Scheduler : contract::FaultyScheduler<contract::Fault::kTwice> {
  using FaultyScheduler::FaultyScheduler;
  static constexpr std::string_view kName = "runs_twice";
};

}  // namespace an::schedulers::runs_twice
