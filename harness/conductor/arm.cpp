// See arm.hpp.
#include "harness/conductor/arm.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

#include "core/base/error.hpp"
#include "harness/conductor/quality.hpp"
#include "harness/conductor/turns.hpp"

namespace an::harness {
namespace {

// A stopped task stops when it next runs: at once, unless the machine has many others to run.
constexpr Nanos kFreezePatienceNs = 500'000'000;

// The environment lies above the stack: its size moves what lies below.
constexpr std::uint32_t kPaddingBytesMax = 4096;

// An iteration that takes this long needs no untimed one before it: starting threads and coming back
// from a stop are lost in it, and it would double the time of the run.
constexpr Nanos kLongIterationNs = 100'000'000;

constexpr const char* kMeterLibrary = "libantinode_meter.so";

Status status_of(CallStatus call, ErrorKind kind) {
  switch (call) {
    case CallStatus::kTimeout:
      return Status::kTimeout;
    case CallStatus::kInterrupted:
      return Status::kPartial;
    case CallStatus::kRefused:
      return kind == ErrorKind::kUnsupported ? Status::kNotApplicable : Status::kCrash;
    case CallStatus::kOk:
    case CallStatus::kCrash:
    case CallStatus::kGarbage:
      break;
  }
  return Status::kCrash;
}

std::string not_loaded(const Allocator& allocator) {
  return allocator.name + " was not loaded into it: a static executable, or one that clears " +
         "LD_PRELOAD, has the allocator it was built with";
}

}  // namespace

Arm::Arm(SweepContext& context, const CellPlan& plan, std::uint64_t padding_seed)
    : context_(context), padding_seed_(padding_seed), padding_(padding_seed) {
  record_.plan = plan;
  // The catalogue knows nothing of an executable that the plan names.
  const SchedulerEntry* entry = context_.catalogue.scheduler(plan.scheduler);
  if (entry != nullptr && plan.executable.empty()) {
    record_.task_bytes = entry->task_bytes;
  }
  if (!plan.not_applicable.empty()) {
    end(Status::kNotApplicable, plan.not_applicable);
  }
}

// The process of the cell; the meter goes first, so that it sees what reaches the allocator.
ChildSpec Arm::spec(const std::filesystem::path& meter) const {
  const SchedulerEntry* entry = context_.catalogue.scheduler(record_.plan.scheduler);
  const auto& executable = record_.plan.executable;
  ChildSpec spec{executable.empty() ? entry->executable : executable,
                 {},
                 record_.plan.environment,
                 context_.writer.stderr_path(record_.plan)};
  const std::filesystem::path& allocator = record_.plan.allocator.library;
  if (!meter.empty() || !allocator.empty()) {
    const bool both = !meter.empty() && !allocator.empty();
    spec.environment["LD_PRELOAD"] = meter.string() + (both ? ":" : "") + allocator.string();
  }
  return spec;
}

PrepareRequest Arm::prepare_request() const {
  const CellPlan& plan = record_.plan;
  const Placement& placement = context_.placements.of(plan.workers);
  return {plan.workload, plan.n,         plan.workers,      context_.request.seed,
          plan.options,  placement.cpus, placement.victims, placement.nodes};
}

void Arm::end(Status status, std::optional<std::string> reason) {
  cell_.reset();  // kills the whole group
  is_live_ = false;
  record_.status = status;
  record_.reason = std::move(reason);
}

template <class T>
void Arm::fail(const Answer<T>& answer) {
  end(status_of(answer.status, answer.error.kind), answer.reason);
}

void Arm::take_up(const CellRecord& earlier) {
  if (earlier.status == Status::kPartial && !is_live_) {
    return;  // not applicable, and not recorded as such
  }
  const CellPlan plan = record_.plan;
  const auto task_bytes = record_.task_bytes;
  record_ = earlier;
  record_.plan = plan;
  if (earlier.status != Status::kPartial) {
    is_live_ = false;
    return;
  }
  record_.task_bytes = task_bytes;
  if (!earlier.samples.empty()) {
    const Sample& last = earlier.samples.back();
    settles_ = last.ns / last.iterations < kLongIterationNs;
  }
}

void Arm::draw_padding(int unit) {
  padding_ = Rng::stream(padding_seed_, static_cast<std::uint64_t>(unit));
}

void Arm::start() {
  ChildSpec padded = spec();
  padded.environment["ANTINODE_PADDING"] = std::string(padding_.below(kPaddingBytesMax + 1), 'x');
  try {
    cell_ = std::make_unique<CellClient>(padded, context_.request.timeout_ns,
                                         context_.interrupt.wake_fd());
  } catch (const Error& error) {
    end(Status::kCrash, error.what());
  }
}

std::optional<std::int64_t> Arm::estimate() {
  const CellPlan& plan = record_.plan;
  const auto answer = cell_->estimate({plan.workload, plan.n, plan.workers});
  if (!answer) {
    fail(answer);
    return std::nullopt;
  }
  return answer.value.bytes;
}

void Arm::refuse(std::string reason) {
  end(Status::kNotApplicable, std::move(reason));
}

void Arm::prepare() {
  const auto answer = cell_->prepare(prepare_request());
  if (!answer) {
    fail(answer);
    return;
  }
  if (!is_loaded(record_.plan.allocator, cell_->pid())) {
    end(Status::kCrash, not_loaded(record_.plan.allocator));
    return;
  }
  expected_ = answer.value.expected;
  record_.ops_per_iteration = answer.value.ops;
  record_.notes = answer.value.notes;
}

bool Arm::is_right(const TurnReply& reply) const {
  return reply.check == fold_repeated(expected_, reply.iterations);
}

void Arm::end_as_wrong(const TurnReply& reply, const std::string& when) {
  end(Status::kWrong, "wrong answer in " + when + ": its digest is " + std::to_string(reply.check) +
                          ", the right one " +
                          std::to_string(fold_repeated(expected_, reply.iterations)));
}

// A turn whose reply holds together; the digest is for the caller to judge. Empty when the cell is
// no more.
std::optional<TurnReply> Arm::turn(std::int64_t iterations) {
  auto answer = cell_->turn(iterations);
  if (!answer) {
    fail(answer);
    return std::nullopt;
  }
  std::int64_t ops = 0;
  if (__builtin_mul_overflow(*record_.ops_per_iteration, iterations, &ops) ||
      ops != answer.value.ops) {
    end(Status::kCrash, "it reports " + std::to_string(answer.value.ops) + " operations for " +
                            std::to_string(iterations) + " iterations of " +
                            std::to_string(*record_.ops_per_iteration));
    return std::nullopt;
  }
  return std::move(answer.value);
}

// A checked turn that is not recorded. False when the cell is no more.
bool Arm::run_untimed(std::int64_t iterations, const std::string& when) {
  const auto reply = turn(iterations);
  if (reply && !is_right(*reply)) {
    end_as_wrong(*reply, when);
  }
  return is_live_;
}

// A process that runs and is prepared. False when the cell is no more.
bool Arm::wake() {
  if (cell_ != nullptr) {
    cell_->thaw();
    return true;
  }
  start();
  if (is_live_) {
    prepare();
  }
  const bool warms_up = is_live_ && record_.iterations && settles_;
  return warms_up ? run_untimed(*record_.iterations, "the warm-up") : is_live_;
}

void Arm::calibrate() {
  Calibration calibration(context_.request.min_time_ns);
  if (!wake()) {
    return;
  }
  if (record_.iterations) {  // taken up
    if (settles_) {
      run_untimed(*record_.iterations, "the warm-up");
    }
    return;
  }
  for (;;) {
    const auto reply = turn(calibration.iterations());
    if (!reply) {
      return;
    }
    if (!is_right(*reply)) {
      return end_as_wrong(*reply, "the warm-up");
    }
    if (calibration.settles(reply->ns)) {
      record_.iterations = calibration.iterations();
      settles_ = reply->ns / calibration.iterations() < kLongIterationNs;
      calibrated_ns_ = reply->ns;
      return;
    }
  }
}

void Arm::adopt(const Arm& calibrated) {
  const std::int64_t iterations = *calibrated.record_.iterations;
  if (wake() && run_untimed(iterations, "the warm-up")) {
    record_.iterations = iterations;
    settles_ = calibrated.settles_;
  }
}

void Arm::begin_unit(std::int64_t extra_iterations) {
  extra_iterations_ = extra_iterations;
  if (record_.units++ > 0 && record_.freezes) {
    wake();
  }
}

std::optional<Sample> Arm::take_turn(int unit,
                                     int turn_number,
                                     const std::function<bool()>& others_rest) {
  const std::string when = "unit " + std::to_string(unit) + ", turn " + std::to_string(turn_number);
  if (!wake() || (settles_ && !run_untimed(1, "the settling iteration of " + when))) {
    return std::nullopt;
  }
  const bool is_alone = others_rest();
  const Gauge before = read_gauge();
  auto reply = turn(*record_.iterations + extra_iterations_);
  const Gauge after = read_gauge();
  if (!reply) {
    return std::nullopt;
  }
  Sample sample{.unit = unit,
                .turn = turn_number,
                .ns = reply->ns,
                .iterations = reply->iterations,
                .ops = reply->ops,
                .check = reply->check,
                .ok = is_right(*reply),
                .cpu_ns = reply->cpu_ns,
                .maxrss_kib = reply->maxrss_kib,
                .nvcsw = reply->nvcsw,
                .nivcsw = reply->nivcsw,
                .minflt = reply->minflt,
                .counters = std::move(reply->counters),
                .t_mono_ns = after.at_ns,
                .psi_us = pressure_between(before, after),
                .dropped = is_alone ? judge(before, after, context_.request.filter_pressure)
                                    : Dropped::kThawed};
  if (!sample.ok) {
    end_as_wrong(*reply, when);
  }
  return sample;
}

void Arm::add(const Sample& sample) {
  if (sample.dropped == Dropped::kNo) {
    record_.samples.push_back(sample);
  } else {
    ++record_.dropped;
  }
}

void Arm::park() {
  if (cell_ == nullptr || !context_.request.freeze) {
    return;
  }
  if (record_.freezes && cell_->freeze(kFreezePatienceNs)) {
    return;
  }
  if (record_.freezes) {
    record_.freezes = false;
    context_.observer.note(record_.plan.name +
                           " does not stop when told to; it gets a fresh process for every turn");
  }
  end_unit();
}

void Arm::end_unit() {
  if (cell_ == nullptr) {
    return;
  }
  cell_->thaw();
  const auto answer = cell_->quit();
  if (answer.status == CallStatus::kInterrupted) {
    fail(answer);
  } else if (!answer) {
    end(Status::kCrash, "its turns were right, but " + answer.reason);
  }
  cell_.reset();
}

void Arm::finish(Stopped stopped) {
  record_.stopped = stopped;
  end(Status::kOk, std::nullopt);
}

void Arm::interrupt(const std::string& reason) {
  if (is_live_) {
    end(Status::kPartial, reason);
  }
}

void Arm::note_memory(const std::string& reason) {
  context_.observer.note(record_.plan.name + ": memory not measured: " + reason);
}

void Arm::record_memory(const MemoryReply& memory) {
  const auto difference = [](std::optional<std::int64_t> late, std::optional<std::int64_t> early) {
    return late && early ? std::optional(*late - *early) : std::nullopt;
  };
  record_.memory.rss_delta_kib = difference(memory.rss_after_kib, memory.rss_before_kib);
  if (memory.metered) {
    record_.memory.live_peak_bytes = difference(memory.live_peak, memory.live_before);
    record_.memory.retained_bytes = difference(memory.live_after, memory.live_before);
    record_.memory.leaked_bytes = difference(memory.live_end, memory.live_start);
    record_.memory.requested_bytes = memory.requested;
  }
}

void Arm::measure_memory() {
  const auto meter = spec().executable.parent_path() / kMeterLibrary;
  std::error_code ignored;
  if (record_.status != Status::kOk || !std::filesystem::exists(meter, ignored)) {
    return;
  }
  try {
    CellClient cell(spec(meter), context_.request.timeout_ns, context_.interrupt.wake_fd());
    if (const auto ready = cell.prepare(prepare_request()); !ready) {
      return note_memory(ready.reason);
    }
    if (!is_loaded(record_.plan.allocator, cell.pid())) {
      return note_memory(not_loaded(record_.plan.allocator));
    }
    const auto answer = cell.memory();
    if (!answer) {
      return note_memory(answer.reason);
    }
    record_memory(answer.value);
    cell.quit();  // its figures are in; how it ends was judged in the timed process
  } catch (const Error& error) {
    note_memory(error.what());
  }
}

}  // namespace an::harness
