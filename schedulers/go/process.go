package main

// What a cell asks of Linux: the end with its parent, the descriptor for replies, affinity, and the
// figures of the process.

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"unsafe"
)

// endWithParent asks to be killed when the parent dies.
func endWithParent() {
	syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_PDEATHSIG, uintptr(syscall.SIGKILL), 0)
}

// takeReplyFile is what was standard output, for replies; what libraries print goes to standard error.
func takeReplyFile() (*os.File, error) {
	replies, err := syscall.Dup(1)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(replies), "replies"), syscall.Dup2(2, 1)
}

// cpuSet is a set of up to 8,192 CPUs.
type cpuSet [128]uint64

// allowedCPUs is where this process might run when it began.
var allowedCPUs = func() (set cpuSet) {
	syscall.RawSyscall(syscall.SYS_SCHED_GETAFFINITY, 0, unsafe.Sizeof(set), uintptr(unsafe.Pointer(&set)))
	return set
}()

// restrictAllThreads gives every thread of the process, and those they start later, the CPUs `cpus`, or
// with none the CPUs it began with. CPUs that cannot exist are left out.
func restrictAllThreads(cpus []int) error {
	set := allowedCPUs
	if len(cpus) > 0 {
		set = cpuSet{}
	}
	for _, cpu := range cpus {
		if cpu >= 0 && cpu/64 < len(set) {
			set[cpu/64] |= 1 << (cpu % 64)
		}
	}
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, thread := range threads {
		id, _ := strconv.Atoi(thread.Name())
		_, _, failed := syscall.RawSyscall(syscall.SYS_SCHED_SETAFFINITY, uintptr(id), unsafe.Sizeof(set),
			uintptr(unsafe.Pointer(&set)))
		if failed != 0 && failed != syscall.ESRCH {
			return fmt.Errorf("sched_setaffinity: %w", failed)
		}
	}
	return nil
}

// usage is CPU time, context switches and page faults of the process so far.
type usage struct {
	cpuNs, nvcsw, nivcsw, minflt int64
}

func usageNow() usage {
	const processCPUTime = 2 // CLOCK_PROCESS_CPUTIME_ID
	var clock syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, processCPUTime, uintptr(unsafe.Pointer(&clock)), 0)
	var figures syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &figures) // cannot fail: both arguments are right
	return usage{clock.Nano(), figures.Nvcsw, figures.Nivcsw, figures.Minflt}
}

// kibOf is the number of KiB behind `key` in a file of /proc; nil if there is none.
func kibOf(path, key string) *int64 {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	for _, line := range strings.Split(string(text), "\n") {
		if words := strings.Fields(line); len(words) > 1 && words[0] == key {
			if kib, err := strconv.ParseInt(words[1], 10, 64); err == nil {
				return &kib
			}
		}
	}
	return nil
}

// peakResidentKib is of this program. Not getrusage's: that one starts from the parent's.
func peakResidentKib() *int64 {
	return kibOf("/proc/self/status", "VmHWM:")
}

func residentKib() *int64 {
	return kibOf("/proc/self/smaps_rollup", "Rss:")
}
