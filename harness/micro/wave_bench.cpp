// wave_add's SIMD kernel beside the plain loop it has to match: a1[i] += a2[i] as anyone would
// write it, over the same arrays, one call and one compiler barrier per operation in both. At 64 ..
// 1024 elements both arrays stay in the first-level cache (16 bytes an element), and the SIMD
// kernel must stay within 1.2x of the plain loop.
//
//     wave_bench --benchmark_repetitions=20 --benchmark_enable_random_interleaving=true
//
// compares the two fairly on a busy machine: repetitions of both alternate. `ns_per_op` of the
// claims table is the Time column.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <map>

#include "workloads/wave_add.hpp"

namespace {

namespace wave = an::workloads::wave;
using an::workloads::wave_add::Workload;

[[gnu::noinline]] void add_plainly(double* to, const double* from, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    to[i] += from[i];
  }
}

// The arrays of `elements` elements: the same memory for both kernels, for where it lies matters
// too.
Workload::Input& arrays(std::int64_t elements) {
  static std::map<std::int64_t, Workload::Input> all;
  const auto known = all.find(elements);
  return known != all.end() ? known->second
                            : all.emplace(elements, Workload::prepare(elements, 1)).first->second;
}

void describe(benchmark::State& state) {
  const std::int64_t elements = state.range(0);
  state.SetItemsProcessed(state.iterations() * elements);
  state.SetBytesProcessed(state.iterations() * elements * wave::kWaveBytesPerElement);
}

void wave_add_simd(benchmark::State& state) {
  Workload::Input& input = arrays(state.range(0));
  for (auto _ : state) {
    wave::add(input.first.amplitude.span(), input.second.amplitude.span());
    wave::finish_operation(input.first.amplitude.span().data());
  }
  describe(state);
}

void wave_add_plain(benchmark::State& state) {
  Workload::Input& input = arrays(state.range(0));
  for (auto _ : state) {
    add_plainly(input.first.amplitude.span().data(), input.second.amplitude.span().data(),
                input.first.size());
    wave::finish_operation(input.first.amplitude.span().data());
  }
  describe(state);
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  for (const an::workloads::NamedSize& size : Workload::kSizes) {
    benchmark->Arg(size.n);
  }
}

BENCHMARK(wave_add_plain)->Apply(sizes);
BENCHMARK(wave_add_simd)->Apply(sizes);

}  // namespace
