//! Speaks harness/PROTOCOL.md on standard input and output until told to quit: everything around the
//! timed region, nothing in it.

use std::fs::File;
use std::io::{self, BufRead, Read, StdinLock, Write};
use std::panic::{catch_unwind, AssertUnwindSafe};

use serde_json::{json, Value};

use crate::process::{self, CpuSet, Meter};
use crate::protocol::{self, Failure, Prepare, Request};
use crate::table::{Config, Entry, Prepared, Table, Watch};

const LINE_BYTES_MAX: usize = 1 << 20;
const EXIT_ENVIRONMENT: i32 = 4;
/// How often a `memory` that seems to leak is done again.
const AGAIN_MAX: usize = 4;

/// What one run does to memory. Nothing between begin() and end() is the protocol's.
#[derive(Default)]
struct MemoryWatch {
    meter: Option<Meter>,
    live_before: Option<i64>,
    live_peak: Option<i64>,
    live_after: Option<i64>,
    mapped_after: Option<i64>,
    requested: Option<i64>,
    rss_before_kib: Option<i64>,
    rss_after_kib: Option<i64>,
}

impl Watch for MemoryWatch {
    fn begin(&mut self) {
        self.rss_before_kib = process::resident_kib();
        if let Some(meter) = self.meter {
            self.requested = Some(meter.requested());
            meter.reset_peak();
            self.live_before = Some(meter.live());
        }
    }

    fn end(&mut self) {
        if let Some(meter) = self.meter {
            self.live_peak = Some(meter.peak());
            self.live_after = Some(meter.live());
            self.mapped_after = Some(meter.mapped());
            self.requested = self.requested.map(|before| meter.requested() - before);
        }
        self.rss_after_kib = process::resident_kib();
    }
}

/// How the last `prepare` wanted its cell.
struct Order {
    entry: usize,
    n: i64,
    config: Config,
}

struct Session {
    table: Table,
    meter: Option<Meter>,
    allowed: CpuSet,
    order: Option<Order>,
    cell: Option<Box<dyn Prepared>>,
    /// Bytes that the last prepare made live, unless its cell has run since.
    live_gained: Option<i64>,
}

impl Session {
    fn answer(&mut self, request: &Request) -> Result<Value, Failure> {
        match request {
            Request::Describe => Ok(protocol::describe(&self.table)),
            Request::Estimate { workload, n } => {
                let entry = &self.table.entries[self.find(workload, *n)?];
                Ok(json!({"reply": "estimate", "bytes": (entry.estimate)(*n)}))
            }
            Request::Prepare(request) => self.prepare(request),
            Request::Turn { iterations } => self.turn(*iterations),
            Request::Memory => self.memory(),
            Request::Quit => {
                self.cell = None;
                Ok(json!({"reply": "bye"}))
            }
        }
    }

    /// The index of a workload's entry.
    fn find(&self, name: &str, n: i64) -> Result<usize, Failure> {
        let is_it = |entry: &Entry| entry.about.name == name;
        let index = self.table.entries.iter().position(is_it).ok_or_else(|| {
            Failure::new("usage", format!("unknown workload '{name}'"))
                .remedy("Ask `describe` for the workloads of this cell")
        })?;
        let about = &self.table.entries[index].about;
        if n < about.n_min || n > about.n_max {
            return Err(Failure::new("usage", format!("{name} does not accept size {n}"))
                .cause(format!("It accepts {} to {}", about.n_min, about.n_max)));
        }
        Ok(index)
    }

    fn live(&self) -> i64 {
        self.meter.map_or(0, |meter| meter.live())
    }

    /// Makes the cell as `order` wants it. The caller of a runtime only waits, so only the threads of
    /// the runtime are pinned.
    fn build(&mut self) -> Result<(), Failure> {
        self.allowed.restrict_this_thread()?;
        let order = self.order.as_ref().expect("an order before a build");
        self.cell = Some((self.table.entries[order.entry].prepare)(order.n, &order.config)?);
        Ok(())
    }

    fn prepare(&mut self, request: &Prepare) -> Result<Value, Failure> {
        let entry = self.find(&request.workload, request.n)?;
        if let Some(option) = &request.option {
            let what = format!("{} has no option '{option}'", self.table.scheduler);
            return Err(Failure::new("usage", what).remedy("It has no options"));
        }
        self.cell = None;
        self.order = Some(Order {
            entry,
            n: request.n,
            config: Config { workers: request.workers, seed: request.seed, cpus: request.cpus.clone() },
        });
        let live = self.live();
        self.build()?;
        self.live_gained = Some(self.live() - live);
        Ok(self.prepared()?.ready().json())
    }

    fn prepared(&mut self) -> Result<&mut Box<dyn Prepared>, Failure> {
        self.cell
            .as_mut()
            .ok_or_else(|| Failure::new("usage", "no cell is prepared").remedy("Send `prepare` first"))
    }

