// Compiled for the baseline instruction set and run before anything else: a CPU without the level
// the cell was built for gets a sentence, not SIGILL.
#include <unistd.h>

#include <string_view>

namespace {

[[gnu::constructor(101)]] void refuse_an_older_cpu() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
      __builtin_cpu_supports("fma")) {
    return;
  }
  constexpr std::string_view kMessage =
      "antinode: this CPU lacks AVX2, BMI2 or FMA. The cells are built for x86-64-v3 (Haswell, "
      "2013, "
      "and later). Change -march in CMakeLists.txt, the one place of flags, and rebuild.\n";
  constexpr int kExitEnvironment = 4;
  static_cast<void>(::write(STDERR_FILENO, kMessage.data(), kMessage.size()) + 1);
  ::_exit(kExitEnvironment);
}

}  // namespace
