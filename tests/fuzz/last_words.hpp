// LastWords: what a process that crashes (a failed assertion, a bad access) says before it does: which
// seed was running. Then it dies as it would have, by the handlers of a sanitizer if there are some.
#pragma once

#include <functional>
#include <string>

namespace an::fuzz {

// One at a time. `describe` is called on the thread that crashes, whatever state that is in.
class LastWords {
 public:
  explicit LastWords(std::function<std::string()> describe);
  ~LastWords();
  LastWords(const LastWords&) = delete;
  LastWords& operator=(const LastWords&) = delete;
};

}  // namespace an::fuzz
