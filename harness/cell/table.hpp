// Fills a CellTable for one scheduler from the list of all workloads: scheduler x workload, each
// pair instantiated once.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/clock.hpp"
#include "harness/cell/cell.hpp"
#include "workloads/workload.hpp"

namespace an::harness {

template <an::Scheduler S, class W>
requires workloads::WorkloadFor<W, typename S::Worker>
class TypedCell final : public PreparedCell {
 public:
  TypedCell(std::int64_t n, const SchedulerConfig& config)
      : input_(W::prepare(n, config.seed)),
        footprint_bytes_(W::footprint_bytes(n)),
        workers_(config.workers),
        scheduler_(config),
        tracer_(rings_of(scheduler_, config)) {}

  ReadyReply ready() const override {
    ReadyReply reply;
    reply.expected = W::expected(input_);
    reply.ops = static_cast<std::int64_t>(W::operations(input_));
    reply.bytes = footprint_bytes_;
    for (const workloads::Note& note : W::notes(input_)) {
      reply.notes[std::string(note.name)] = note.value;
    }
    return reply;
  }

  TurnReply turn(std::int64_t iterations, RunWatch* watch) override {
    const Nanos begun_ns = now_ns();
    const std::vector<Counter> before = scheduler_.counters();
    TurnReply reply;
    tracer_.begin();
    for (std::int64_t i = 0; i < iterations; ++i) {
      W::reset(input_);
      if (watch != nullptr) {
        watch->begin();
      }
      const Nanos start = now_ns();
      const typename W::Answer answer =
          scheduler_.run([this](typename S::Worker worker) { return W::run(worker, input_); });
      reply.ns += now_ns() - start;
      if (watch != nullptr) {
        watch->end();
      }
      reply.check = fold_check(reply.check, W::digest(input_, answer));
    }
    tracer_.end();
    reply.iterations = iterations;
    reply.ops = static_cast<std::int64_t>(W::operations(input_)) * iterations;
    const std::vector<Counter> after = scheduler_.counters();
    const Nanos outside_ns = now_ns() - begun_ns - reply.ns;
    for (std::size_t i = 0; i < after.size(); ++i) {
      reply.counters[std::string(after[i].name)] =
          static_cast<std::int64_t>(after[i].value - before[i].value);
    }
    leave_out(outside_ns, reply);
    return reply;
  }

  const TurnTrace* trace() const override { return tracer_.last(); }

 private:
  // While the caller prepares and checks, outside of any run, all other workers idle. That is no part of
  // what is timed: `outside_ns` of it is taken off.
  void leave_out(Nanos outside_ns, TurnReply& reply) const {
    const auto idle = reply.counters.find(std::string(kIdleCounter));
    if (idle != reply.counters.end()) {
      idle->second = std::max<std::int64_t>(0, idle->second - (workers_ - 1) * outside_ns);
    }
  }

  typename W::Input input_;
  std::int64_t footprint_bytes_;
  std::int64_t workers_;
  S scheduler_;
  TurnTracer tracer_;
};

template <class W>
WorkloadEntry describe_workload() {
  WorkloadEntry about;
  about.name = W::kName;
  about.summary = W::kSummary;
  about.source = W::kSource;
  about.operation = W::kOperation;
  about.parameter = W::kParameter;
  for (const workloads::NamedSize& size : W::kSizes) {
    about.sizes.push_back({std::string(size.name), size.n});
  }
  about.n_min = W::kMin;
  about.n_max = W::kMax;
  return about;
}

// Every workload of `List` under scheduler S.
template <an::Scheduler S, class List>
CellTable make_table() {
  CellTable table;
  table.scheduler = S::kName;
  table.summary = S::kSummary;
  table.workers_max = S::kWorkersLimit;
  table.is_traceable = requires(const S& scheduler) {
    scheduler.trace(WorkerId{});
  };
  table.is_instrument = is_instrument<S>();
  if constexpr (requires { S::kTaskBytes; }) {
    table.task_bytes = static_cast<std::int64_t>(S::kTaskBytes);
  }
  for (const OptionSpec& option : S::kOptions) {
    table.options.push_back({std::string(option.name), std::string(option.default_value),
                             std::string(option.summary), std::string(option.values)});
  }
  List::visit([&table]<class W>() {
    table.workloads.push_back(
        {describe_workload<W>(), &W::footprint_bytes,
         [](std::int64_t n, const SchedulerConfig& config) -> std::unique_ptr<PreparedCell> {
           return std::make_unique<TypedCell<S, W>>(n, config);
         }});
  });
  return table;
}

}  // namespace an::harness
