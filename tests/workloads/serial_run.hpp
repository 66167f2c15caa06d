// What every workload's test does: prepare, run on the serial scheduler, compare digests.
#pragma once

#include <cstdint>
#include <string_view>

#include "schedulers/serial.hpp"
#include "workloads/workload.hpp"

namespace an::tests {

using Serial = an::schedulers::serial::Scheduler;

// Runs `input` once, as it stands, and returns the answer.
template <class Workload>
typename Workload::Answer answer_of(typename Workload::Input& input) {
  static_assert(an::workloads::WorkloadFor<Workload, Serial::Worker>);
  Serial serial{an::SchedulerConfig{}};
  return serial.run([&input](Serial::Worker worker) { return Workload::run(worker, input); });
}

// Resets `input`, runs it and returns the digest of the answer.
template <class Workload>
std::uint64_t digest_of_run(typename Workload::Input& input) {
  Workload::reset(input);
  return Workload::digest(input, answer_of<Workload>(input));
}

// The digest a fresh input of size n gives.
template <class Workload>
std::uint64_t digest_of_size(std::int64_t n, std::uint64_t seed) {
  auto input = Workload::prepare(n, seed);
  return Workload::digest(input, answer_of<Workload>(input));
}

// The digest a fresh input of size n should give.
template <class Workload>
std::uint64_t expected_of_size(std::int64_t n, std::uint64_t seed) {
  return Workload::expected(Workload::prepare(n, seed));
}

// The value of the note `name`, or -1.
template <class Workload>
std::int64_t note_of(const typename Workload::Input& input, std::string_view name) {
  for (const an::workloads::Note& note : Workload::notes(input)) {
    if (note.name == name) {
      return note.value;
    }
  }
  return -1;
}

}  // namespace an::tests
