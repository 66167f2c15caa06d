// See revision_build.hpp.
#include "harness/revision_build.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <sstream>
#include <system_error>

#include "harness/conductor/child.hpp"
#include "harness/conductor/interrupt.hpp"
#include "harness/flag_values.hpp"

namespace an::harness {
namespace {

namespace fs = std::filesystem;

constexpr Nanos kEndGraceNs = 10'000'000'000;

// A program of the user's PATH that ran to its end, or was killed because of a signal to us.
struct Run {
  bool is_interrupted = false;
  bool is_ok = false;
  std::string output;      // its standard output
  std::string last_words;  // the last line on standard error
};

class Tools {
 public:
  Tools(const Interrupt& interrupt, std::ostream& progress)
      : interrupt_(interrupt), progress_(progress) {}

  // Runs it silently.
  Run ask(std::vector<std::string> words) { return run(std::move(words), false); }
  // Runs it with its standard output passed on.
  Run show(std::vector<std::string> words) { return run(std::move(words), true); }

 private:
  Run run(std::vector<std::string> words, bool is_shown) {
    Child child({"/usr/bin/env", std::move(words), {}, {}});
    child.close_input();
    Run result;
    std::array<pollfd, 2> waits{{{child.read_fd(), POLLIN, 0}, {interrupt_.wake_fd(), POLLIN, 0}}};
    while (true) {
      ::poll(waits.data(), waits.size(), -1);
      if (interrupt_.is_requested()) {
        child.kill();
        result.is_interrupted = true;
        return result;
      }
      std::array<char, 4096> bytes{};
      const ssize_t count = ::read(child.read_fd(), bytes.data(), bytes.size());
      if (count <= 0) {
        break;
      }
      const std::string text(bytes.data(), static_cast<std::size_t>(count));
      result.output += text;
      if (is_shown) {
        progress_ << text << std::flush;
      }
    }
    const auto ending = child.wait(Deadline::after(kEndGraceNs), interrupt_.wake_fd());
    result.is_ok = ending && !ending->by_signal && ending->code == 0;
    result.is_interrupted = interrupt_.is_requested();
    result.last_words = child.last_stderr_line();
    return result;
  }

  const Interrupt& interrupt_;
  std::ostream& progress_;
};

std::string first_line_of(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

fs::path cache_folder() {
  if (const char* own = std::getenv("ANTINODE_CACHE")) {
    return fs::absolute(own);
  }
  if (const char* cache = std::getenv("XDG_CACHE_HOME")) {
    return fs::absolute(cache) / "antinode";
  }
  const char* home = std::getenv("HOME");
  return (home != nullptr ? fs::path(home) / ".cache" : fs::temp_directory_path()) / "antinode";
}

// The work tree with presets that holds the current folder, or else this executable.
fs::path find_repository(Tools& tools) {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const fs::path& folder : {fs::current_path(), self}) {
    const Run found = tools.ask({"git", "-C", folder, "rev-parse", "--show-toplevel"});
    const fs::path top = first_line_of(found.output);
    if (found.is_ok && fs::exists(top / "CMakePresets.json")) {
      return top;
    }
  }
  throw Error("there is no repository to build a revision of",
              "Neither the current folder nor the harness lies in a git work tree of Antinode",
              "Change into a clone, or name two folders with cells: --ref=DIR --cand=DIR");
}

// One revision's work tree while it is made. Unless kept, what this object made is removed.
class Worktree {
 public:
  Worktree(Tools& tools, fs::path repository, fs::path folder)
      : tools_(tools), repository_(std::move(repository)), folder_(std::move(folder)) {}
  ~Worktree() {
    if (is_new_ && !is_kept_) {
      remove();
    }
  }
  Worktree(const Worktree&) = delete;
  Worktree& operator=(const Worktree&) = delete;

  // The last thing asked of git: not ok when it could not, or was interrupted.
  Run check_out(const std::string& commit) {
    const Run head = tools_.ask({"git", "-C", folder_, "rev-parse", "HEAD"});
    const bool is_there = head.is_ok && first_line_of(head.output) == commit &&
                          fs::exists(folder_ / "CMakePresets.json");
    if (is_there || head.is_interrupted) {
      return head;
    }
    remove();
    is_new_ = true;
    fs::create_directories(folder_.parent_path());
    return tools_.show(
        {"git", "-C", repository_, "worktree", "add", "--force", "--detach", folder_, commit});
  }
  void keep() { is_kept_ = true; }

