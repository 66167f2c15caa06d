// Setup errors: what failed, the likely cause, the remedy. Thrown while things are being built,
// never on a hot path; I/O results are error codes instead.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace an {

class Error : public std::runtime_error {
 public:
  // `what` failed, likely because of `cause`; `remedy` says what to type. Sentences without the
  // final stop; an empty cause or remedy is left out of the message.
  Error(const std::string& what, std::string cause, std::string remedy)
      : std::runtime_error(compose(what, cause, remedy)),
        cause_(std::move(cause)),
        remedy_(std::move(remedy)) {}

  const std::string& cause() const noexcept { return cause_; }
  const std::string& remedy() const noexcept { return remedy_; }

 private:
  static std::string compose(const std::string& what,
                             const std::string& cause,
                             const std::string& remedy) {
    std::string text = what + ".";
    if (!cause.empty()) {
      text += " " + cause + ".";
    }
    if (!remedy.empty()) {
      text += " " + remedy + ".";
    }
    return text;
  }

  std::string cause_;
  std::string remedy_;
};

}  // namespace an
