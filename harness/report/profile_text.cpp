// See profile_text.hpp.
#include "harness/report/profile_text.hpp"

#include <fmt/format.h>

#include <cmath>

#include <nlohmann/json.hpp>

#include "harness/conductor/json_values.hpp"
#include "harness/report/grid.hpp"
#include "harness/report/quantity.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::ordered_json;

std::string line(const char* title, const std::string& text) {
  return fmt::format("  {:<10} {}\n", title, text);
}

// "5.12 us [4.98 us, 5.30 us]".
std::string time_figure(const Figure& figure) {
  std::string text = format_time(*figure.middle);
  if (figure.low && figure.high) {
    text += fmt::format(" [{}, {}]", format_time(*figure.low), format_time(*figure.high));
  }
  return text;
}

std::string percent(double share) {
  return fmt::format("{:.1f} %", share * 100);
}

std::string counts_line(const std::optional<ProfileCounts>& counts) {
  return counts ? fmt::format("{} strands, {} joins, {} tasks; span {} strands", counts->strands,
                              counts->joins, counts->tasks, counts->span_strands)
                : "none: they differ from run to run, or were not measured";
}

std::string spans_text(const Profile& profile) {
  std::string text;
  if (profile.correction) {
    text +=
        line("probe", fmt::format("corrected by {}; {} of the work was timed several strands at "
                                  "a time",
                                  percent(*profile.correction), percent(*profile.batched)));
  }
  if (!profile.refusal.empty()) {
    return text + line("Tinf", "refused: " + profile.refusal + ".");
  }
  const double work = *profile.serial_ns;
  const auto with_parallelism = [&](const Figure& span) {
    return fmt::format("{}  parallelism {}", time_figure(span), format_figure(work / *span.middle));
  };
  return text + line("Tinf", with_parallelism(profile.span_ns)) +
         line("burdened", with_parallelism(profile.burdened_ns));
}

std::string loss_part(const char* name, double ns, const Profile& profile, const Loss& loss) {
  return fmt::format("{} {} ({} ns)", name, percent(ns / loss.total_ns),
                     format_figure(ns / static_cast<double>(profile.ops)));
}

std::string loss_text(const Profile& profile,
                      const ProfiledSpeedup& speedup,
                      const std::string& operation) {
  const Loss& loss = speedup.loss;
  std::string text = loss_part("work", loss.work_ns, profile, loss) + ", " +
                     loss_part("scheduling", loss.scheduling_ns, profile, loss) + ", ";
  if (loss.idle_ns) {
    text += loss_part("idle", *loss.idle_ns, profile, loss) + ", " +
            loss_part("inflation", loss.rest_ns, profile, loss);
  } else {
    text += loss_part("idle and inflation", loss.rest_ns, profile, loss) +
            ": this scheduler does not say how long it idles";
  }
  return line("", fmt::format("{} x T{} per {}: {}", speedup.plan.workers, speedup.plan.workers,
                              operation, text));
}

std::string speedup_text(const Profile& profile,
                         const ProfiledSpeedup& speedup,
                         const std::string& operation) {
  std::string title =
      fmt::format("  {}, {} workers\n", scheduler_label(speedup.plan), speedup.plan.workers);
  if (!speedup.missing.empty()) {
    return title + line("", "n/a: " + speedup.missing);
  }
  std::string text = fmt::format(
      "speed-up {}",
      format_estimate(speedup.speedup.middle, speedup.speedup.low, speedup.speedup.high));
  if (speedup.speedup_at_most) {
    text += fmt::format(" of at most {}; {} if every branch on the span moved",
                        format_figure(*speedup.speedup_at_most),
                        format_figure(*speedup.speedup_burdened));
  }
  return title + line("", text) + loss_text(profile, speedup, operation);
}

Json figure_json(const Figure& figure) {
  return {{"value", or_null(figure.middle)},
          {"low", or_null(figure.low)},
          {"high", or_null(figure.high)}};
}

Json loss_json(const Loss& loss) {
  return {{"total", loss.total_ns},
          {"work", loss.work_ns},
          {"scheduling", loss.scheduling_ns},
          {"idle", or_null(loss.idle_ns)},
          {"inflation", loss.idle_ns ? Json(loss.rest_ns) : Json(nullptr)},
          {"idle_and_inflation", loss.rest_ns + loss.idle_ns.value_or(0)}};
}

Json speedup_json(const ProfiledSpeedup& speedup) {
  const bool is_there = speedup.missing.empty();
  return {{"cell", speedup.plan.name},
          {"scheduler", speedup.plan.scheduler},
          {"workers", speedup.plan.workers},
          {"missing", text_or_null(speedup.missing)},
          {"time_ns", is_there ? Json(speedup.time_ns) : Json(nullptr)},
          {"speedup", figure_json(speedup.speedup)},
          {"speedup_at_most", or_null(speedup.speedup_at_most)},
          {"speedup_burdened", or_null(speedup.speedup_burdened)},
          {"loss_ns", is_there ? loss_json(speedup.loss) : Json(nullptr)}};
}

Json counts_json_of(const std::optional<ProfileCounts>& counts) {
  return counts ? Json{{"strands", counts->strands},
                       {"joins", counts->joins},
                       {"tasks", counts->tasks},
                       {"span_strands", counts->span_strands}}
                : Json(nullptr);
}

}  // namespace

std::string profiles_text(const std::vector<Profile>& profiles,
                          const std::map<std::string, std::string>& operations) {
  std::string text;
  for (const Profile& profile : profiles) {
    const auto found = operations.find(profile.workload);
    const std::string operation = found == operations.end() ? "operation" : found->second;
    text += fmt::format("{}{} n={}\n", text.empty() ? "" : "\n", profile.workload, profile.n);
    text += line("counts", counts_line(profile.counts));
    if (profile.serial_ns) {
      text += line("T1",
                   fmt::format("{}  serial, {} ns per {}", format_time(*profile.serial_ns),
                               format_figure(*profile.serial_ns / static_cast<double>(profile.ops)),
                               operation));
    }
    text += spans_text(profile);
    for (const ProfiledSpeedup& speedup : profile.speedups) {
      text += speedup_text(profile, speedup, operation);
    }
  }
  return text;
}

std::string profiles_json(const std::vector<Profile>& profiles) {
  Json array = Json::array();
  for (const Profile& profile : profiles) {
    Json speedups = Json::array();
    for (const ProfiledSpeedup& speedup : profile.speedups) {
      speedups.push_back(speedup_json(speedup));
    }
    array.push_back({{"workload", profile.workload},
                     {"size", profile.n},
                     {"ops", profile.ops},
                     {"work_ns", or_null(profile.serial_ns)},
                     {"counts", counts_json_of(profile.counts)},
                     {"correction", or_null(profile.correction)},
                     {"batched", or_null(profile.batched)},
                     {"refusal", text_or_null(profile.refusal)},
                     {"span_ns", figure_json(profile.span_ns)},
                     {"burdened_span_ns", figure_json(profile.burdened_ns)},
                     {"speedups", std::move(speedups)}});
  }
  const Json json = {{"v", 1}, {"profiles", std::move(array)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace an::harness
