// What every measurement needs, in the order in which it is taken: signals caught, the run
// directory open, the machine's lock held, the manifest on the disk.
#pragma once

#include <optional>
#include <vector>

#include "harness/conductor/interrupt.hpp"
#include "harness/conductor/measure_lock.hpp"
#include "harness/conductor/placements.hpp"
#include "harness/conductor/record.hpp"
#include "harness/conductor/run.hpp"
#include "harness/conductor/trace_file.hpp"

namespace an::harness {

// What all arms share. Everything outlives them.
struct SweepContext {
  const RunRequest& request;
  const Catalogue& catalogue;
  RunObserver& observer;
  RunWriter& writer;
  Placements& placements;
  const Interrupt& interrupt;
  NoiseTally& noise;
  TraceFile* trace = nullptr;  // unless the request wants one
};

class Session {
 public:
  // Opens the run directory request.out, waits for the machine's lock and writes the manifest, with
  // `cells` as the plan; a resumed run has one. The arguments outlive it. Throws an::Error when the directory cannot be
  // written or the machine not be read. At most one at a time: it catches signals.
  Session(const RunRequest& request,
          const Catalogue& catalogue,
          RunObserver& observer,
          const std::vector<CellPlan>& cells);

  SweepContext& context() { return context_; }
  bool is_interrupted() const { return interrupt_.is_requested(); }

  // Tells the observer what was noisy. Once, at the end.
  void note_noise() const;
  // Completes the trace file, if there is one, and tells the observer whom it lacks. Once, at the end.
  void finish_trace();

 private:
  Placements placements_;
  RunWriter writer_;
  Interrupt interrupt_;
  MeasureLock lock_;
  NoiseTally noise_;
  std::optional<TraceFile> trace_;
  SweepContext context_;
};

}  // namespace an::harness
