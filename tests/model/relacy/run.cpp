#include "tests/model/relacy/run.hpp"

#include <charconv>
#include <cstdio>
#include <iostream>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "core/base/assert.hpp"

// Relacy replaces new and delete, but it is older than the sized deletes of C++14.
void operator delete(void* block, std::size_t) noexcept {
  operator delete(block);
}
void operator delete[](void* block, std::size_t) noexcept {
  operator delete[](block);
}

namespace an {

// An assertion of the sources that fails is a violation like any other. (Relacy leaves the fiber for
// good.)
void assertion_failed(const char* expression, const char* file, const char* function) {
  rl::ctx().fail_test(expression, rl::test_result_user_assert_failed,
                      rl::debug_info(function, file, 0));
  std::abort();
}

namespace relacy {
namespace {

constexpr int kViolation = 1;
constexpr int kBadUsage = 2;

struct Options {
  std::string shape;
  std::optional<std::uint64_t> iterations;
  std::optional<unsigned> preemptions;
  bool sites = false;
  bool history = false;
};

// Names the protected counter of Relacy's that turns its memory accounting off.
struct Accounting : rl::context {
  static constexpr int rl::context::*kDisabled = &Accounting::disable_alloc_;
};

bool number(std::string_view text, auto& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

std::optional<rl::memory_order> order_named(std::string_view name) {
  for (const rl::memory_order order :
       {rl::mo_relaxed, rl::mo_acquire, rl::mo_release, rl::mo_acq_rel}) {
    if (name == rl::format(order)) {
      return order;
    }
  }
  return std::nullopt;
}

// FILE:LINE
bool place(std::string_view text, Mutation& mutation) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || !number(text.substr(colon + 1), mutation.line)) {
    return false;
  }
  mutation.file = text.substr(0, colon);
  return mutation.line > 0;
}

bool weaken(std::string_view text, Mutation& mutation) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string_view::npos) {
    return false;
  }
  const auto order = order_named(text.substr(equals + 1));
  mutation.order = order.value_or(rl::mo_relaxed);
  return order.has_value() && place(text.substr(0, equals), mutation);
}

bool take(std::string_view word, Options& options) {
  const auto value_of = [&](std::string_view name) {
    return word.starts_with(name) ? std::optional(word.substr(name.size())) : std::nullopt;
  };
  if (word == "--sites" || word == "--history") {
    (word == "--sites" ? options.sites : options.history) = true;
    return true;
  }
  if (const auto name = value_of("--shape=")) {
    options.shape = *name;
    return true;
  }
  if (const auto count = value_of("--iterations=")) {
    return number(*count, options.iterations.emplace());
  }
  if (const auto count = value_of("--preemptions=")) {
    return number(*count, options.preemptions.emplace());
  }
  if (const auto text = value_of("--weaken=")) {
    return weaken(*text, the_mutation());
  }
  if (const auto text = value_of("--drop=")) {
    the_mutation().is_drop = true;
    return place(*text, the_mutation());
  }
  return false;
}

bool passes(const Shape& shape, const Options& options) {
  std::ostream nowhere(nullptr);
  rl::test_params params;
  params.search_type = shape.search.scheduler;
  params.context_bound = options.preemptions.value_or(shape.search.context_bound);
  params.iteration_count = options.iterations.value_or(shape.search.iterations);
  params.output_stream = options.history ? &std::cout : &nowhere;
  params.progress_stream = &nowhere;
  const bool passed = shape.simulate(params);
  std::printf("%s: %s", shape.name, rl::format(shape.search.scheduler));
  if (shape.search.scheduler == rl::sched_bound) {
    std::printf(", %u preemptions", params.context_bound);
  }
  if (passed) {
    std::printf(": %llu iterations\n", static_cast<unsigned long long>(params.stop_iteration));
  } else {
    std::printf(": VIOLATION: %s in iteration %llu\n", rl::test_result_str(params.test_result),
                static_cast<unsigned long long>(params.stop_iteration));
  }
  std::fflush(stdout);
  return passed;
}

}  // namespace

Memory::Memory() {
  if (!rl::ctx().is_random_sched()) {
    rl::ctx().*Accounting::kDisabled += 1;
  }
}

Memory::~Memory() {
  if (!rl::ctx().is_random_sched()) {
    rl::ctx().*Accounting::kDisabled -= 1;
  }
}

int run_shapes(int argc, char** argv, std::initializer_list<Shape> shapes) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    if (!take(argv[i], options)) {
      std::fprintf(stderr, "%s: %s is no option. See tests/model/relacy/run.hpp.\n", argv[0],
                   argv[i]);
      return kBadUsage;
    }
  }
  note_sites(options.sites);
  int ran = 0;
  for (const Shape& shape : shapes) {
    if (options.shape.empty() || options.shape == shape.name) {
      ++ran;
      if (!passes(shape, options)) {
        return kViolation;
      }
    }
  }
  if (ran == 0) {
    std::fprintf(stderr, "%s: no shape is called %s\n", argv[0], options.shape.c_str());
    return kBadUsage;
  }
  if (options.sites) {
    print_sites();
  }
  return 0;
}

}  // namespace relacy
}  // namespace an