 private:
  // The folder first: after a signal git is not waited for, and what it has on record of a work
  // tree without folder is forgotten the next time.
  void remove() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
    tools_.ask({"git", "-C", repository_, "worktree", "prune"});
  }

  Tools& tools_;
  fs::path repository_, folder_;
  bool is_new_ = false, is_kept_ = false;
};

// The cells among ninja's targets, `NAME: RULE` each: all, or those of `schedulers` that there are.
std::vector<std::string> cell_targets(const std::string& listing,
                                      const std::vector<std::string>& schedulers) {
  std::vector<std::string> targets;
  std::istringstream lines(listing);
  for (std::string line; std::getline(lines, line);) {
    const std::string name = line.substr(0, line.find(':'));
    const std::string prefix = "cell-";
    if (name.rfind(prefix, 0) != 0 || name.find_first_of("/.") != std::string::npos) {
      continue;
    }
    const std::string scheduler = name.substr(prefix.size());
    if (schedulers.empty() ||
        std::find(schedulers.begin(), schedulers.end(), scheduler) != schedulers.end()) {
      targets.push_back(name);
    }
  }
  return targets;
}

void require_ok(const Run& run, const std::string& what, const fs::path& folder) {
  if (!run.is_ok && !run.is_interrupted) {
    throw Error(fmt::format("{} failed in {}", what, folder.string()),
                run.last_words.empty() ? "Its output above says why" : run.last_words,
                "Build that revision by hand and name its folder with --ref=DIR or --cand=DIR");
  }
}

}  // namespace

std::optional<RevisionBuild> build_revision(const std::string& flag,
                                            const std::string& revision,
                                            const std::vector<std::string>& schedulers,
                                            std::ostream& progress) {
  const Interrupt interrupt;
  Tools tools(interrupt, progress);
  const fs::path repository = find_repository(tools);
  const Run commit = tools.ask({"git", "-C", repository, "rev-parse", "--verify",
                                "--end-of-options", revision + "^{commit}"});
  if (!commit.is_ok && !interrupt.is_requested()) {
    throw UsageError(fmt::format("{}={} names no commit", flag, revision), commit.last_words,
                     "A shallow clone lacks most: git fetch --unshallow");
  }
  const std::string name = first_line_of(commit.output);
  const fs::path folder = cache_folder() / name;
  Worktree tree(tools, repository, folder);
  const fs::path build = folder / "build" / "bench";
  const auto step = [&](const std::string& what, std::vector<std::string> words, bool is_shown) {
    const Run run = is_shown ? tools.show(std::move(words)) : tools.ask(std::move(words));
    require_ok(run, what, folder);
    return run;
  };
  progress << fmt::format("building the cells of {} in {}\n", revision, folder.string())
           << std::flush;
  require_ok(tree.check_out(name), "git worktree add", folder);
  if (!interrupt.is_requested()) {
    step("cmake --preset bench", {"cmake", "-S", folder, "--preset", "bench"}, true);
  }
  Run listing;
  if (!interrupt.is_requested()) {
    listing = step("listing the targets", {"ninja", "-C", build, "-t", "targets", "all"}, false);
  }
  const std::vector<std::string> targets = cell_targets(listing.output, schedulers);
  if (!interrupt.is_requested() && targets.empty()) {
    throw Error(fmt::format("{}={} has none of the cells to compare", flag, revision),
                "Its build has no targets called cell-* for these schedulers",
                "Name a later revision, or other cells with --scheduler");
  }
  if (!interrupt.is_requested()) {
    std::vector<std::string> words{"cmake", "--build", build, "--target"};
    words.insert(words.end(), targets.begin(), targets.end());
    step("the build", std::move(words), true);
  }
  if (interrupt.is_requested()) {
    return std::nullopt;
  }
  tree.keep();
  return RevisionBuild{folder / "build" / "bin", name};
}

}  // namespace an::harness
