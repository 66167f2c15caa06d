// The terminal variant redraws at most twenty times a second, because a redraw costs a system call
// on the machine that is being measured; it draws between turns only.
#include "harness/report/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "harness/report/quantity.hpp"

namespace an::harness {
namespace {

constexpr const char* kEraseLine = "\r\x1b[K";
constexpr Nanos kRedrawNs = 50'000'000;

// "fib/n:25/sched:serial/workers:1: ok, 3.41 ns/op" (the median is left to the verdict; this is the
// last turn's), or the status with its reason.
std::string describe_finished(const CellRecord& cell) {
  std::string text = cell.plan.name + ": " + to_string(cell.status);
  if (cell.reason) {
    text += " (" + *cell.reason + ")";
  } else if (!cell.samples.empty() && cell.samples.back().ops > 0) {
    const Sample& last = cell.samples.back();
    text += fmt::format(", last turn {} ns/op", format_figure(static_cast<double>(last.ns) /
                                                              static_cast<double>(last.ops)));
  }
  return text;
}

bool is_failure(Status status) {
  return status == Status::kWrong || status == Status::kCrash || status == Status::kTimeout;
}

class PlainProgress : public RunObserver {
 public:
  explicit PlainProgress(std::ostream& stream) : stream_(stream) {}

  void planned(const std::vector<CellPlan>& cells) override {
    cells_ = cells.size();
    stream_ << fmt::format("{} cells\n", cells_) << std::flush;
  }
  void turn(const CellPlan&, std::int64_t, std::int64_t) override {}
  void finished(const CellRecord& cell) override {
    stream_ << fmt::format("[{}/{}] {}\n", ++finished_, cells_, describe_finished(cell))
            << std::flush;
  }
  void note(const std::string& text) override { stream_ << text << "\n" << std::flush; }

 private:
  std::ostream& stream_;
  std::size_t cells_ = 0, finished_ = 0;
};

class TerminalProgress : public RunObserver {
 public:
  TerminalProgress(std::ostream& stream, std::size_t columns)
      : stream_(stream), columns_(columns) {}
  ~TerminalProgress() override { stream_ << kEraseLine << std::flush; }
  TerminalProgress(const TerminalProgress&) = delete;
  TerminalProgress& operator=(const TerminalProgress&) = delete;

  void planned(const std::vector<CellPlan>& cells) override {
    state_.cells = cells.size();
    draw(nullptr);
  }

  void turn(const CellPlan& cell, std::int64_t done, std::int64_t total) override {
    const Nanos now = now_ns();
    started_ns_ = started_ns_ == 0 ? now : started_ns_;
    state_.done = done;
    state_.total = total;
    state_.elapsed_ns = now - started_ns_;
    if (now - drawn_ns_ >= kRedrawNs) {
      drawn_ns_ = now;
      draw(&cell);
    }
  }

  // Good cells only advance the bar; the table shows them soon enough.
  void finished(const CellRecord& cell) override {
    ++state_.cells_finished;
    if (is_failure(cell.status)) {
      note(describe_finished(cell));
    } else {
      draw(&cell.plan);
    }
  }

  void note(const std::string& text) override {
    stream_ << kEraseLine << text << "\n";
    draw(nullptr);
  }

 private:
  void draw(const CellPlan* cell) {
    stream_ << kEraseLine << progress_line(state_, cell, columns_) << std::flush;
  }

  std::ostream& stream_;
  std::size_t columns_;
  ProgressState state_;
  Nanos started_ns_ = 0, drawn_ns_ = 0;
};

}  // namespace

std::string progress_line(const ProgressState& state, const CellPlan* cell, std::size_t columns) {
  constexpr std::int64_t kBarColumns = 20;
  const std::int64_t done = std::clamp<std::int64_t>(state.done, 0, state.total);
  const std::int64_t full = state.total > 0 ? kBarColumns * done / state.total : 0;
  std::string line = "[" + std::string(static_cast<std::size_t>(full), '#') +
                     std::string(static_cast<std::size_t>(kBarColumns - full), '.') + "]";
  const std::size_t left = state.cells - std::min(state.cells_finished, state.cells);
  line += fmt::format(" {} of {} cells left", left, state.cells);
  if (done > 0) {
    const double per_turn = static_cast<double>(state.elapsed_ns) / static_cast<double>(done);
    const auto rest = static_cast<Nanos>(per_turn * static_cast<double>(state.total - done));
    line += ", ETA " + format_duration(rest);
  }
  if (cell != nullptr) {
    line += "  " + cell->name;
  }
  // The last column stays free: a full line would wrap on some terminals.
  return line.substr(0, columns > 0 ? columns - 1 : 0);
}

std::unique_ptr<RunObserver> make_progress(std::ostream& stream, ProgressStyle style) {
  if (style.terminal) {
    return std::make_unique<TerminalProgress>(stream, style.columns);
  }
  return std::make_unique<PlainProgress>(stream);
}

}  // namespace an::harness
