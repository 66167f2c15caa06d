// The catalogue as text and as JSON.
#include "harness/report/listing.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace an::harness {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kIndent = 2;

// "small 25, medium 30, large 35" with the values of one name together.
std::string sizes_text(const WorkloadEntry& workload) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<std::int64_t>> by_name;
  for (const SizeEntry& size : workload.sizes) {
    if (by_name.find(size.name) == by_name.end()) {
      order.push_back(size.name);
    }
    by_name[size.name].push_back(size.n);
  }
  std::vector<std::string> parts;
  for (const std::string& name : order) {
    parts.push_back(fmt::format("{} {}", name, fmt::join(by_name[name], " ")));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::vector<std::string> schedulers_with(const Catalogue& catalogue, const std::string& workload) {
  std::vector<std::string> names;
  for (const SchedulerEntry& scheduler : catalogue.schedulers) {
    if (scheduler.workload(workload) != nullptr) {
      names.push_back(scheduler.name);
    }
  }
  return names;
}

std::vector<std::string> workloads_of(const SchedulerEntry& scheduler) {
  std::vector<std::string> names;
  for (const WorkloadEntry& workload : scheduler.workloads) {
    names.push_back(workload.name);
  }
  return names;
}

Json workload_json(const Catalogue& catalogue, const WorkloadEntry& workload) {
  Json sizes = Json::array();
  for (const SizeEntry& size : workload.sizes) {
    sizes.push_back({{"name", size.name}, {"n", size.n}});
  }
  return {{"name", workload.name},
          {"summary", workload.summary},
          {"source", workload.source},
          {"operation", workload.operation},
          {"parameter", workload.parameter},
          {"n_min", workload.n_min},
          {"n_max", workload.n_max},
          {"sizes", sizes},
          {"schedulers", schedulers_with(catalogue, workload.name)}};
}

Json scheduler_json(const SchedulerEntry& scheduler) {
  const bool is_present = scheduler.absent_reason.empty();
  Json options = Json::array();
  for (const OptionEntry& option : scheduler.options) {
    options.push_back({{"name", option.name},
                       {"default", option.default_value},
                       {"values", option.values},
                       {"summary", option.summary}});
  }
  const BuildEntry& build = scheduler.build;
  return {{"name", scheduler.name},
          {"summary", scheduler.summary},
          {"version", scheduler.version},
          {"executable", scheduler.executable.string()},
          {"absent_reason", is_present ? Json(nullptr) : Json(scheduler.absent_reason)},
          {"workers_max", scheduler.workers_max},
          {"instrument", scheduler.is_instrument},
          {"task_bytes", scheduler.task_bytes ? Json(*scheduler.task_bytes) : Json(nullptr)},
          {"build",
           {{"compiler", build.compiler},
            {"flags", build.flags},
            {"type", build.type},
            {"sanitizer", build.sanitizer},
            {"publishable", build.is_publishable()}}},
          {"options", options},
          {"workloads", workloads_of(scheduler)}};
}

std::string dump(const Json& json) {
  return json.dump(kIndent, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string scheduler_text(const SchedulerEntry& scheduler) {
  std::string text = fmt::format("scheduler {}: {}\n", scheduler.name, scheduler.summary);
  if (!scheduler.absent_reason.empty()) {
    return fmt::format("scheduler {}\n  absent: {}\n", scheduler.name, scheduler.absent_reason);
  }
  text += fmt::format("  version     {}\n", scheduler.version);
  text += fmt::format("  executable  {}\n", scheduler.executable.string());
  text += fmt::format("  build       {} {}{}\n", scheduler.build.compiler, scheduler.build.type,
                      scheduler.build.sanitizer.empty()
                          ? ""
                          : fmt::format(", sanitizer {}", scheduler.build.sanitizer));
  text += fmt::format("  flags       {}\n", scheduler.build.flags);
  text += fmt::format("  publishable {}\n", scheduler.build.is_publishable() ? "yes" : "no");
  text += fmt::format("  workers     1..{}\n", scheduler.workers_max);
  if (scheduler.is_instrument) {
    text += "  instrument  it measures programs; --scheduler=all leaves it out\n";
  }
  if (scheduler.task_bytes) {
    text += fmt::format("  task        {} B with an empty callable\n", *scheduler.task_bytes);
  }
  text += fmt::format("  workloads   {}\n", fmt::join(workloads_of(scheduler), ", "));
  text += scheduler.options.empty() ? "  options     none\n" : "  options     (--set)\n";
  for (const OptionEntry& option : scheduler.options) {
    text += fmt::format("    {}.{}={}  one of {}: {}\n", scheduler.name, option.name,
                        option.default_value, option.values, option.summary);
  }
  return text;
}

std::string workload_text(const Catalogue& catalogue, const WorkloadEntry& workload) {
  std::string text = fmt::format("workload {}: {}\n", workload.name, workload.summary);
  text += fmt::format("  source      {}\n", workload.source);
  text += fmt::format("  operation   {}\n", workload.operation);
  text += fmt::format("  sizes       {}\n", sizes_text(workload));
  text += fmt::format("  range       {} = {}..{}\n", workload.parameter, workload.n_min,
                      workload.n_max);
  text +=
      fmt::format("  schedulers  {}\n", fmt::join(schedulers_with(catalogue, workload.name), ", "));
  return text;
}

}  // namespace

std::string list_text(const Catalogue& catalogue) {
  const std::vector<std::string> workloads = catalogue.workload_names();
  std::size_t width = 0;
  for (const SchedulerEntry& scheduler : catalogue.schedulers) {
    width = std::max(width, scheduler.name.size());
  }
  for (const std::string& name : workloads) {
    width = std::max(width, name.size());
  }
  std::string text = "Schedulers\n";
  for (const SchedulerEntry& scheduler : catalogue.schedulers) {
    const bool is_present = scheduler.absent_reason.empty();
    text += fmt::format("  {:<{}}  {}{}\n", scheduler.name, width,
                        is_present ? scheduler.summary : "absent: " + scheduler.absent_reason,
                        scheduler.is_instrument ? " (run when named, not with all)" : "");
  }
  text += "\nWorkloads\n";
  for (const std::string& name : workloads) {
    const WorkloadEntry& workload = *catalogue.workload(name);
    text += fmt::format("  {:<{}}  {} ({})\n", name, width, workload.summary, sizes_text(workload));
  }
  return text;
}

std::string list_json(const Catalogue& catalogue) {
  Json schedulers = Json::array();
  for (const SchedulerEntry& scheduler : catalogue.schedulers) {
    schedulers.push_back(scheduler_json(scheduler));
  }
  Json workloads = Json::array();
  for (const std::string& name : catalogue.workload_names()) {
    workloads.push_back(workload_json(catalogue, *catalogue.workload(name)));
  }
  return dump({{"schedulers", schedulers}, {"workloads", workloads}});
}

std::string describe_text(const Catalogue& catalogue, const std::string& name) {
  const SchedulerEntry* scheduler = catalogue.scheduler(name);
  const WorkloadEntry* workload = catalogue.workload(name);
  return (scheduler != nullptr ? scheduler_text(*scheduler) : "") +
         (workload != nullptr ? workload_text(catalogue, *workload) : "");
}

std::string describe_json(const Catalogue& catalogue, const std::string& name) {
  const SchedulerEntry* scheduler = catalogue.scheduler(name);
  const WorkloadEntry* workload = catalogue.workload(name);
  if (scheduler == nullptr && workload == nullptr) {
    return "";
  }
  return dump(
      {{"scheduler", scheduler != nullptr ? scheduler_json(*scheduler) : Json(nullptr)},
       {"workload", workload != nullptr ? workload_json(catalogue, *workload) : Json(nullptr)}});
}

}  // namespace an::harness
