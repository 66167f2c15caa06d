// --filter: which names a regular expression selects.
#pragma once

#include <optional>
#include <regex>
#include <string>

namespace an::harness {

// ECMAScript, searched for anywhere in the name; a leading '-' selects the others.
class NameFilter {
 public:
  // Without a text everything is selected. Throws an::Error when it does not compile.
  explicit NameFilter(const std::optional<std::string>& text);

  bool selects(const std::string& name) const;

 private:
  std::optional<std::regex> pattern_;
  bool is_negated_ = false;
};

}  // namespace an::harness
