// See trace_file.hpp.
#include "harness/conductor/trace_file.hpp"

#include <cerrno>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/base/error.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

double us(std::int64_t ns) {
  return static_cast<double>(ns) / 1000;
}

// What the number of a mark is.
const char* arg_name(const std::string& mark) {
  static const std::map<std::string, const char*> names{
      {"steal", "victim"}, {"promote", "promotions"}, {"cohort", "key"}};
  const auto found = names.find(mark);
  return found == names.end() ? nullptr : found->second;
}

Json event_of(const TraceMark& mark, int process, std::size_t worker) {
  Json json = {{"name", mark.name}, {"ph", mark.is_span ? "X" : "i"}, {"ts", us(mark.begin_ns)}};
  if (mark.is_span) {
    json["dur"] = us(mark.end_ns - mark.begin_ns);
  } else {
    json["s"] = "t";  // of its thread
  }
  json["pid"] = process;
  json["tid"] = worker;
  json["args"] = Json::object();
  if (const char* name = arg_name(mark.name)) {
    json["args"][name] = mark.arg;
  }
  return json;
}

Json name_event(const char* what, int process, std::size_t worker, const std::string& name) {
  return {
      {"name", what}, {"ph", "M"}, {"pid", process}, {"tid", worker}, {"args", {{"name", name}}}};
}

// Spans of one kind: at most one is open at a time.
class SpanTrack {
 public:
  SpanTrack(std::string name, std::vector<TraceMark>& marks)
      : name_(std::move(name)), marks_(marks) {}

  void begin(const TraceEntry& event) {
    end(event.at_ns);
    open_ = event;
    is_first_ = false;
  }
  void end(std::int64_t at_ns) {
    if (open_) {
      marks_.push_back({name_, open_->at_ns, at_ns, true, open_->arg});
      open_.reset();
    }
    is_first_ = false;
  }
  // It may have begun before the oldest event that is known.
  void end_of_unseen(std::int64_t at_ns) {
    if (is_first_) {
      open_ = TraceEntry{0, name_, 0};
    }
    end(at_ns);
  }

 private:
  std::string name_;
  std::vector<TraceMark>& marks_;
  std::optional<TraceEntry> open_;
  bool is_first_ = true;
};

}  // namespace

std::int64_t lost_of(const CellTrace& trace) {
  std::int64_t lost = 0;
  for (const WorkerTrace& worker : trace.workers) {
    lost += worker.lost;
  }
  return lost;
}

std::vector<TraceMark> marks_of(const WorkerTrace& worker, std::int64_t ns) {
  std::vector<TraceMark> marks;
  SpanTrack parks("park", marks), cohorts("cohort", marks);
  for (const TraceEntry& event : worker.events) {
    if (event.kind == "steal" || event.kind == "promote") {
      marks.push_back({event.kind, event.at_ns, event.at_ns, false, event.arg});
    } else if (event.kind == "park") {
      parks.begin(event);
    } else if (event.kind == "unpark") {
      parks.end_of_unseen(event.at_ns);
    } else if (event.kind == "cohort") {
      cohorts.begin(event);
    } else if (event.kind == "cohort_end") {
      cohorts.end(event.at_ns);  // one of before the turn has no key
    }
  }
  parks.end(ns);
  cohorts.end(ns);
  return marks;
}

TraceFile::TraceFile(const std::filesystem::path& path) : path_(path), file_(path) {
  if (!file_) {
    throw Error("cannot write the trace to " + path.string(), std::strerror(errno),
                "Name another file with --trace=FILE");
  }
  file_ << "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[";
}

void TraceFile::write_event(const std::string& json) {
  file_ << (std::exchange(has_events_, true) ? ",\n" : "\n") << json;
}

void TraceFile::add(const CellTrace& trace) {
  const int process = ++processes_;
  write_event(text_of(name_event("process_name", process, 0, trace.cell)));
  for (std::size_t worker = 0; worker < trace.workers.size(); ++worker) {
    write_event(
        text_of(name_event("thread_name", process, worker, "worker " + std::to_string(worker))));
    for (const TraceMark& mark : marks_of(trace.workers[worker], trace.ns)) {
      write_event(text_of(event_of(mark, process, worker)));
    }
  }
  Json counters = Json::object();
  for (const auto& [name, value] : trace.counters) {
    counters[name] = value;
  }
  cells_ += (cells_.empty() ? "\n" : ",\n") + text_of({{"pid", process},
                                                       {"cell", trace.cell},
                                                       {"ns", trace.ns},
                                                       {"iterations", trace.iterations},
                                                       {"lost", lost_of(trace)},
                                                       {"counters", std::move(counters)}});
}

void TraceFile::finish() {
  file_ << "\n],\"otherData\":{\"cells\":[" << cells_ << "\n]}}\n" << std::flush;
  if (!file_) {
    throw Error("cannot write the trace to " + path_.string(), "The disk is full or went away",
                "Free some space, or name another file with --trace=FILE");
  }
}

}  // namespace an::harness
