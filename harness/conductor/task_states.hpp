// What the tasks of a process and of its descendants are doing, from /proc.
#pragma once

#include <sys/types.h>

#include <string>

namespace an::harness {

// The state letter in the text of /proc/PID/stat; '?' when it is none. The name before it may hold
// anything, brackets included.
char state_in(const std::string& stat);

// True when no task of `leader` and of its descendants can run: all are stopped, traced or dead. A
// descendant that left the process group counts. Descendants whose parent died are not seen. A
// process that does not exist has no task.
bool is_stopped(pid_t leader);

}  // namespace an::harness
