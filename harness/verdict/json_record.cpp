// See json_record.hpp.
#include "harness/verdict/json_record.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/error.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::json;

[[noreturn]] void refuse_at(const std::string& where, const std::string& what) {
  throw Error(where + ": " + what,
              "The file was changed after the run, or a version of the harness that is not known "
              "here wrote it",
              "Restore the file, or measure again; results/README.md says what stands in it");
}

}  // namespace

JsonRecord JsonRecord::parse(std::string_view text, const std::string& where) {
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) {
    refuse_at(where, "this is not JSON");
  }
  return {json, where};
}

JsonRecord::JsonRecord(const Json& json, std::string where)
    : json_(json), where_(std::move(where)) {
  if (!json_.is_object()) {
    refuse("this is not a JSON object");
  }
}

void JsonRecord::refuse(const std::string& what) const {
  refuse_at(where_, what);
}

const Json& JsonRecord::at(const char* name) const {
  const auto member = json_.find(name);
  if (member == json_.end()) {
    refuse(std::string("`") + name + "` is missing");
  }
  return *member;
}

std::string JsonRecord::text(const char* name) const {
  const Json& member = at(name);
  if (!member.is_string()) {
    refuse(std::string("`") + name + "` is not a string");
  }
  return member.get<std::string>();
}

std::optional<std::string> JsonRecord::text_or_null(const char* name) const {
  return at(name).is_null() ? std::nullopt : std::optional(text(name));
}

bool JsonRecord::flag(const char* name) const {
  const Json& member = at(name);
  if (!member.is_boolean()) {
    refuse(std::string("`") + name + "` is neither true nor false");
  }
  return member.get<bool>();
}

std::int64_t JsonRecord::integer(const char* name, std::int64_t least) const {
  const Json& member = at(name);
  const bool is_too_large = member.is_number_unsigned() && member.get<std::uint64_t>() > INT64_MAX;
  if (!member.is_number_integer() || is_too_large) {
    refuse(std::string("`") + name + "` is not an integer");
  }
  const auto value = member.get<std::int64_t>();
  if (value < least) {
    refuse(std::string("`") + name + "` is " + std::to_string(value) + ", less than " +
           std::to_string(least));
  }
  return value;
}

int JsonRecord::count(const char* name) const {
  const std::int64_t value = integer(name, 0);
  if (value > INT32_MAX) {
    refuse(std::string("`") + name + "` is too large");
  }
  return static_cast<int>(value);
}

double JsonRecord::number(const char* name) const {
  const Json& member = at(name);
  if (!member.is_number()) {
    refuse(std::string("`") + name + "` is not a number");
  }
  return member.get<double>();
}

std::optional<std::int64_t> JsonRecord::integer_or_null(const char* name) const {
  return at(name).is_null() ? std::nullopt : std::optional(integer(name, INT64_MIN));
}

std::map<std::string, std::int64_t> JsonRecord::integers(const char* name) const {
  const JsonRecord members = object(name);
  std::map<std::string, std::int64_t> values;
  for (const auto& [key, value] : members.json_.items()) {
    values[key] = members.integer(key.c_str(), INT64_MIN);
  }
  return values;
}

std::map<std::string, std::string> JsonRecord::texts(const char* name) const {
  const JsonRecord members = object(name);
  std::map<std::string, std::string> values;
  for (const auto& [key, value] : members.json_.items()) {
    values[key] = members.text(key.c_str());
  }
  return values;
}

std::vector<std::string> JsonRecord::strings(const char* name) const {
  const Json& array = at(name);
  const auto is_text = [](const Json& value) { return value.is_string(); };
  if (!array.is_array() || !std::all_of(array.begin(), array.end(), is_text)) {
    refuse(std::string("`") + name + "` is not an array of strings");
  }
  return array.get<std::vector<std::string>>();
}

JsonRecord JsonRecord::object(const char* name) const {
  return {at(name), where_ + ": `" + name + "`"};
}

std::vector<JsonRecord> JsonRecord::objects(const char* name) const {
  const Json& array = at(name);
  if (!array.is_array()) {
    refuse(std::string("`") + name + "` is not an array");
  }
  std::vector<JsonRecord> records;
  for (std::size_t i = 0; i < array.size(); ++i) {
    records.emplace_back(array[i], where_ + ": `" + name + "` " + std::to_string(i));
  }
  return records;
}

}  // namespace an::harness
