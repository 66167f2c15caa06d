// See name_filter.hpp.
#include "harness/conductor/name_filter.hpp"

#include "core/base/error.hpp"

namespace an::harness {

NameFilter::NameFilter(const std::optional<std::string>& text) {
  if (!text) {
    return;
  }
  is_negated_ = text->rfind('-', 0) == 0;
  const std::string pattern = text->substr(is_negated_ ? 1 : 0);
  try {
    pattern_.emplace(pattern, std::regex::ECMAScript);
  } catch (const std::regex_error& error) {
    throw Error("--filter=" + *text + " is not a regular expression", error.what(),
                "Quote special characters with a backslash, as in --filter='workers:2$'");
  }
}

bool NameFilter::selects(const std::string& name) const {
  return !pattern_ || std::regex_search(name, *pattern_) != is_negated_;
}

}  // namespace an::harness
