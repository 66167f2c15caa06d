// Driver: how a worker that has found no work sleeps. The one virtual call of a scheduler: the next
// instruction is a system call anyway, and it lets schedulers and reactor stay strangers.
#pragma once

#include "core/base/clock.hpp"
#include "core/task/job.hpp"

namespace an {

class Driver {
 public:
  virtual ~Driver() = default;

  // Sleeps until unpark(self), `until`, or for no reason; the caller looks again. Only by worker
  // `self`. An unpark that came first makes it return at once.
  virtual void park(WorkerId self, Deadline until) noexcept = 0;

  // Ends the current or the next park of `sleeper`. Any thread. Never lost; several may count as
  // one.
  virtual void unpark(WorkerId sleeper) noexcept = 0;
};

}  // namespace an
