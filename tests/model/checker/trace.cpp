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

std::string read_from(const Location& location, std::uint32_t index) {
  const Message& message = location.history[index];
  if (message.pc == 0) {
    return "the initial value";
  }
  const std::uint32_t behind = location.last_index() - index;
  return behind == 0 ? fmt::format("thread {}'s", message.writer)
                     : fmt::format("thread {}'s, {} store(s) old", message.writer, behind);
}

// The place as addr2line prints it, from the root of the repository on.
std::string from_root(std::string place) {
  place = place.substr(0, place.find_first_of(" \n"));
  for (const char* folder : {"/core/", "/schedulers/", "/tests/"}) {
    if (const auto at = place.find(folder); at != std::string::npos) {
      return place.substr(at + 1);
    }
  }
  return place.starts_with("?") ? "?" : place;
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
                                location.last().value, read_from(location, before)),
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
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const Line& line = lines_[i];
    text += fmt::format("  {:>3}  {}T{}  {:<{}}  {}{}\n", i,
                        std::string(2U * static_cast<unsigned>(line.thread), ' '), line.thread,
                        line.what, 70 - 2 * line.thread, places[2 * i],
                        line.source_pc != 0 ? "  <- " + places[2 * i + 1] : "");
  }
  return text;
}

std::vector<std::string> places_of(const std::vector<std::uint64_t>& pcs) {
  constexpr std::size_t kAtATime = 2000;  // a command line has an end
  std::vector<std::string> places;
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  for (std::size_t begin = 0; begin < pcs.size(); begin += kAtATime) {
    const std::size_t end = std::min(pcs.size(), begin + kAtATime);
    std::string command = fmt::format("addr2line -e '{}'", program);
    for (std::size_t i = begin; i < end; ++i) {
      command += fmt::format(" {:#x}", pcs[i] == 0 ? 0 : pcs[i] - 1);  // the call, not its return
    }
    if (std::FILE* const pipe = ::popen((command + " 2>/dev/null").c_str(), "r")) {
      char line[4096];
      while (std::fgets(line, sizeof line, pipe) != nullptr) {
        places.push_back(from_root(line));
      }
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
