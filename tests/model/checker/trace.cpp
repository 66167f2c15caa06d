#include "tests/model/checker/trace.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

namespace an::model {

namespace {

const char* name_of(Order order) {
  constexpr const char* kNames[] = {"relaxed", "consume", "acquire",
                                    "release", "acq_rel", "seq_cst"};
  return kNames[static_cast<int>(order)];
}

std::string writer_of(const Message& message) {
  return message.pc == 0 ? "the initial value" : fmt::format("thread {}'s", message.writer);
}

std::string read_from(const Location& location, std::uint32_t index) {
  const std::uint32_t behind = location.last_index() - index;
  return writer_of(location.history[index]) +
         (behind == 0 ? "" : fmt::format(", {} store(s) old", behind));
}

// From the root of the repository on.
std::string from_root(const std::string& place) {
  for (const char* folder : {"/core/", "/schedulers/", "/tests/"}) {
    if (const auto at = place.find(folder); at != std::string::npos) {
      return place.substr(at + 1);
    }
  }
  return place;
}

// Reads what addr2line -a -i prints: each address, then its place and those it is inlined into. Of
// these the innermost that is ours.
void read_places(std::FILE* pipe, std::vector<std::string>& places) {
  char line[4096];
  bool is_ours = false;
  while (std::fgets(line, sizeof line, pipe) != nullptr) {
    std::string place = line;
    place = place.substr(0, place.find_first_of(" \n"));
    if (place.starts_with("0x")) {
      places.emplace_back("?");
      is_ours = false;
    } else if (!is_ours && !place.starts_with("?")) {
      is_ours = !place.starts_with("/usr/");
      places.back() = from_root(place);
    }
  }
}

}  // namespace

void Trace::load(int thread, const Operation& op, const Location& location, std::uint32_t index) {
  lines_.push_back({thread,
                    fmt::format("a{} load {} = {:#x} from {}", location.name, name_of(op.order),
                                location.history[index].value, read_from(location, index)),
                    op.pc, location.history[index].pc});
}

void Trace::store(int thread, const Operation& op, const Location& location) {
  lines_.push_back(
      {thread,
       fmt::format("a{} store {} {:#x}", location.name, name_of(op.order), location.last().value),
       op.pc});
}

void Trace::update(int thread, const Operation& op, const Location& location) {
  const std::uint32_t before = location.last_index() - 1;
  lines_.push_back({thread,
                    fmt::format("a{} exchange {} {:#x} -> {:#x}, read from {}", location.name,
                                name_of(op.order), location.history[before].value,
                                location.last().value, writer_of(location.history[before])),
                    op.pc, location.history[before].pc});
}

void Trace::failed_exchange(int thread,
                            const Operation& op,
                            const Location& location,
                            std::uint32_t index) {
  lines_.push_back({thread,
                    fmt::format("a{} compare-exchange fails, {} = {:#x} from {}", location.name,
                                name_of(op.failure_order), location.history[index].value,
                                read_from(location, index)),
                    op.pc, location.history[index].pc});
}

void Trace::event(int thread, std::string what, std::uint64_t pc) {
  lines_.push_back({thread, std::move(what), pc});
}

std::string Trace::print() const {
  std::vector<std::uint64_t> pcs;
  for (const Line& line : lines_) {
    pcs.push_back(line.pc);
    pcs.push_back(line.source_pc);
  }
  const std::vector<std::string> places = places_of(pcs);
  std::string text;
  for (std::size_t i = 0; i < lines_.size();) {
    const Line& line = lines_[i];
    std::size_t end = i + 1;
    while (end < lines_.size() && lines_[end].thread == line.thread && lines_[end].pc == line.pc &&
           lines_[end].what == line.what) {
      ++end;
    }
    const auto indent = static_cast<std::size_t>(2 * line.thread);
    const std::string what = line.what + (end > i + 1 ? fmt::format(" ({} times)", end - i) : "");
    text += fmt::format("  {:>4}  {}T{}  {:<{}}  {}{}\n", i, std::string(indent, ' '), line.thread,
                        what, 66 - indent, places[2 * i],
                        line.source_pc != 0 ? " <- " + places[2 * i + 1] : "");
    i = end;
  }
  return text;
}

std::vector<std::string> places_of(const std::vector<std::uint64_t>& pcs) {
  constexpr std::size_t kAtATime = 2000;  // a command line has an end
  std::vector<std::string> places;
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  for (std::size_t begin = 0; begin < pcs.size(); begin += kAtATime) {
    const std::size_t end = std::min(pcs.size(), begin + kAtATime);
    std::string command = fmt::format("addr2line -a -i -e '{}'", program);
    for (std::size_t i = begin; i < end; ++i) {
      command += fmt::format(" {:#x}", pcs[i] == 0 ? 0 : pcs[i] - 1);  // the call, not its return
    }
    if (std::FILE* const pipe = ::popen((command + " 2>/dev/null").c_str(), "r")) {
      read_places(pipe, places);
      ::pclose(pipe);
    }
    places.resize(end, "?");
  }
  return places;
}

std::string place_of(std::uint64_t pc) {
  return places_of({pc}).front();
}

}  // namespace an::model
