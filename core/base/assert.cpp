#include "core/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

#include <unistd.h>

namespace an {

void assertion_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "antinode: assertion failed: %s\n  at %s:%d, thread %d\n", expression, file,
               line, static_cast<int>(::gettid()));
  std::abort();
}

}  // namespace an
