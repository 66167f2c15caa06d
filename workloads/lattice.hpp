// lattice: claim C5 in earnest. A piece of Z^3, cut into lattices of 16^3 doubles (32,768 bytes, the
// lattice of the claim), and eight sweeps of a 7-point update over its sites, by tasks that say to
// which lattice they belong.
//
// Source: claim C5, "lattice operations", which measured a clone and nothing else (that is
// lattice_clone); the 7-point update is the one of every explicit scheme in three dimensions.
// n lattices are stacked along the z axis; the piece is periodic in all three directions. A task
// updates one slab, 16 x 16 sites of equal z, so there are 16 tasks per lattice and sweep, all with
// the lattice as their phase. They are spawned slab by slab across all lattices: in that order no two
// neighbours in the queue share a lattice, and a scheduler that runs the tasks of a phase back to
// back loads 64 KiB, old values and new, once instead of up to 16 times. A sweep ends before the
// next starts.
//
// u' = u + the six neighbours, without the division by 7: 7^t u is an integer and exact, in doubles
// as the claim has them. The check runs no update: a sweep is 1 + N_z + N_y + N_x, whose terms
// commute, so the weighted sum of the answer (weights.hpp) is the sum over i + j + k <= 8 of
// multinomial * (N^i s)_z (N^j r)_y (N^k q)_x times the start, where s, r, q are the weights.
//
// Operation: the update of one site, the smallest thing the size does not change; 8 * 4,096 n a run.
// Sizes: n = 8 lattices (512 KiB, 1,024 tasks), 512 (32 MiB, 65,536), 4096 (256 MiB, 524,288). The
// seed gives the start: integers in [-8, 8).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/assert.hpp"
#include "core/task/fork_join.hpp"
#include "core/task/task_group.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::lattice {

inline constexpr std::int64_t kSide = 16;
inline constexpr std::int64_t kSlabSites = kSide * kSide;
inline constexpr std::int64_t kSites = kSide * kSlabSites;
inline constexpr std::int64_t kBytes = kSites * static_cast<std::int64_t>(sizeof(double));
inline constexpr std::int64_t kSweeps = 8;
inline constexpr std::uint32_t kTaskCostNs = 100;  // order of magnitude, lattice in cache; a hint
static_assert(kBytes == 32768, "the lattice of claim C5");
static_assert(kSweeps % 2 == 0, "the answer is where the start was");

// Sites in the order x, then y, then z; one lattice is 16 layers of z.
using Sites = std::vector<double>;

// One task: the new values of the layer z, of `layers`.
void update_slab(double* to, const double* from, std::int64_t z, std::int64_t layers);

// The start.
void draw(Sites& sites, std::uint64_t seed);

// The weighted sum of all sites; one that is no integer counts as 2^62.
std::uint64_t weigh(const Sites& sites, std::uint64_t seed);

// weigh() of what `start` becomes after `sweeps` sweeps, by the multinomial theorem. Requires
// sweeps <= kSweeps.
std::uint64_t weigh_after(const Sites& start, std::int64_t sweeps, std::uint64_t seed);

struct Workload {
  static constexpr std::string_view kName = "lattice";
  static constexpr std::string_view kSummary = "7-point update of Z^3, tasks keyed by lattice: C5";
  static constexpr std::string_view kSource = "claim C5, in earnest; explicit 7-point schemes";
  static constexpr std::string_view kOperation = "site update";
  static constexpr std::string_view kParameter = "lattices";
  static constexpr std::array<NamedSize, 3> kSizes{
      {{"small", 8}, {"medium", 512}, {"large", 4096}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = 1 << 16;  // 4 GiB

  struct Input {
    Sites sites;
    Sites other;  // every second sweep
    std::uint64_t seed;

    std::int64_t lattices() const { return static_cast<std::int64_t>(sites.size()) / kSites; }
  };
  using Answer = Unit;  // the answer is in Input::sites

  static Input prepare(std::int64_t n, std::uint64_t seed) {
    AN_ASSERT(n >= kMin);
    AN_ASSERT(n <= kMax);
    const auto sites = static_cast<std::size_t>(n * kSites);
    Input input{Sites(sites), Sites(sites), seed};
    reset(input);
    return input;
  }
  static void reset(Input& input) { draw(input.sites, input.seed); }

  template <TaskWorker W>
  static void sweep(W worker, double* to, const double* from, std::int64_t lattices) {
    TaskGroup<W> group(worker);
    for (std::int64_t slab = 0; slab < kSide; ++slab) {
      for (std::int64_t lattice = 0; lattice < lattices; ++lattice) {
        group.spawn(
            worker,
            [to, from, z = lattice * kSide + slab, layers = lattices * kSide](auto /*worker*/) {
              update_slab(to, from, z, layers);
            },
            Phase{static_cast<std::uint64_t>(lattice), 2 * kBytes, kTaskCostNs});
      }
    }
    group.wait(worker);
  }

  template <TaskWorker W>
  static Answer run(W worker, Input& input) {
    double* from = input.sites.data();
    double* to = input.other.data();
    for (std::int64_t count = 0; count < kSweeps; ++count) {
      sweep(worker, to, from, input.lattices());
      std::swap(from, to);
    }
    return Unit{};
  }

  static std::uint64_t digest(const Input& input, const Answer& /*answer*/) {
    return fold(0, weigh(input.sites, input.seed));
  }
  static std::uint64_t expected(const Input& input) {
    Sites start(input.sites.size());
    draw(start, input.seed);
    return fold(0, weigh_after(start, kSweeps, input.seed));
  }
  static std::uint64_t operations(const Input& input) {
    return static_cast<std::uint64_t>(kSweeps) * input.sites.size();
  }
  // The tasks in flight belong to the scheduler.
  static std::int64_t footprint_bytes(std::int64_t n) { return 2 * kBytes * n; }
  static std::vector<Note> notes(const Input& input) {
    return {{"lattice_bytes", kBytes},
            {"resident_bytes", 2 * kBytes * input.lattices()},
            {"tasks", kSweeps * kSide * input.lattices()},
            {"ready_tasks_per_lattice", kSide},
            {"sites_per_task", kSlabSites}};
  }
};

}  // namespace an::workloads::lattice
