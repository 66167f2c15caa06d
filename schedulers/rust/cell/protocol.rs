//! The messages of harness/PROTOCOL.md: requests read from a line, replies as JSON. Strict about the
//! types of known members; unknown ones are ignored.

use serde_json::{json, Map, Value};

use crate::table::{About, Notes, Table};

/// Most workers a cell accepts, as the native schedulers.
pub const WORKERS_MAX: u64 = 1024;

/// An error reply; `kind` is usage, unsupported or internal.
#[derive(Debug)]
pub struct Failure {
    pub kind: &'static str,
    pub what: String,
    pub cause: String,
    pub remedy: String,
}

impl Failure {
    pub fn new(kind: &'static str, what: impl Into<String>) -> Failure {
        Failure { kind, what: what.into(), cause: String::new(), remedy: String::new() }
    }

    pub fn cause(mut self, cause: impl Into<String>) -> Failure {
        self.cause = cause.into();
        self
    }

    pub fn remedy(mut self, remedy: impl Into<String>) -> Failure {
        self.remedy = remedy.into();
        self
    }

    pub fn json(&self) -> Value {
        json!({"reply": "error", "what": self.what, "cause": self.cause, "remedy": self.remedy,
               "kind": self.kind})
    }
}

pub struct Prepare {
    pub workload: String,
    pub n: i64,
    pub workers: usize,
    pub seed: u64,
    pub option: Option<String>,
    pub cpus: Vec<i32>,
}

pub enum Request {
    Describe,
    Prepare(Prepare),
    Estimate { workload: String, n: i64 },
    Turn { iterations: i64 },
    Memory,
    Quit,
}

pub struct Ready {
    pub expected: u64,
    pub ops: i64,
    pub bytes: i64,
    pub notes: Notes,
}

#[derive(Default)]
pub struct Turn {
    pub ns: i64,
    pub iterations: i64,
    pub ops: i64,
    pub check: u64,
}

fn misunderstood(reason: String) -> Failure {
    Failure::new("usage", "the request is not understood").cause(reason).remedy("See harness/PROTOCOL.md")
}

fn member<'a>(object: &'a Value, name: &str) -> Result<&'a Value, Failure> {
    match object.get(name) {
        None | Some(Value::Null) => Err(misunderstood(format!("\"{name}\" is missing"))),
        Some(value) => Ok(value),
    }
}

fn text(object: &Value, name: &str) -> Result<String, Failure> {
    match member(object, name)?.as_str() {
        Some(text) => Ok(text.to_string()),
        None => Err(misunderstood(format!("\"{name}\" is not a string"))),
    }
}

fn integer<T: TryFrom<i128>>(value: &Value, name: &str) -> Result<T, Failure> {
    let wide = value
        .as_u64()
        .map(i128::from)
        .or_else(|| value.as_i64().map(i128::from))
        .ok_or_else(|| misunderstood(format!("\"{name}\" is not an integer")))?;
    T::try_from(wide).map_err(|_| misunderstood(format!("\"{name}\" is out of range")))
}

fn integer_member<T: TryFrom<i128>>(object: &Value, name: &str) -> Result<T, Failure> {
    integer(member(object, name)?, name)
}

/// An array that may be absent: empty.
fn array<'a>(object: &'a Value, name: &str) -> Result<&'a [Value], Failure> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(values)) => Ok(values),
        Some(_) => Err(misunderstood(format!("\"{name}\" is not an array"))),
    }
}

fn integers<T: TryFrom<i128>>(values: &[Value], name: &str) -> Result<Vec<T>, Failure> {
    values.iter().map(|value| integer(value, name)).collect()
}

/// Whether the placement's lists have the lengths that `workers` asks for.
fn check_placement(placement: &Value, workers: usize) -> Result<Vec<i32>, Failure> {
    const NODES_MAX: u32 = 4096;
    let cpus: Vec<i32> = integers(array(placement, "cpus")?, "cpus")?;
    let nodes: Vec<u32> = integers(array(placement, "nodes")?, "nodes")?;
    let orders = array(placement, "victims")?;
    let fits = |length: usize| length == 0 || length == workers;
    let mut good = fits(cpus.len()) && fits(nodes.len()) && fits(orders.len());
    good = good && nodes.iter().all(|node| *node < NODES_MAX);
    for order in orders {
        let order =
            order.as_array().ok_or_else(|| misunderstood("\"victims\" is not an array of arrays".into()))?;
        let order: Vec<u32> = integers(order, "victims")?;
        good = good && order.iter().all(|victim| (*victim as usize) < workers);
    }
    if good {
        return Ok(cpus);
    }
    Err(Failure::new("usage", "placement does not fit the number of workers")
        .remedy("Give one CPU, one node and one list of victims per worker, or none"))
}

