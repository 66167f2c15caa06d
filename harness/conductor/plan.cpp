// plan_cells of run.hpp: from what was asked for to the list of cells. A combination that cannot
// run stays in the list, with its reason: no cell disappears silently.
#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>
#include <utility>

#include "core/base/error.hpp"
#include "harness/conductor/name_filter.hpp"
#include "harness/conductor/run.hpp"

namespace an::harness {
namespace {

std::optional<std::int64_t> parse_number(const std::string& text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

// One size of a workload that was asked for.
struct WantedSize {
  std::int64_t n = 0;
  std::string missing;  // names asked for that the workload does not have; n is its least then
};

// Ascending and without repetition. Names the workload lacks share one entry, so that cell names
// stay unique.
std::vector<WantedSize> wanted_sizes(const WorkloadEntry& workload,
                                     const std::vector<std::string>& asked) {
  std::set<std::int64_t> sizes;
  std::string missing;
  for (const std::string& text : asked) {
    if (const auto number = parse_number(text)) {
      sizes.insert(*number);
      continue;
    }
    bool is_known = false;
    for (const SizeEntry& entry : workload.sizes) {
      if (text == "all" || text == entry.name) {
        sizes.insert(entry.n);
        is_known = true;
      }
    }
    if (!is_known) {
      missing += (missing.empty() ? "" : " or ") + text;
    }
  }
  std::vector<WantedSize> wanted;
  if (!missing.empty() && sizes.count(workload.n_min) == 0) {
    wanted.push_back({workload.n_min, missing});
  }
  for (const std::int64_t n : sizes) {
    wanted.push_back({n, ""});
  }
  return wanted;
}

// A name that no workload of the request gives a meaning to is a mistake, not a cell.
void reject_unknown_sizes(const RunRequest& request, const Catalogue& catalogue) {
  std::set<std::string> known{"all"};
  for (const std::string& name : request.workloads) {
    if (const WorkloadEntry* workload = catalogue.workload(name)) {
      for (const SizeEntry& entry : workload->sizes) {
        known.insert(entry.name);
      }
    }
  }
  std::string listed;
  for (const std::string& name : known) {
    listed += (listed.empty() ? "" : ", ") + name;
  }
  for (const std::string& text : request.sizes) {
    if (!parse_number(text) && known.count(text) == 0) {
      throw Error("No selected workload has a size called " + text, "",
                  "Choose one of " + listed + ", or a number");
    }
  }
}

// The options asked for that differ from the scheduler's default: only they change the name.
std::map<std::string, std::string> effective_options(const RunRequest& request,
                                                     const std::string& scheduler,
                                                     const SchedulerEntry* entry) {
  const auto asked = request.options.find(scheduler);
  if (asked == request.options.end()) {
    return {};
  }
  std::map<std::string, std::string> options = asked->second;
  if (entry != nullptr) {
    for (const OptionEntry& known : entry->options) {
      const auto option = options.find(known.name);
      if (option != options.end() && option->second == known.default_value) {
        options.erase(option);
      }
    }
  }
  return options;
}

std::string cell_name(const CellPlan& cell, const std::string& parameter) {
  std::string name = cell.workload + "/" + parameter + ":" + std::to_string(cell.n);
  if (cell.allocator.name != kDefaultAllocator) {
    name += "/alloc:" + cell.allocator.name;
  }
  name += "/sched:" + cell.scheduler;
  for (const auto& [key, value] : cell.options) {
    name += "/set:" + key + "=" + value;
  }
  return name + "/workers:" + std::to_string(cell.workers);
}

// Why the cell cannot run; empty when it can.
std::string obstacle(const CellPlan& cell, const WantedSize& size, const SchedulerEntry* entry) {
  if (entry == nullptr) {
    return "there is no executable cell-" + cell.scheduler +
           "; build it, or name its folder with --cells";
  }
  if (!entry->absent_reason.empty()) {
    return entry->absent_reason;
  }
  const WorkloadEntry* workload = entry->workload(cell.workload);
  if (workload == nullptr) {
    return cell.scheduler + " has no workload " + cell.workload;
  }
  if (!size.missing.empty()) {
    return cell.workload + " has no size called " + size.missing;
  }
  if (cell.n < workload->n_min || cell.n > workload->n_max) {
    return cell.workload + " takes sizes from " + std::to_string(workload->n_min) + " to " +
           std::to_string(workload->n_max);
  }
  if (cell.workers > entry->workers_max) {
    return cell.scheduler + " runs at most " + std::to_string(entry->workers_max) +
           (entry->workers_max == 1 ? " worker" : " workers");
  }
  return "";
}

// Plans the cells of one workload.
class WorkloadPlanner {
 public:
  WorkloadPlanner(const RunRequest& request,
                  const Catalogue& catalogue,
                  const NameFilter& filter,
                  const WorkloadEntry& workload)
      : request_(request), catalogue_(catalogue), filter_(filter), workload_(workload) {}

  void append_to(std::vector<CellPlan>& cells) const {
    for (const WantedSize& size : wanted_sizes(workload_, request_.sizes)) {
      if (!request_.groups.empty() && request_.groups.count({workload_.name, size.n}) == 0) {
        continue;
      }
      for (const Allocator& allocator : request_.allocators) {
        std::vector<CellPlan> group = make_group(size, allocator);
        add_baseline(size, allocator, group);
        std::move(group.begin(), group.end(), std::back_inserter(cells));
      }
    }
  }

 private:
  std::vector<CellPlan> make_group(const WantedSize& size, const Allocator& allocator) const {
    std::vector<CellPlan> group;
    for (const std::string& scheduler :
         std::set(request_.schedulers.begin(), request_.schedulers.end())) {
      for (const std::uint32_t workers :
           request_.one_worker.count(scheduler) != 0
               ? std::set<std::uint32_t>{1}
               : std::set(request_.workers.begin(), request_.workers.end())) {
        CellPlan cell = make(size, allocator, scheduler, workers);
        if (filter_.selects(cell.name)) {
          group.push_back(std::move(cell));
        }
      }
    }
    return group;
  }

  CellPlan make(const WantedSize& size,
                const Allocator& allocator,
                const std::string& scheduler,
                std::uint32_t workers) const {
    const SchedulerEntry* entry = catalogue_.scheduler(scheduler);
    CellPlan cell;
    cell.allocator = allocator;
    cell.scheduler = scheduler;
    cell.workload = workload_.name;
    cell.n = size.n;
    cell.workers = workers;
    cell.options = effective_options(request_, scheduler, entry);
    cell.name = cell_name(cell, workload_.parameter);
    cell.not_applicable = obstacle(cell, size, entry);
    return cell;
  }

  // The serial cell that x_serial divides by, unless it is there already or nothing needs it.
  void add_baseline(const WantedSize& size,
                    const Allocator& allocator,
                    std::vector<CellPlan>& group) const {
    const auto runs = [](const CellPlan& cell) { return cell.not_applicable.empty(); };
    const auto is_baseline = [&](const CellPlan& cell) {
      return runs(cell) && cell.scheduler == kBaselineScheduler && cell.workers == 1;
    };
    if (!request_.baseline || std::none_of(group.begin(), group.end(), runs) ||
        std::any_of(group.begin(), group.end(), is_baseline)) {
      return;
    }
    CellPlan cell = make(size, allocator, kBaselineScheduler, 1);
    cell.baseline = true;
    if (runs(cell)) {
      group.push_back(std::move(cell));
    }
  }

  const RunRequest& request_;
  const Catalogue& catalogue_;
  const NameFilter& filter_;
  const WorkloadEntry& workload_;
};

}  // namespace

const char* to_string(Status status) {
  switch (status) {
    case Status::kOk:
      return "ok";
    case Status::kWrong:
      return "wrong";
    case Status::kCrash:
      return "crash";
    case Status::kTimeout:
      return "timeout";
    case Status::kNotApplicable:
      return "n/a";
    case Status::kPartial:
      break;
  }
  return "partial";
}

const char* to_string(Stopped stopped) {
  switch (stopped) {
    case Stopped::kRelCi:
      return "rel-ci";
    case Stopped::kBudget:
      return "budget";
    case Stopped::kSamples:
      break;
  }
  return "samples";
}

bool is_selected(const RunRequest& request, const std::string& cell_name) {
  return NameFilter(request.filter).selects(cell_name);
}

std::vector<CellPlan> plan_cells(const RunRequest& request, const Catalogue& catalogue) {
  const NameFilter filter(request.filter);
  reject_unknown_sizes(request, catalogue);
  std::vector<CellPlan> cells;
  for (const std::string& name : std::set(request.workloads.begin(), request.workloads.end())) {
    const WorkloadEntry* workload = catalogue.workload(name);
    if (workload == nullptr) {
      throw Error("No scheduler has a workload called " + name, "",
                  "See what there is with `harness list`");
    }
    WorkloadPlanner(request, catalogue, filter, *workload).append_to(cells);
  }
  if (cells.empty()) {
    throw Error("No cell is selected",
                request.filter ? "The filter " + *request.filter + " leaves no cell name" : "",
                "A cell name looks like fib/n:30/sched:resonance/workers:2");
  }
  std::sort(cells.begin(), cells.end(), [](const CellPlan& a, const CellPlan& b) {
    return std::tie(a.workload, a.n, a.scheduler, a.allocator.name, a.workers) <
           std::tie(b.workload, b.n, b.scheduler, b.allocator.name, b.workers);
  });
  return cells;
}

CellPlan resized(const CellPlan& cell, std::int64_t n, const Catalogue& catalogue) {
  CellPlan other = cell;
  other.n = n;
  other.name = cell_name(other, catalogue.workload(cell.workload)->parameter);
  return other;
}

}  // namespace an::harness
