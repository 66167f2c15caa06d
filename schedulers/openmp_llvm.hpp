// openmp_llvm: the adapter of openmp, compiled by GCC as well, linked to LLVM's libomp instead of libgomp.
// libomp offers GCC's entry points (GOMP_task, GOMP_taskwait, ..) beside its own, so the two rows differ in
// the runtime and in nothing else.
//
// libomp gives each thread a deque of its own and steals from random ones. When it wins: recursion on more
// than one worker, where libgomp has one lock. When it loses: every fork allocates a task descriptor; idle
// threads spin for 200 ms before they sleep (KMP_BLOCKTIME).
//
// Where we deviate: LLVM's own compiler is clang, which calls __kmpc_omp_task. Which calls are dearer has
// not been measured here.
//
// I1: one thread calls run. With libomp 14, a thread that ends after it has had a parallel region corrupts
//     memory while another has one.
// I2: a scheduler leaves 3 KiB behind: omp_pause_resource_all of libomp 14 does not free all it has.
#pragma once

#include "core/base/error.hpp"
#include "schedulers/openmp.hpp"

namespace an::schedulers::openmp_llvm {

class Library : public openmp::Library {
 public:
  explicit Library(const SchedulerConfig& config) : openmp::Library(config) { maker_.enter(0); }

  template <class Body>
  void enter(const Body& body) {
    if (!maker_.has_this_thread()) {
      throw Error("scheduler openmp_llvm was used from a thread other than the one that made it",
                  "libomp 14 corrupts memory when such a thread ends", "Call run from one thread");
    }
    openmp::Library::enter(body);
  }

 private:
  peer::Members maker_{1};
};

class Scheduler : public peer::PeerScheduler<Library> {
 public:
  static constexpr std::string_view kName = "openmp_llvm";
  static constexpr std::string_view kSummary = "OpenMP tasks (LLVM libomp): task and taskwait";
  static constexpr std::uint32_t kWorkersLimit = kWorkersMax;
  static constexpr std::array<OptionSpec, 0> kOptions{};
  static constexpr bool kServesAnyThread = false;

  // Throws an::Error for any option, or when threads cannot be started or pinned.
  explicit Scheduler(const SchedulerConfig& config)
      : PeerScheduler((reject_unknown_options(config, kName, kOptions), config)) {}
};

static_assert(an::Scheduler<Scheduler>);

}  // namespace an::schedulers::openmp_llvm
