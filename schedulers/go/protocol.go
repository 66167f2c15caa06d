package main

// The messages of harness/PROTOCOL.md: requests read from a line, replies as they are written. Strict
// about the types of known members; unknown ones are ignored.

import (
	"encoding/json"
	"fmt"
)

const (
	protocolVersion = 1
	workersMax      = 1024 // as the native schedulers
	nodesMax        = 4096
)

// Set by the build (schedulers/go/CMakeLists.txt).
var version, compiler, flags string

type request struct {
	Request    *string           `json:"request"`
	Workload   *string           `json:"workload"`
	N          *int64            `json:"n"`
	Workers    *uint32           `json:"workers"`
	Seed       *uint64           `json:"seed"`
	Iterations *int64            `json:"iterations"`
	Options    map[string]string `json:"options"`
	Placement  placement         `json:"placement"`
}

type placement struct {
	CPUs    []int      `json:"cpus"`
	Victims [][]uint32 `json:"victims"`
	Nodes   []uint32   `json:"nodes"`
}

// fits says whether the lists have the lengths that `workers` asks for.
func (p placement) fits(workers int) bool {
	good := true
	for _, length := range []int{len(p.CPUs), len(p.Victims), len(p.Nodes)} {
		good = good && (length == 0 || length == workers)
	}
	for _, node := range p.Nodes {
		good = good && node < nodesMax
	}
	for _, order := range p.Victims {
		for _, victim := range order {
			good = good && int(victim) < workers
		}
	}
	return good
}

type errorReply struct {
	Reply  string `json:"reply"`
	What   string `json:"what"`
	Cause  string `json:"cause"`
	Remedy string `json:"remedy"`
	Kind   string `json:"kind"`
}

// refuse makes an error reply; kind is usage, unsupported or internal.
func refuse(kind, what, cause, remedy string) *errorReply {
	return &errorReply{"error", what, cause, remedy, kind}
}

func misunderstood(reason string) *errorReply {
	return refuse("usage", "the request is not understood", reason, "See harness/PROTOCOL.md")
}

// required lists the members that a request cannot do without.
func (r *request) required() map[string]bool {
	present := map[string]bool{"workload": r.Workload != nil, "n": r.N != nil, "workers": r.Workers != nil,
		"seed": r.Seed != nil, "iterations": r.Iterations != nil}
	needed := map[string][]string{"prepare": {"workload", "n", "workers", "seed"},
		"estimate": {"workload", "n", "workers"}, "turn": {"iterations"}}
	required := map[string]bool{}
	for _, name := range needed[*r.Request] {
		required[name] = present[name]
	}
	return required
}

// decode reads one line.
func decode(line []byte) (*request, *errorReply) {
	var r request
	if err := json.Unmarshal(line, &r); err != nil {
		return nil, misunderstood(err.Error())
	}
	if r.Request == nil {
		return nil, misunderstood(`"request" is missing`)
	}
	for name, is_present := range r.required() {
		if !is_present {
			return nil, misunderstood(fmt.Sprintf("%q is missing", name))
		}
	}
	if *r.Request == "turn" && *r.Iterations < 1 {
		return nil, misunderstood(`"iterations" is below 1`)
	}
	return &r, nil
}

type build struct {
	Compiler  string `json:"compiler"`
	Flags     string `json:"flags"`
	Type      string `json:"type"`
	Sanitizer string `json:"sanitizer"`
}

type describeReply struct {
	Reply      string  `json:"reply"`
	Protocol   int     `json:"protocol"`
	Scheduler  string  `json:"scheduler"`
	Summary    string  `json:"summary"`
	Version    string  `json:"version"`
	Build      build   `json:"build"`
	WorkersMax int     `json:"workers_max"`
	TaskBytes  *int64  `json:"task_bytes"`
	Options    []unit  `json:"options"`
	Workloads  []about `json:"workloads"`
}

type estimateReply struct {
	Reply string `json:"reply"`
	Bytes int64  `json:"bytes"`
}

type readyReply struct {
	Reply    string `json:"reply"`
	Expected uint64 `json:"expected,string"`
	Ops      int64  `json:"ops"`
	Bytes    int64  `json:"bytes"`
	Notes    notes  `json:"notes"`
}

type turnReply struct {
	Reply      string `json:"reply"`
	Ns         int64  `json:"ns"`
	Iterations int64  `json:"iterations"`
	Ops        int64  `json:"ops"`
	Check      uint64 `json:"check,string"`
	Counters   notes  `json:"counters"`
	CPUNs      int64  `json:"cpu_ns"`
	MaxRSSKib  *int64 `json:"maxrss_kib"`
	Nvcsw      int64  `json:"nvcsw"`
	Nivcsw     int64  `json:"nivcsw"`
	Minflt     int64  `json:"minflt"`
}

type memoryReply struct {
	Reply        string `json:"reply"`
	Metered      bool   `json:"metered"`
	RSSBeforeKib *int64 `json:"rss_before_kib"`
	RSSAfterKib  *int64 `json:"rss_after_kib"`
	Ops          int64  `json:"ops"`
}

type byeReply struct {
	Reply string `json:"reply"`
}
