// One cell while it is measured: its process, what it answered, and how its story ends. (An arm, as
// in an experiment with several arms that take turns.)
//
// I1: once is_live() is false it stays false, the process is dead and record().status says why.
// I2: a turn enters the record and samples.jsonl before the next one begins.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "harness/conductor/cell_client.hpp"
#include "harness/conductor/interrupt.hpp"
#include "harness/conductor/placements.hpp"
#include "harness/conductor/record.hpp"
#include "harness/conductor/run.hpp"

namespace an::harness {

// What all arms of a sweep share. Everything outlives them.
struct SweepContext {
  const RunRequest& request;
  const Catalogue& catalogue;
  RunObserver& observer;
  RunWriter& writer;
  Placements& placements;
  int wake_fd;  // readable once the user interrupts
};

class Arm {
 public:
  // A cell that is not applicable has its status from the start.
  Arm(SweepContext& context, const CellPlan& plan);

  bool is_live() const { return cell_ != nullptr; }
  const CellRecord& record() const { return record_; }
  CellRecord&& take_record() { return std::move(record_); }

  // Starts the process of an applicable cell.
  void start();
  // What it would occupy, in bytes. Absent when it does not say or died.
  std::optional<std::int64_t> estimate();
  // Ends it as not applicable.
  void refuse(std::string reason);
  void prepare();
  // One checked turn that is not recorded, then turns until one is long enough.
  void calibrate();
  // One recorded turn.
  void take_turn(int round, int position);
  // Stops it while others are measured, if the request wants that.
  void freeze();
  // After the last round: status ok, and the process ends.
  void finish();
  // Memory from a second, metered process; a failure is a note. Only for a cell that is ok.
  void measure_memory();

 private:
  ChildSpec spec(const std::filesystem::path& meter = {}) const;
  PrepareRequest prepare_request() const;
  template <class T>
  void fail(const Answer<T>& answer);
  void end(Status status, std::optional<std::string> reason);
  std::optional<TurnReply> turn(std::int64_t iterations);
  bool is_right(const TurnReply& reply) const;
  void record_memory(const MemoryReply& memory);
  void note_memory(const std::string& reason);

  SweepContext& context_;
  CellRecord record_;
  std::unique_ptr<CellClient> cell_;
  std::uint64_t expected_ = 0;
};

}  // namespace an::harness
