// Assertions. AN_ASSERT guards invariants in every build and stays off the fork path; AN_DCHECK
// guards the fork path and exists only in builds without NDEBUG. One condition each. A failed
// assertion prints expression, place and thread to stderr and aborts: a scheduler whose invariant
// broke must not go on and publish a number. The place is the function, not the line: a comment
// more above it must leave the executable as it is (harness/verdict knows unchanged code by that).
#pragma once

namespace an {

// Prints `expression` with its place and the calling thread's id to stderr, then aborts.
[[noreturn, gnu::cold]] void assertion_failed(const char* expression,
                                              const char* file,
                                              const char* function);

}  // namespace an

#define AN_ASSERT(condition)                                  \
  do {                                                        \
    if (!(condition)) [[unlikely]] {                          \
      ::an::assertion_failed(#condition, __FILE__, __func__); \
    }                                                         \
  } while (false)

#ifdef NDEBUG
#define AN_DCHECK(condition) static_cast<void>(0)
#else
#define AN_DCHECK(condition) AN_ASSERT(condition)
#endif
