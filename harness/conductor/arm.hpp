// One cell while it is measured: its processes, what they answered, and how its story ends. (An arm,
// as in an experiment with several arms that take turns.)
//
// Each unit has a fresh process, in an environment of random size: a layout of memory that a process
// happens to have is then one of many. A cell that cannot be frozen has a fresh one for each turn.
//
// I1: once is_live() is false it stays false, the process is dead and record().status says why.
// I2: while another arm is timed, its process is stopped or does not exist (unless request.freeze is
//     off).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/base/rng.hpp"
#include "harness/conductor/cell_client.hpp"
#include "harness/conductor/run.hpp"
#include "harness/conductor/session.hpp"

namespace an::harness {

class TraceFile;

class Arm {
 public:
  // A cell that is not applicable has its status from the start. `padding_seed` draws the sizes of
  // the environments.
  Arm(SweepContext& context, const CellPlan& plan, std::uint64_t padding_seed);

  bool is_live() const { return is_live_; }
  const CellRecord& record() const { return record_; }
  CellRecord&& take_record() { return std::move(record_); }

  // Goes on from `earlier`, if that is partial: its turns and its iterations. Otherwise the cell is
  // over, with that record. Before anything is started.
  void take_up(const CellRecord& earlier);
  // The processes from now on belong to `unit`: it alone, with the seed, gives their paddings.
  void draw_padding(int unit);
  // Starts a process, not yet prepared.
  void start();
  // What it would occupy, in bytes. Absent when it does not say or died.
  std::optional<std::int64_t> estimate();
  // Ends it as not applicable.
  void refuse(std::string reason);
  void prepare();
  // One checked turn that is not recorded, then turns until one is long enough. Of one that was
  // taken up only the first.
  void calibrate();
  // Its turns are like those of `calibrated`, from now on; one unrecorded turn of as many iterations.
  void adopt(const Arm& calibrated);
  // How long the turn took with which calibrate() ended; 0 without one.
  Nanos calibrated_ns() const { return calibrated_ns_; }
  // Counts a unit and, after the first, starts and prepares its process. Its turns have so many
  // iterations above record().iterations.
  void begin_unit(std::int64_t extra_iterations);
  // One settling iteration, unless iterations are long, then one timed turn; its answer is checked.
  // `others_rest` is asked just before. Empty when the arm is no more.
  std::optional<Sample> take_turn(int unit, int turn, const std::function<bool()>& others_rest);
  // A turn enters the record, now that its round is over.
  void add(const Sample& sample);
  // Stops the process while others are measured, if the request wants that; ends it if it cannot be
  // stopped.
  void park();
  // Whether the process is stopped, or there is none.
  bool is_parked() const { return cell_ == nullptr || cell_->is_frozen(); }
  // The process ends, as it should.
  void end_unit();
  // After the last unit: status ok.
  void finish(Stopped stopped);
  // Ends a cell that is still live, without a judgement on it.
  void interrupt(const std::string& reason);
  // Memory from a second, metered process; a failure is a note. Only for a cell that is ok.
  void measure_memory();
  // One turn in one more process, which keeps what its workers do. Only of a cell that is ok; a failure
  // is a note, a scheduler that cannot be traced is said to the file.
  void trace(TraceFile& file);

 private:
  ChildSpec spec(const std::filesystem::path& meter = {}) const;
  PrepareRequest prepare_request() const;
  template <class T>
  void fail(const Answer<T>& answer);
  void end(Status status, std::optional<std::string> reason);
  bool wake();
  std::optional<TurnReply> turn(std::int64_t iterations);
  bool is_right(const TurnReply& reply) const;
  bool run_untimed(std::int64_t iterations, const std::string& when);
  void end_as_wrong(const TurnReply& reply, const std::string& when);
  void record_memory(const MemoryReply& memory);
  void note_memory(const std::string& reason);

  SweepContext& context_;
  CellRecord record_;
  std::uint64_t padding_seed_;
  Rng padding_;
  bool is_live_ = true;
  bool settles_ = true;               // an untimed iteration before each turn
  std::unique_ptr<CellClient> cell_;  // between units, and between turns of one that does not
                                      // freeze, there is none
  std::uint64_t expected_ = 0;
  Nanos calibrated_ns_ = 0;
  std::int64_t extra_iterations_ = 0;
};

}  // namespace an::harness
