// What a quick start promises is checked where it is shown.
#pragma once

#include <cstdio>
#include <cstdlib>

// Ends the program with exit code 1 when `holds` is false.
inline void check(bool holds, const char* what) {
  std::printf("%s: %s\n", what, holds ? "yes" : "NO");
  if (!holds) {
    std::exit(1);
  }
}
