// A process in its own process group, with a pipe in each direction. Ctrl-C on the terminal
// therefore reaches the conductor alone, and whatever the process starts can be stopped, continued
// and killed with it.
//
// I1: the group is killed before its leader is reaped: until then the kernel keeps the group's
// number, so
//     the signal cannot reach a stranger.
// I2: a destroyed Child leaves no process of its group behind. A descendant that moved to a session
// of
//     its own is out of reach; a cell may not do that.
// Not thread-safe.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.hpp"

namespace an::harness {

struct ChildSpec {
  std::filesystem::path executable;
  std::vector<std::string> arguments;              // after the executable itself
  std::map<std::string, std::string> environment;  // added to ours, or replacing
  std::filesystem::path
      stderr_path;  // appended to; empty keeps it in memory, for the last line only
};

// How a process ended.
struct Ending {
  bool by_signal = false;
  int code = 0;  // exit code or signal number

  // "exit code 3", "signal SIGSEGV".
  std::string text() const;
};

class Child {
 public:
  // Starts it. Throws an::Error when the executable cannot be started.
  explicit Child(const ChildSpec& spec);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }
  int read_fd() const { return read_fd_; }    // its standard output
  int write_fd() const { return write_fd_; }  // its standard input; non-blocking; -1 once closed

  // Closes its standard input: to a cell that means quit.
  void close_input();

  // Stops the whole group and waits until no task of it and of its descendants can run. False when
  // one still can after `patience_ns`: it left the group, or the kernel does not let go of it. True
  // once it has ended.
  bool freeze(Nanos patience_ns);
  // Whether that still holds.
  bool is_frozen() const;
  // Continues the whole group. Does nothing once it has ended.
  void thaw();

  // Kills the whole group and reaps the leader. A second call does nothing.
  Ending kill();

  // Waits until the leader ends by itself, then kills what is left of its group and reaps it. Empty
  // when the deadline passed or `wake_fd` (-1: none) became readable; it is still running then.
  std::optional<Ending> wait(Deadline until, int wake_fd = -1);

  // The last line it printed on standard error that is not blank; empty when there is none.
  std::string last_stderr_line() const;

 private:
  bool has_ended() const;
  Ending reap();

  pid_t pid_ = -1;
  int read_fd_ = -1;
  int write_fd_ = -1;
  int stderr_fd_ = -1;
  std::optional<Ending> ending_;
};

}  // namespace an::harness
