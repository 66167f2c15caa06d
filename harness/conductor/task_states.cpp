// See task_states.hpp.
#include "harness/conductor/task_states.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

namespace an::harness {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

char state_in(const std::string& stat) {
  const std::size_t bracket = stat.rfind(')');
  return bracket == std::string::npos || bracket + 2 >= stat.size() ? '?' : stat[bracket + 2];
}

bool is_stopped(pid_t leader) {
  const std::string kStopped = "TtZX?";  // '?': it is gone
  std::vector<pid_t> processes{leader};
  while (!processes.empty()) {
    const fs::path tasks = fs::path("/proc") / std::to_string(processes.back()) / "task";
    processes.pop_back();
    std::error_code error;
    for (fs::directory_iterator task(tasks, error), end; !error && task != end;
         task.increment(error)) {
      if (kStopped.find(state_in(text_of(task->path() / "stat"))) == std::string::npos) {
        return false;
      }
      std::ifstream children(task->path() / "children");
      for (pid_t child = 0; children >> child;) {
        processes.push_back(child);
      }
    }
  }
  return true;
}

}  // namespace an::harness