fn prepare_request(json: &Value, scheduler: &str) -> Result<Prepare, Failure> {
    let workers: u32 = integer_member(json, "workers")?;
    if workers < 1 || u64::from(workers) > WORKERS_MAX {
        let what = format!("{scheduler} cannot run {workers} workers");
        return Err(Failure::new("unsupported", what).cause(format!("It accepts 1 to {WORKERS_MAX}")));
    }
    let option = match json.get("options") {
        None | Some(Value::Null) => None,
        Some(Value::Object(options)) => options.keys().next().cloned(),
        Some(_) => return Err(misunderstood("\"options\" is not an object".into())),
    };
    let empty = Value::Object(Map::new());
    let placement = match json.get("placement") {
        None | Some(Value::Null) => &empty,
        Some(Value::Object(_)) => &json["placement"],
        Some(_) => return Err(misunderstood("\"placement\" is not an object".into())),
    };
    Ok(Prepare {
        workload: text(json, "workload")?,
        n: integer_member(json, "n")?,
        workers: workers as usize,
        seed: integer_member(json, "seed")?,
        option,
        cpus: check_placement(placement, workers as usize)?,
    })
}

/// Reads one line. `scheduler` is for the words of a refusal.
pub fn decode(line: &[u8], scheduler: &str) -> Result<Request, Failure> {
    let json: Value = serde_json::from_slice(line)
        .map_err(|error| misunderstood(format!("not a line of JSON: {error}")))?;
    if !json.is_object() {
        return Err(misunderstood("not a JSON object".into()));
    }
    match text(&json, "request")?.as_str() {
        "describe" => Ok(Request::Describe),
        "prepare" => Ok(Request::Prepare(prepare_request(&json, scheduler)?)),
        "estimate" => {
            Ok(Request::Estimate { workload: text(&json, "workload")?, n: integer_member(&json, "n")? })
        }
        "turn" => match integer_member(&json, "iterations")? {
            iterations if iterations >= 1 => Ok(Request::Turn { iterations }),
            _ => Err(misunderstood("\"iterations\" is below 1".into())),
        },
        "memory" => Ok(Request::Memory),
        "quit" => Ok(Request::Quit),
        other => Err(misunderstood(format!("there is no request \"{other}\""))),
    }
}

fn workload_json(about: &About) -> Value {
    let sizes: Vec<Value> = about.sizes.iter().map(|(name, n)| json!({"name": name, "n": n})).collect();
    json!({"name": about.name, "summary": about.summary, "source": about.source,
           "operation": about.operation, "sizes": sizes, "n_min": about.n_min, "n_max": about.n_max,
           "parameter": about.parameter})
}

/// The reply to `describe`. Version, compiler and flags come from the build (schedulers/rust/CMakeLists.txt).
pub fn describe(table: &Table) -> Value {
    let workloads: Vec<Value> = table.entries.iter().map(|entry| workload_json(&entry.about)).collect();
    let kind = if cfg!(debug_assertions) { "Debug" } else { "Release" };
    json!({"reply": "describe", "protocol": 1, "scheduler": table.scheduler, "summary": table.summary,
           "version": option_env!("ANTINODE_VERSION").unwrap_or(""),
           "build": {"compiler": option_env!("ANTINODE_COMPILER").unwrap_or("rustc"),
                     "flags": option_env!("ANTINODE_FLAGS").unwrap_or(""), "type": kind, "sanitizer": ""},
           "workers_max": WORKERS_MAX, "task_bytes": null, "options": [], "workloads": workloads})
}

impl Ready {
    pub fn json(&self) -> Value {
        let notes: Map<String, Value> =
            self.notes.iter().map(|(name, value)| (name.to_string(), json!(value))).collect();
        json!({"reply": "ready", "expected": self.expected.to_string(), "ops": self.ops,
               "bytes": self.bytes, "notes": notes})
    }
}
