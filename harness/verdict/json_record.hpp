// One JSON object of a file that is read back, its members asked for by name and type. Whatever is
// not as the format says is an an::Error that names file, line and member. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace an::harness {

class JsonRecord {
 public:
  // Parses `text`. `where` is file and line, for messages.
  static JsonRecord parse(std::string_view text, const std::string& where);
  // `json` must be an object.
  JsonRecord(const nlohmann::json& json, std::string where);

  bool has(const char* name) const { return json_.contains(name); }
  std::string text(const char* name) const;
  std::optional<std::string> text_or_null(const char* name) const;
  bool flag(const char* name) const;
  // An integer of at least `least`.
  std::int64_t integer(const char* name, std::int64_t least) const;
  // An integer from 0 that fits an int.
  int count(const char* name) const;
  // A number, whole or not.
  double number(const char* name) const;
  std::optional<std::int64_t> integer_or_null(const char* name) const;
  // An object of integers, of strings.
  std::map<std::string, std::int64_t> integers(const char* name) const;
  std::map<std::string, std::string> texts(const char* name) const;
  // An array of strings.
  std::vector<std::string> strings(const char* name) const;
  // A member that is an object, the elements of one that is an array of objects.
  JsonRecord object(const char* name) const;
  std::vector<JsonRecord> objects(const char* name) const;
  // The member as it is. Throws when there is none.
  const nlohmann::json& at(const char* name) const;

  // Throws an::Error: `what` is wrong at this place.
  [[noreturn]] void refuse(const std::string& what) const;

 private:
  nlohmann::json json_;
  std::string where_;
};

}  // namespace an::harness
