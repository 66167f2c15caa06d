// Campaign: DAGs of consecutive seeds under one scheduler with one number of workers. Stops at the
// first difference and says how to see it again.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>

#include "core/base/clock.hpp"
#include "tests/fuzz/dag.hpp"
#include "tests/fuzz/lane.hpp"

namespace an::fuzz {

struct Campaign {
  std::uint64_t seed = 1;  // of the first DAG
  std::uint64_t dags = 10'000;
  std::uint64_t repeat = 1;  // so often each
  Shape shape;
  bool prints_dags = false;  // to the log
  Nanos hang_ns = 60'000'000'000;
};

struct Report {
  bool same = true;
  std::string failure;  // what differs, the DAG, how to replay
  std::uint64_t dags = 0;
  std::array<std::uint64_t, kKinds> nodes{};
  std::uint64_t steals = 0;  // as the scheduler counts them
  std::uint64_t parks = 0;
  Nanos took_ns = 0;
};

// A hang writes its report to `log` and ends the process with exit code 1. `log` may be null for no
// progress lines.
Report run_campaign(const LaneEntry& entry,
                    std::uint32_t workers,
                    const Campaign& campaign,
                    std::FILE* log);

}  // namespace an::fuzz
