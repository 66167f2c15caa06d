#include "core/base/thread.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "core/base/assert.hpp"
#include "core/base/error.hpp"

namespace an {
namespace {

// Sets of more than CPU_SETSIZE CPUs need the dynamic form.
constexpr int kCpusMax = 8192;

struct CpuSet {
  CpuSet() : set(CPU_ALLOC(kCpusMax)) {
    AN_ASSERT(set != nullptr);
    CPU_ZERO_S(bytes, set);
  }
  ~CpuSet() { CPU_FREE(set); }
  CpuSet(const CpuSet&) = delete;
  CpuSet& operator=(const CpuSet&) = delete;

  cpu_set_t* set;
  std::size_t bytes = CPU_ALLOC_SIZE(kCpusMax);
};

}  // namespace

Thread::Thread(std::string name, std::function<void()> body) {
  name.resize(std::min<std::size_t>(name.size(), 15));
  try {
    thread_ = std::thread([name = std::move(name), body = std::move(body)] {
      ::pthread_setname_np(::pthread_self(), name.c_str());
      body();
    });
  } catch (const std::system_error& error) {
    throw Error(std::string("could not start a thread: ") + error.what(),
                "The process or the container has reached its thread limit",
                "Use fewer --workers or raise `ulimit -u` and the pids limit of the cgroup");
  }
}

void Thread::join() {
  if (thread_.joinable()) {
    thread_.join();
  }
}

void pin_current_thread(int cpu) {
  restrict_current_thread({cpu});
}

void restrict_current_thread(const std::vector<int>& cpus) {
  CpuSet wanted;
  for (const int cpu : cpus) {
    // Placements come from outside: a CPU that cannot exist is left out, like one that does not.
    if (cpu >= 0 && cpu < kCpusMax) {
      CPU_SET_S(static_cast<std::size_t>(cpu), wanted.bytes, wanted.set);
    }
  }
  if (::sched_setaffinity(0, wanted.bytes, wanted.set) != 0) {
    throw Error("sched_setaffinity to CPU " + (cpus.empty() ? "none" : std::to_string(cpus[0])) +
                    ": " + std::generic_category().message(errno),
                "The CPU is offline or outside the cpuset of this container",
                "Run with --pin=none, or see `harness env` for the CPUs that may be used");
  }
}

std::vector<int> allowed_cpus() {
  CpuSet allowed;
  AN_ASSERT(::sched_getaffinity(0, allowed.bytes, allowed.set) == 0);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < kCpusMax; ++cpu) {
    if (CPU_ISSET_S(static_cast<std::size_t>(cpu), allowed.bytes, allowed.set)) {
      cpus.push_back(cpu);
    }
  }
  return cpus;
}

}  // namespace an
