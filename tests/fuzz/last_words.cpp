#include "tests/fuzz/last_words.hpp"

#include <array>
#include <csignal>
#include <utility>

#include <unistd.h>

namespace an::fuzz {
namespace {

constexpr std::array kSignals{SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};

std::function<std::string()> to_say;
std::array<struct sigaction, kSignals.size()> before;

void restore() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    ::sigaction(kSignals[i], &before[i], nullptr);
  }
}

// Returning repeats what went wrong, now with the handlers that were there before.
void say(int /*signal*/) {
  restore();
  const std::string text = to_say();
  static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
}

}  // namespace

LastWords::LastWords(std::function<std::string()> describe) {
  to_say = std::move(describe);
  struct sigaction action {};
  action.sa_handler = say;
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    ::sigaction(kSignals[i], &action, &before[i]);
  }
}

LastWords::~LastWords() {
  restore();
  to_say = nullptr;
}

}  // namespace an::fuzz
