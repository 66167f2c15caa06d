// The main function of every executable of models.
#include <fmt/format.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "tests/model/checker/check.hpp"
#include "tests/model/checker/execution.hpp"
#include "tests/model/checker/weaken.hpp"

// Of the linker: the code of the executable.
extern "C" const char __executable_start, etext;

namespace {

using an::model::Model;

struct Options {
  std::vector<std::string> names;
  std::vector<std::string> weaken;
  std::string replay;
  an::model::Request request;
  bool list = false;
  bool quiet = false;
};

void read(CLI::App& app, Options& options) {
  app.add_option("--model", options.names, "only these models (default: all)")->delimiter(',');
  app.add_flag("--list", options.list, "print the models and stop")->disable_flag_override();
  app.add_flag("--deep", options.request.deep, "with the wider bounds of each model")
      ->disable_flag_override();
  app.add_option("--preemptions", options.request.preemptions,
                 "bound on preemptions instead of the model's own; without sleep sets (-1: any "
                 "number, with)")
      ->check(CLI::Range(-1, 1000));
  app.add_option("--seed", options.request.seed, "of the random executions");
  app.add_option("--replay", options.replay,
                 "print the execution with these choices; needs --model");
  app.add_option(
      "--weaken", options.weaken,
      "ADDRESS=ORDER[/FAILURE]: the operation that returns to ADDRESS uses ORDER, and FAILURE "
      "where a compare-exchange fails (mutants.py)");
  app.add_flag("--quiet", options.quiet, "do not print the interleaving of a failure")
      ->disable_flag_override();
}

an::model::Order order_called(const std::string& name, const std::string& text) {
  using an::model::Order;
  static const std::map<std::string, Order> kOrders = {
      {"relaxed", Order::kRelaxed}, {"acquire", Order::kAcquire}, {"release", Order::kRelease},
      {"acq_rel", Order::kAcqRel},  {"seq_cst", Order::kSeqCst},
  };
  const auto found = kOrders.find(name);
  if (found == kOrders.end()) {
    throw an::Error("--weaken=" + text + " is not ADDRESS=ORDER or ADDRESS=ORDER/FAILURE", "",
                    "ORDER is one of relaxed, acquire, release, acq_rel, seq_cst");
  }
  return found->second;
}

void weaken(const std::string& text) {
  const auto equals = text.find('=');
  const std::string orders = equals == std::string::npos ? "" : text.substr(equals + 1);
  const auto slash = orders.find('/');
  char* end = nullptr;
  const std::uint64_t address = std::strtoull(text.c_str(), &end, 0);
  const bool has_address = equals != 0 && end == text.c_str() + equals;
  auto& all = an::model::Weaken::the();
  all.add(address, order_called(has_address ? orders.substr(0, slash) : "", text));
  if (slash != std::string::npos) {
    all.add_failure(address, order_called(orders.substr(slash + 1), text));
  }
}

// A mutant that no model comes by survives, which is for mutants.py to say. An address outside of the
// code is a mistake.
void report_unmet() {
  for (const std::uint64_t pc : an::model::Weaken::the().unmet()) {
    const std::string what =
        fmt::format("--weaken={:#x}: no operation of these models returns there", pc);
    const auto* const place = reinterpret_cast<const char*>(pc);
    if (place < &__executable_start || place >= &etext) {
      throw an::Error(what, "It is no address in the code of this executable",
                      "mutants.py and addr2line know which address belongs to which line");
    }
    fmt::print(stderr, "{}.\n", what);
  }
}

std::vector<Model> select(const std::vector<std::string>& names) {
  if (names.empty()) {
    return an::model::models();
  }
  std::vector<Model> selected;
  for (const std::string& name : names) {
    const auto& all = an::model::models();
    const auto found = std::ranges::find(all, name, &Model::name);
    if (found == all.end()) {
      throw an::Error("there is no model '" + name + "' in this executable", "",
                      "--list prints them");
    }
    selected.push_back(*found);
  }
  return selected;
}

bool check(const Model& model, const Options& options) {
  const an::model::Report report = an::model::check(model, options.request);
  const int preemptions = an::model::preemptions_of(model, options.request);
  const std::string bound =
      preemptions < 0 ? "any preemptions" : fmt::format("<= {} preemptions", preemptions);
  const char* const verdict = !report.is_good               ? "FAILED"
                              : !model.bounds.finds.empty() ? "found"
                              : report.is_exhaustive        ? "proven"
                                                            : "no failure";
  fmt::print("{:<42} {:<10} {:>9} executions {:>10} operations {:>6.2f} s  {}{}\n", model.name,
             verdict, report.executions, report.operations, report.seconds, bound,
             report.is_exhaustive || !report.failure.empty() ? "" : ", cut off");
  if (!report.choices.empty() && !options.quiet) {
    const an::model::Replay again = an::model::replay(model, report.choices);
    const bool is_same = again.failure == report.failure && again.fits;
    fmt::print("  {}\n{}  replay: --model={} --replay='{}'\n", report.failure,
               report.is_good ? "" : again.interleaving, model.name, report.choices);
    if (!is_same) {
      fmt::print("  THE REPLAY DIFFERS: {}\n", again.failure);
    }
    return report.is_good && is_same;
  }
  if (!report.failure.empty()) {
    fmt::print("  {}\n", report.failure);
  }
  if (!report.is_good && report.failure.empty()) {
    fmt::print("  nothing was found; expected: {}\n", model.bounds.finds);
  }
  return report.is_good;
}

// A mutant may follow a wild pointer. The handler leaves by a jump and never returns, so the signal must
// not stay blocked.
void on_segmentation_fault(int /*signal*/) {
  if (an::model::Execution::self() >= 0) {
    an::model::Execution::the().fail("segmentation fault");
  }
  std::_Exit(3);
}

void catch_segmentation_faults() {
  static char stack[1 << 16];
  const stack_t alternate{.ss_sp = stack, .ss_flags = 0, .ss_size = sizeof stack};
  ::sigaltstack(&alternate, nullptr);
  struct sigaction action {};
  action.sa_handler = &on_segmentation_fault;
  action.sa_flags = SA_NODEFER | SA_ONSTACK;
  ::sigaction(SIGSEGV, &action, nullptr);
  ::sigaction(SIGBUS, &action, nullptr);
}

}  // namespace

int main(int argc, char** argv) {
  catch_segmentation_faults();
  CLI::App app("Checks models of Antinode's lock-free sources exhaustively, within bounds.");
  Options options;
  read(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    for (const std::string& one : options.weaken) {
      weaken(one);
    }
    bool is_good = true;
    const std::vector<Model> selected = select(options.names);
    if (!options.replay.empty() && selected.size() != 1) {
      throw an::Error("--replay needs one model", "", "Add --model=NAME as the failure printed it");
    }
    for (const Model& model : selected) {
      if (options.list) {
        fmt::print("{}\n", model.name);
      } else if (!options.replay.empty()) {
        const an::model::Replay again = an::model::replay(model, options.replay);
        fmt::print("{}{}\n", again.interleaving,
                   again.failure.empty() ? "no failure" : again.failure);
        if (!again.fits) {
          throw an::Error("--replay: " + options.names.front() +
                              " has no execution with these choices; above is another",
                          "They are another model's or another version's, or were cut off",
                          "Copy the whole string that the failure printed");
        }
        is_good = is_good && again.failure.empty();
      } else {
        is_good = check(model, options) && is_good;
        std::fflush(stdout);
      }
    }
    if (is_good && !options.list) {
      report_unmet();
    }
    return is_good ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  }
}
