#include "core/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

#include <unistd.h>

namespace an {

void assertion_failed(const char* expression, const char* file, const char* function) {
  std::fprintf(stderr, "antinode: assertion failed: %s\n  in %s of %s, thread %d\n", expression,
               function, file, static_cast<int>(::gettid()));
  std::abort();
}

}  // namespace an
