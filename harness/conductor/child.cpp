// See child.hpp. posix_spawn rather than fork: no code of ours runs between the two, so it is right
// in a process with threads and under the sanitizers, and a missing executable is an error code.
#include "harness/conductor/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/base/error.hpp"
#include "harness/conductor/task_states.hpp"

namespace an::harness {
namespace {

// A descriptor that closes itself while a start may still fail.
class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&&) = delete;
  ~Fd() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

struct Pipe {
  Fd read_end, write_end;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw Error(std::string("pipe: ") + std::strerror(errno), "Too many open files",
                "Raise the limit with `ulimit -n`");
  }
  return {Fd(ends[0]), Fd(ends[1])};
}

Fd open_stderr(const std::filesystem::path& path) {
  const int fd = path.empty() ? ::memfd_create("cell-stderr", MFD_CLOEXEC)
                              : ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) {
    throw Error("Cannot open " + path.string() + " for a cell's messages: " + std::strerror(errno),
                "The run directory is not writable or the disk is full",
                "Choose another directory with --out");
  }
  return Fd(fd);
}

std::vector<std::string> environment_of(const ChildSpec& spec) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (spec.environment.count(text.substr(0, text.find('='))) == 0) {
      result.push_back(text);
    }
  }
  for (const auto& [name, value] : spec.environment) {
    result.push_back(name + "=" + value);
  }
  return result;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

// Starts it with the three descriptors as its standard ones. Returns 0 or an errno.
int spawn(const ChildSpec& spec, int in, int out, int err, pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);

  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults, none;
  sigemptyset(&none);
  sigemptyset(&defaults);
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE}) {
    sigaddset(&defaults, signal);
  }
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);

  std::vector<std::string> arguments{spec.executable.string()};
  arguments.insert(arguments.end(), spec.arguments.begin(), spec.arguments.end());
  std::vector<std::string> environment = environment_of(spec);
  const int error = posix_spawn(&pid, spec.executable.c_str(), &actions, &attributes,
                                pointers_to(arguments).data(), pointers_to(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

}  // namespace

std::string Ending::text() const {
  if (!by_signal) {
    return "exit code " + std::to_string(code);
  }
  const char* name = ::sigabbrev_np(code);
  return "signal " + (name == nullptr ? std::to_string(code) : "SIG" + std::string(name));
}

Child::Child(const ChildSpec& spec) {
  Pipe requests = make_pipe();
  Pipe replies = make_pipe();
  Fd messages = open_stderr(spec.stderr_path);
  ::fcntl(requests.write_end.get(), F_SETFL, O_NONBLOCK);
  const int error =
      spawn(spec, requests.read_end.get(), replies.write_end.get(), messages.get(), pid_);
  if (error != 0) {
    throw Error("Cannot start " + spec.executable.string() + ": " + std::strerror(error),
                error == ENOEXEC ? "It is not an executable of this machine" : "",
                error == EAGAIN ? "Raise the limit with `ulimit -u`" : "Build it again");
  }
  read_fd_ = replies.read_end.release();
  write_fd_ = requests.write_end.release();
  stderr_fd_ = messages.release();
}

Child::~Child() {
  kill();
  close_input();
  ::close(read_fd_);
  ::close(stderr_fd_);
}

void Child::close_input() {
  if (write_fd_ >= 0) {
    ::close(std::exchange(write_fd_, -1));
  }
}

bool Child::freeze(Nanos patience_ns) {
  constexpr timespec kPause{0, 50'000};
  if (ending_) {
    return true;
  }
  ::kill(-pid_, SIGSTOP);
  const Deadline until = Deadline::after(patience_ns);
  while (!is_frozen()) {
    if (until.has_passed()) {
      return false;
    }
    ::ppoll(nullptr, 0, &kPause, nullptr);
  }
  return true;
}

bool Child::is_frozen() const {
  return ending_ || is_stopped(pid_);
}

void Child::thaw() {
  if (!ending_) {
    ::kill(-pid_, SIGCONT);
  }
}

Ending Child::kill() {
  return ending_ ? *ending_ : reap();
}

// Whether the leader is a zombie. Leaves it one (I1).
bool Child::has_ended() const {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == pid_;
}

Ending Child::reap() {
  ::kill(-pid_, SIGKILL);
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) != 0 && errno == EINTR) {
  }
  ending_ = Ending{info.si_code != CLD_EXITED, info.si_status};
  return *ending_;
}

std::optional<Ending> Child::wait(Deadline until, int wake_fd) {
  if (ending_) {
    return ending_;
  }
  const Fd handle(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  while (!has_ended()) {
    if (until.has_passed()) {
      return std::nullopt;
    }
    // The pidfd becomes readable at the end; the millisecond bounds the wait on a kernel without
    // it.
    std::array<pollfd, 2> fds{pollfd{handle.get(), POLLIN, 0}, pollfd{wake_fd, POLLIN, 0}};
    ::poll(fds.data(), fds.size(), 1);
    if (fds[1].revents != 0) {
      return std::nullopt;
    }
  }
  return reap();
}

std::string Child::last_stderr_line() const {
  constexpr off_t kTailBytes = 4096;
  const off_t end = std::max<off_t>(::lseek(stderr_fd_, 0, SEEK_END), 0);
  const off_t begin = std::max<off_t>(end - kTailBytes, 0);
  std::string tail(static_cast<std::size_t>(end - begin), '\0');
  const ssize_t count = ::pread(stderr_fd_, tail.data(), tail.size(), begin);
  tail.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  const std::size_t last = tail.find_last_not_of(" \t\r\n");
  if (last == std::string::npos) {
    return "";
  }
  const std::size_t line = tail.find_last_of('\n', last);
  const std::size_t first = line == std::string::npos ? 0 : line + 1;
  constexpr std::size_t kShownBytes = 300;
  return tail.substr(first, std::min(last + 1 - first, kShownBytes));
}

}  // namespace an::harness
