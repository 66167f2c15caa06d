// Hand-made results that exercise every kind of row.
#pragma once

#include <string>

#include "harness/verdict/summary.hpp"

namespace an::harness {

inline CellResult make_result(const std::string& workload,
                              std::int64_t n,
                              const std::string& scheduler,
                              double ns_per_op) {
  CellResult result;
  result.plan.name = workload + "/n:" + std::to_string(n) + "/sched:" + scheduler + "/workers:1";
  result.plan.scheduler = scheduler;
  result.plan.workload = workload;
  result.plan.n = n;
  result.status = Status::kOk;
  result.samples = 18;
  result.units = 6;
  result.stopped = Stopped::kSamples;
  result.ops = 1000;
  result.ns_per_op = ns_per_op;
  result.ns_low = ns_per_op - 0.02;
  result.ns_high = ns_per_op + 0.11;
  result.x_serial = ns_per_op / 3.41;
  result.x_serial_low = ns_per_op / 3.41 - 0.01;
  result.x_serial_high = ns_per_op / 3.41 + 0.01;
  result.x_best = ns_per_op / 3.41;
  result.bytes_per_op = 0;
  result.rss_peak_kib = 3120;
  result.verified = true;
  return result;
}

inline CellResult make_failure(const std::string& workload,
                               std::int64_t n,
                               const std::string& scheduler,
                               Status status,
                               const std::string& reason) {
  CellResult result;
  result.plan = make_result(workload, n, scheduler, 1).plan;
  result.status = status;
  result.reason = reason;
  return result;
}

// A baseline cell that was added for x_serial.
inline CellResult make_baseline(CellResult result) {
  result.plan.baseline = true;
  return result;
}

}  // namespace an::harness