    fn turn(&mut self, iterations: i64) -> Result<Value, Failure> {
        self.live_gained = None;
        let cell = self.prepared()?;
        let before = process::usage();
        let turn = cell.turn(iterations, None);
        let after = process::usage();
        Ok(json!({"reply": "turn", "ns": turn.ns, "iterations": turn.iterations, "ops": turn.ops,
                  "check": turn.check.to_string(), "counters": {}, "cpu_ns": after.cpu_ns - before.cpu_ns,
                  "maxrss_kib": process::peak_resident_kib(), "nvcsw": after.nvcsw - before.nvcsw,
                  "nivcsw": after.nivcsw - before.nivcsw, "minflt": after.minflt - before.minflt}))
    }

    /// Live bytes before a prepare and after what it made is gone. What the first uses of something leave
    /// for good is no leak: then it is done again, until a round leaves nothing more, and the last counts.
    /// (What a thread of Rayon leaves to its reclamation is freed some rounds later.)
    fn live_around(&mut self, live: i64) -> Result<(Option<i64>, Option<i64>), Failure> {
        let gained = match (self.meter, self.live_gained) {
            (Some(_), Some(gained)) => gained,
            _ => return Ok((None, None)),
        };
        let (mut start, mut end) = (live - gained, self.live());
        for _ in 0..AGAIN_MAX {
            if start == end {
                break;
            }
            start = self.live();
            self.build()?;
            self.prepared()?.turn(1, None);
            self.cell = None;
            end = self.live();
        }
        Ok((Some(start), Some(end)))
    }

    fn memory(&mut self) -> Result<Value, Failure> {
        let live = self.live();
        let mut watch = MemoryWatch { meter: self.meter, ..MemoryWatch::default() };
        let ops = self.prepared()?.turn(1, Some(&mut watch)).ops;
        self.cell = None;
        let (live_start, live_end) = self.live_around(live)?;
        Ok(json!({"reply": "memory", "metered": self.meter.is_some(), "live_start": live_start,
                  "live_before": watch.live_before, "live_peak": watch.live_peak,
                  "live_after": watch.live_after, "live_end": live_end,
                  "mapped_after": watch.mapped_after, "requested": watch.requested,
                  "rss_before_kib": watch.rss_before_kib, "rss_after_kib": watch.rss_after_kib, "ops": ops}))
    }
}

enum Line {
    Text(Vec<u8>),
    TooLong,
    End,
}

/// The next line, without its end. A last line without one is torn, and as good as the end.
fn next_line(input: &mut StdinLock) -> io::Result<Line> {
    let mut line = Vec::new();
    input.take(LINE_BYTES_MAX as u64 + 1).read_until(b'\n', &mut line)?;
    if line.last() == Some(&b'\n') {
        line.pop();
        return Ok(Line::Text(line));
    }
    if line.len() <= LINE_BYTES_MAX {
        return Ok(Line::End);
    }
    while line.last() != Some(&b'\n') {
        line.clear();
        if input.take(LINE_BYTES_MAX as u64).read_until(b'\n', &mut line)? == 0 {
            return Ok(Line::End);
        }
    }
    Ok(Line::TooLong)
}

/// Answers one line; true when it was a `quit`.
fn reply_to(session: &mut Session, line: Line, replies: &mut File) -> io::Result<bool> {
    let request = match line {
        Line::Text(line) => protocol::decode(&line, session.table.scheduler),
        _ => Err(Failure::new("usage", "the line is longer than the protocol allows")),
    };
    let is_quit = matches!(request, Ok(Request::Quit));
    let answer = request.and_then(|request| {
        catch_unwind(AssertUnwindSafe(|| session.answer(&request)))
            .unwrap_or_else(|_| Err(Failure::new("internal", "a panic; standard error has its words")))
    });
    let mut text = answer.unwrap_or_else(|failure| failure.json()).to_string();
    text.push('\n');
    replies.write_all(text.as_bytes())?;
    Ok(is_quit)
}

/// Runs the cell. Returns the exit code.
pub fn serve(table: Table) -> i32 {
    if !process::has_required_instructions() {
        eprintln!(
            "antinode: this CPU lacks AVX2, BMI2 or FMA. The cells are built for x86-64-v3 (Haswell, 2013, \
             and later). Change target-cpu in schedulers/rust/.cargo/config.toml and rebuild."
        );
        return EXIT_ENVIRONMENT;
    }
    process::end_with_parent();
    let mut replies = process::take_reply_file().expect("a descriptor for replies");
    let mut session = Session {
        table,
        meter: Meter::find(),
        allowed: CpuSet::of_this_thread(),
        order: None,
        cell: None,
        live_gained: None,
    };
    let mut input = io::stdin().lock();
    loop {
        match next_line(&mut input) {
            Ok(Line::End) | Err(_) => return 0, // end of input means quit
            Ok(line) => match reply_to(&mut session, line, &mut replies) {
                Ok(false) => {}
                Ok(true) | Err(_) => return 0, // nobody listens any more
            },
        }
    }
}
