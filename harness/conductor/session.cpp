// See session.hpp.
#include "harness/conductor/session.hpp"

#include <string>

#include "harness/conductor/environment.hpp"

namespace an::harness {

Session::Session(const RunRequest& request,
                 const Catalogue& catalogue,
                 RunObserver& observer,
                 const std::vector<CellPlan>& cells)
    : placements_(request.pin),
      writer_(request.out),
      lock_(interrupt_.wake_fd(), [&](const std::string& text) { observer.note(text); }),
      context_{request, catalogue, observer, writer_, placements_, interrupt_, noise_} {
  if (request.trace) {
    context_.trace = &trace_.emplace(*request.trace);
  }
  if (!request.resume) {
    writer_.write_manifest(
        manifest_json(request, catalogue, cells, read_environment(), placements_.records(cells)));
  }
}

void Session::note_noise() const {
  for (const std::string& note : noise_.notes()) {
    context_.observer.note(note);
  }
}

void Session::finish_trace() {
  if (!trace_) {
    return;
  }
  trace_->finish();
  for (const std::string& scheduler : trace_->refused()) {
    context_.observer.note(scheduler + " cannot be traced: it does not record what its workers do");
  }
}

}  // namespace an::harness
