// Job: the unit that queues, deques and buckets hold. 24 bytes, intrusive, not owning. Whoever
// takes a job calls execute() exactly once; the job may be gone when execute returns.
//
// A job never throws: what a branch or a task throws is carried to the join or to the group.
#pragma once

#include <cstdint>

#include "core/base/atomic.hpp"

namespace an {

// Index of a worker within its scheduler, 0 being the thread that called run().
using WorkerId = std::uint32_t;
inline constexpr WorkerId kNobody = ~WorkerId{0};

struct Job {
  // Runs the job. `worker` is the state of the worker that runs it, of the type the scheduler that
  // made the job uses; `thief` tells a forked branch who took it.
  using Run = void (*)(Job* job, void* worker) noexcept;

  explicit Job(Run body) noexcept : run(body) {}

  void execute(void* worker) noexcept { run(this, worker); }

  Job* next;                         // link while in an intrusive queue; written by the queue only
  Run run;                           // what to do
  Atomic<std::uint32_t> state = 0;   // join state (core/task/stack_job.hpp); 0 = not finished
  Atomic<WorkerId> taker = kNobody;  // who stole it: where a blocked join looks for work first
};

static_assert(sizeof(Job) == 24, "three jobs and their link share no more than two lines");

}  // namespace an
