//! What a cell asks of Linux: the end with its parent, the descriptor for replies, affinity, and the
//! figures of the process.

use std::fs::File;
use std::io;
use std::mem::zeroed;
use std::os::unix::io::FromRawFd;

use crate::protocol::Failure;

/// True when the kernel reports the instruction set this program is compiled for.
pub fn has_required_instructions() -> bool {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let flags = text.lines().find(|line| line.starts_with("flags"));
    let has = |name| flags.map_or(false, |line| line.split_whitespace().any(|flag| flag == name));
    has("avx2") && has("bmi2") && has("fma")
}

/// Asks to be killed when the parent dies.
pub fn end_with_parent() {
    // SAFETY: no memory is passed.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
}

/// The descriptor that was standard output, for replies; what libraries print goes to standard error.
pub fn take_reply_file() -> io::Result<File> {
    // SAFETY: the descriptor returned is new and belongs to the File alone.
    unsafe {
        let replies = libc::dup(libc::STDOUT_FILENO);
        if replies < 0 || libc::dup2(libc::STDERR_FILENO, libc::STDOUT_FILENO) < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(File::from_raw_fd(replies))
    }
}

/// A set of up to 8,192 CPUs.
#[derive(Clone)]
pub struct CpuSet {
    words: [u64; 128],
}

impl CpuSet {
    /// CPUs that cannot exist are left out.
    pub fn of(cpus: &[i32]) -> CpuSet {
        let mut words = [0; 128];
        for cpu in cpus {
            let cpu = usize::try_from(*cpu).unwrap_or(usize::MAX);
            if let Some(word) = words.get_mut(cpu / 64) {
                *word |= 1 << (cpu % 64);
            }
        }
        CpuSet { words }
    }

    /// Where the calling thread may run.
    pub fn of_this_thread() -> CpuSet {
        let mut words = [0u64; 128];
        // SAFETY: the kernel writes at most the bytes it is given.
        unsafe {
            libc::sched_getaffinity(0, std::mem::size_of_val(&words), words.as_mut_ptr().cast());
        }
        CpuSet { words }
    }

    /// Restricts the calling thread; those it starts later inherit it.
    pub fn restrict_this_thread(&self) -> Result<(), Failure> {
        // SAFETY: the kernel reads the bytes it is given.
        let failed = unsafe {
            libc::sched_setaffinity(0, std::mem::size_of_val(&self.words), self.words.as_ptr().cast()) != 0
        };
        if !failed {
            return Ok(());
        }
        let what = format!("sched_setaffinity: {}", io::Error::last_os_error());
        Err(Failure::new("usage", what)
            .cause("The CPU is offline or outside the cpuset of this container")
            .remedy("Run with --pin=none, or see `harness env` for the CPUs that may be used"))
    }
}

/// CPU time, context switches and page faults of the process so far.
#[derive(Clone, Copy)]
pub struct Usage {
    pub cpu_ns: i64,
    pub nvcsw: i64,
    pub nivcsw: i64,
    pub minflt: i64,
}

pub fn usage() -> Usage {
    // SAFETY: both are plain structs of integers that the kernel fills.
    unsafe {
        let mut clock: libc::timespec = zeroed();
        libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut clock);
        let mut usage: libc::rusage = zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        Usage {
            cpu_ns: clock.tv_sec * 1_000_000_000 + clock.tv_nsec,
            nvcsw: usage.ru_nvcsw,
            nivcsw: usage.ru_nivcsw,
            minflt: usage.ru_minflt,
        }
    }
}

/// The number of KiB behind `key` in a file of /proc.
fn kib_of(path: &str, key: &str) -> Option<i64> {
    let text = std::fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// The peak resident set of this program. Not getrusage's: that one starts from the parent's.
pub fn peak_resident_kib() -> Option<i64> {
    kib_of("/proc/self/status", "VmHWM:")
}

pub fn resident_kib() -> Option<i64> {
    kib_of("/proc/self/smaps_rollup", "Rss:")
}

type Figure = unsafe extern "C" fn() -> i64;

/// The library that the harness preloads to count memory.
#[derive(Clone, Copy)]
pub struct Meter {
    live: Figure,
    mapped: Figure,
    peak: Figure,
    requested: Figure,
    reset_peak: unsafe extern "C" fn(),
}

impl Meter {
    /// None when it is not loaded.
    pub fn find() -> Option<Meter> {
        let figure = |name: &[u8]| {
            // SAFETY: a symbol of this name is a function of this type (harness/PROTOCOL.md).
            unsafe {
                let address = libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr().cast());
                std::mem::transmute::<*mut libc::c_void, Option<Figure>>(address)
            }
        };
        // SAFETY: as above; this one returns nothing.
        let reset_peak = unsafe {
            let address = libc::dlsym(libc::RTLD_DEFAULT, b"antinode_meter_reset_peak\0".as_ptr().cast());
            std::mem::transmute::<*mut libc::c_void, Option<unsafe extern "C" fn()>>(address)
        };
        Some(Meter {
            live: figure(b"antinode_meter_live\0")?,
            mapped: figure(b"antinode_meter_mapped\0")?,
            peak: figure(b"antinode_meter_peak\0")?,
            requested: figure(b"antinode_meter_requested\0")?,
            reset_peak: reset_peak?,
        })
    }

    // SAFETY of all: functions without arguments that read or write statistics.
    pub fn live(&self) -> i64 {
        unsafe { (self.live)() }
    }
    pub fn mapped(&self) -> i64 {
        unsafe { (self.mapped)() }
    }
    pub fn peak(&self) -> i64 {
        unsafe { (self.peak)() }
    }
    pub fn requested(&self) -> i64 {
        unsafe { (self.requested)() }
    }
    pub fn reset_peak(&self) {
        unsafe { (self.reset_peak)() }
    }
}
