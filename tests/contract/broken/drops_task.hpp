#pragma once

#include "tests/contract/broken/faulty.hpp"

namespace an::schedulers::drops_task {

struct Scheduler : contract::FaultyScheduler<contract::Fault::kDrop> {
  using FaultyScheduler::FaultyScheduler;
  static constexpr std::string_view kName = "drops_task";
};

}  // namespace an::schedulers::drops_task
