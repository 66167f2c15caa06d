// The program `harness`: from the command line to an exit code. Every error ends here, as one
// message on standard error with what failed, the likely cause and the remedy.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <cstdlib>

#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "harness/commands.hpp"
#include "harness/options.hpp"

namespace {

// A standard descriptor that is closed would become that of the next file opened, and messages
// would end in samples.jsonl.
void open_standard_descriptors() {
  int fd = 0;
  do {
    fd = ::open("/dev/null", O_RDWR);
  } while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd > STDERR_FILENO) {
    ::close(fd);
  }
}

// A reader that left early, as `head -1` does, has what it wanted; a full disk has not.
void check_standard_output() {
  std::cout.flush();
  pollfd output{STDOUT_FILENO, 0, 0};
  const bool reader_left = ::poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
  if (!std::cout && !reader_left) {
    throw an::Error("cannot write to standard output", "The disk is full, or it is closed",
                    "Send it elsewhere; what was measured is in the run directory");
  }
}

}  // namespace

int main(int argc, char** argv) {
  // Without /sys (a bare chroot) hwloc reports on stderr, into the progress bar; what it then finds is
  // enough. The user's own setting wins.
  ::setenv("HWLOC_HIDE_ERRORS", "2", 0);
  using namespace an::harness;
  open_standard_descriptors();
  try {
    const Options options = parse_options(std::vector<std::string>(argv, argv + argc));
    if (!options.help.empty()) {
      std::cout << options.help;
      check_standard_output();
      return kExitOk;
    }
    const int code = execute(options);
    check_standard_output();
    return code;
  } catch (const UsageError& error) {
    std::cerr << "harness: " << error.what() << "\n";
    return kExitUsage;
  } catch (const an::Error& error) {
    std::cerr << "harness: " << error.what() << "\n";
    return kExitEnvironment;
  } catch (const std::filesystem::filesystem_error& error) {
    // A name that is too long, a folder that may not be entered, links in a circle.
    const an::Error refused("cannot reach " + error.path1().string(), error.code().message(),
                            "Name another file or folder");
    std::cerr << "harness: " << refused.what() << "\n";
    return kExitEnvironment;
  } catch (const std::exception& error) {
    std::cerr << "harness: internal error: " << error.what() << "\n";
    return kExitInternal;
  }
}
