// What a workload is. One file in this folder = one workload = one type `Workload` in a namespace
// of the file's name; one line in all.hpp lists it. A workload knows no scheduler: its kernel is a
// template over the worker's vocabulary (core/task), so it is written once.
//
// Rules. The input comes from a seed. `expected` is computed by independent code: another
// algorithm, a closed form or published values, never by the kernel. One iteration's answer becomes
// a 64-bit digest. Recursive kernels are [[gnu::noinline]], so that every scheduler makes the same
// calls. `reset` is untimed, so a workload that works in place can run again.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace an::workloads {

// A size that can be asked for by name. One name may stand for several sizes.
struct NamedSize {
  std::string_view name;  // small | medium | large
  std::int64_t n;
};

// An integer the workload wants printed beside its times; the unit comes last in the name.
struct Note {
  std::string_view name;
  std::int64_t value;
};

// What every workload says about itself, as constants.
template <class T>
concept Described = requires {
  { T::kName } -> std::convertible_to<std::string_view>;       // equals the file name
  { T::kSummary } -> std::convertible_to<std::string_view>;    // one line: what it stresses
  { T::kSource } -> std::convertible_to<std::string_view>;     // where it comes from
  { T::kOperation } -> std::convertible_to<std::string_view>;  // what one operation is: "join", ...
  { T::kParameter } -> std::convertible_to<std::string_view>;  // what n counts: "n", "nodes", ...
  { T::kSizes } -> std::convertible_to<std::span<const NamedSize>>;
  { T::kMin } -> std::convertible_to<std::int64_t>;  // smallest n accepted
  { T::kMax } -> std::convertible_to<std::int64_t>;  // largest n accepted
};

// The life of a workload: prepare once; then reset (untimed), run (timed), digest, again and again.
//   Input prepare(n, seed)            builds the input; requires kMin <= n <= kMax
//   void reset(Input&)                puts the input back to its first state
//   Answer run(worker, Input&)        the kernel
//   uint64 digest(const Input&, const Answer&)   one iteration's answer in 64 bits
//   uint64 expected(const Input&)     the digest of the right answer, by independent code
//   uint64 operations(const Input&)   how many operations one run makes
//   int64 footprint_bytes(n)          what prepare(n, seed) will occupy, for the memory guard
//   vector<Note> notes(const Input&)
template <class T, class W>
concept WorkloadFor = Described<T> && requires(W worker,
                                               typename T::Input& input,
                                               const typename T::Input& fixed,
                                               const typename T::Answer& answer) {
  { T::prepare(std::int64_t{}, std::uint64_t{}) } -> std::same_as<typename T::Input>;
  {T::reset(input)};
  { T::run(worker, input) } -> std::same_as<typename T::Answer>;
  { T::digest(fixed, answer) } -> std::same_as<std::uint64_t>;
  { T::expected(fixed) } -> std::same_as<std::uint64_t>;
  { T::operations(fixed) } -> std::same_as<std::uint64_t>;
  { T::footprint_bytes(std::int64_t{}) } -> std::same_as<std::int64_t>;
  { T::notes(fixed) } -> std::same_as<std::vector<Note>>;
};

// The list of workloads (all.hpp). `visit` calls visitor.template operator()<Workload>() for each.
template <class... Workloads>
struct List {
  template <class Visitor>
  static void visit(Visitor&& visitor) {
    (visitor.template operator()<Workloads>(), ...);
  }
  static constexpr std::size_t kCount = sizeof...(Workloads);
};

// Folds one 64-bit value into a running digest. Order matters.
constexpr std::uint64_t fold(std::uint64_t digest, std::uint64_t value) noexcept {
  digest ^= value + 0x9e3779b97f4a7c15ULL + (digest << 6) + (digest >> 2);
  return digest * 0xff51afd7ed558ccdULL;
}

}  // namespace an::workloads
