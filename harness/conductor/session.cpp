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
      context_{request, catalogue, observer, writer_, placements_, interrupt_} {
  if (!request.resume) {
    writer_.write_manifest(
        manifest_json(request, catalogue, cells, read_environment(), placements_.records(cells)));
  }
}

}  // namespace an::harness
