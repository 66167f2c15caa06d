// The main function of every program of the micro suite: Google Benchmark's own, which also says how we
// were built, in the context of its JSON. (Of its own build type it speaks itself: library_build_type.)
#include <benchmark/benchmark.h>

#include "harness/cell/build_info.hpp"

int main(int argc, char** argv) {
  const an::harness::BuildEntry build = an::harness::build_info();
  benchmark::AddCustomContext("build_compiler", build.compiler);
  benchmark::AddCustomContext("build_flags", build.flags);
  benchmark::AddCustomContext("build_type", build.type);
  benchmark::AddCustomContext("build_sanitizer", build.sanitizer);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 2;
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
