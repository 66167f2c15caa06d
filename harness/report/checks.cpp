// See checks.hpp.
#include "harness/report/checks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <nlohmann/json.hpp>

namespace an::harness {
namespace {

std::ptrdiff_t count_of(const std::vector<CheckItem>& items, CheckState state) {
  return std::count_if(items.begin(), items.end(),
                       [state](const CheckItem& item) { return item.state == state; });
}

}  // namespace

std::string checklist_text(const std::vector<CheckItem>& items) {
  std::string text;
  for (const CheckItem& item : items) {
    text += fmt::format("{:<7}  {:<14}  {}\n", to_string(item.state), item.name, item.value);
    if (item.state != CheckState::kPass) {
      text += fmt::format("         {}\n         remedy: {}\n", item.meaning, item.remedy);
    }
  }
  return text + fmt::format("{} pass, {} fail, {} unknown\n", count_of(items, CheckState::kPass),
                            count_of(items, CheckState::kFail),
                            count_of(items, CheckState::kUnknown));
}

std::string checklist_json(const std::vector<CheckItem>& items) {
  using Json = nlohmann::ordered_json;
  Json checks = Json::array();
  for (const CheckItem& item : items) {
    checks.push_back({{"name", item.name},
                      {"state", to_string(item.state)},
                      {"value", item.value},
                      {"meaning", item.meaning},
                      {"remedy", item.remedy}});
  }
  const Json json = {{"v", 1}, {"checks", std::move(checks)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace an::harness
