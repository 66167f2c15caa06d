// `harness profile`: what a program's parallelism allows, and where a scheduler loses against it. One run
// of serial, the instrument `profile` and the schedulers asked for, in interleaved turns, with a run
// directory as any run.
#include <algorithm>
#include <iostream>

#include "harness/commands.hpp"
#include "harness/conductor/directory_lock.hpp"
#include "harness/report/profile_text.hpp"
#include "harness/report/progress.hpp"
#include "harness/report/provenance.hpp"
#include "harness/report/table.hpp"
#include "harness/request.hpp"
#include "harness/terminal.hpp"
#include "harness/verdict/run_files.hpp"

namespace an::harness {
namespace {

// The schedulers asked for on one worker and on as many as asked for, and the two references on one.
RunRequest make_profile_request(const Options& options, const Catalogue& catalogue) {
  Options selection = options;
  selection.workers.push_back(1);
  for (const char* reference : {kBaselineScheduler, kProfileScheduler}) {
    if (std::find(options.schedulers.begin(), options.schedulers.end(), reference) !=
        options.schedulers.end()) {
      throw UsageError(std::string("--scheduler=") + reference + " has no effect here",
                       "serial and profile are measured beside every other scheduler",
                       "Name others, or leave it out for heartbeat");
    }
    selection.schedulers.emplace_back(reference);
  }
  RunRequest request = make_request(selection, catalogue);
  request.one_worker = {kBaselineScheduler, kProfileScheduler};
  return request;
}

int exit_code(const RunOutcome& outcome,
              const std::vector<CellResult>& results,
              const std::vector<Profile>& profiles) {
  if (outcome.interrupted) {
    return kExitInterrupted;
  }
  if (has_failure(results)) {
    return kExitCellFailed;
  }
  const bool is_refused = std::any_of(profiles.begin(), profiles.end(), [](const Profile& profile) {
    return !profile.refusal.empty();
  });
  if (is_refused) {
    std::cerr << "harness: a span in time was refused; its line says why. Counts are exact.\n";
  }
  return is_refused ? kExitEnvironment : kExitOk;
}

}  // namespace

int execute_profile(const Options& options) {
  const bool json = wants_json(options);
  const Catalogue catalogue = find_cells(options);
  RunRequest request = make_profile_request(options, catalogue);
  plan_or_refuse(request, catalogue);
  request.out = make_run_directory(options.out);
  const DirectoryLock lock(request.out);
  const std::unique_ptr<RunObserver> progress = make_progress(std::cerr, progress_style());
  const RunOutcome outcome = run_sweep(request, catalogue, *progress);
  const std::vector<CellResult> results = summarise(outcome);
  write_summary(request.out, results);
  const std::vector<Profile> profiles = profiles_of(outcome, results);
  const std::string footer = render_footer(provenance_of(read_run(request.out)));
  if (json) {
    std::cout << profiles_json(profiles) << std::flush;
    std::cerr << footer;
  } else {
    std::cout << profiles_text(profiles, operations_of(catalogue)) << "\n" << footer << std::flush;
  }
  return exit_code(outcome, results, profiles);
}

}  // namespace an::harness
