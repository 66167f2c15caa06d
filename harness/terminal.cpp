// See terminal.hpp.
#include "harness/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace an::harness {
namespace {

bool is_terminal(int descriptor) {
  const char* kind = std::getenv("TERM");
  return ::isatty(descriptor) == 1 && (kind == nullptr || std::string(kind) != "dumb");
}

}  // namespace

bool wants_colour(const Options& options) {
  if (options.colour != Colour::kAuto) {
    return options.colour == Colour::kAlways;
  }
  return is_terminal(STDOUT_FILENO) && std::getenv("NO_COLOR") == nullptr;
}

ProgressStyle progress_style() {
  constexpr std::size_t kColumnsMin = 20;
  ProgressStyle style;
  style.terminal = is_terminal(STDERR_FILENO);
  winsize window{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col >= kColumnsMin) {
    style.columns = window.ws_col;
  }
  return style;
}

}  // namespace an::harness
