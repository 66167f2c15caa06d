// What `harness --help` says before and after the flags.
#pragma once

namespace an::harness {

inline constexpr const char* kIntroduction =
    "Measures task schedulers: which one is faster, and is the difference real?\n"
    "Without a command it runs.\n\n"
    "Examples:\n"
    "  harness --scheduler=resonance --workload=fib\n"
    "      one scheduler, one workload, every size, beside the serial baseline\n"
    "  harness --scheduler=chase_lev,heartbeat --workload=nqueens --workers=1,2 --size=small\n"
    "      two schedulers in interleaved turns\n"
    "  harness --scheduler=heartbeat --workload=fib --set heartbeat.beat_us=100\n"
    "      one option away from its default (harness describe heartbeat shows them)\n"
    "  harness --size=small --samples=1 --filter='^(fib|nqueens)/' --dry-run\n"
    "      what would run, without running it\n"
    "  harness --workload=tree_sum --format=json --out=results/mine > tree_sum.json\n"
    "      figures for a program, the run kept in results/mine\n"
    "  harness gate --ref-rev=main\n"
    "      is this build slower than main? Builds main's cells first\n"
    "  harness compare results/before results/after\n"
    "      two stored runs: ratios to serial and ranks; absolute times only of one machine\n"
    "  harness count --workload=fib --workers=1 --ref=old/bin --cand=build/bin\n"
    "      instructions per operation, counters and sizes of two builds\n"
    "  harness --scheduler=heartbeat --workload=nqueens --trace\n"
    "      and what its workers did, for chrome://tracing\n"
    "  harness metg --scheduler=chase_lev --workers=1,2\n"
    "      the shortest task at which it is half as efficient as it could be\n"
    "  harness profile --workload=spin_tree --size=1024 --scheduler=heartbeat --workers=2\n"
    "      work, span, bounds on the speed-up, and where the scheduler loses against them\n"
    "  harness micro deque --samples=12\n"
    "      one program of the micro suite; --dry-run lists the benchmarks\n"
    "  harness export results/mine --format=gbench > mine.json\n"
    "      a stored run for compare.py; also benchfmt, latex, csv, markdown, json, table\n"
    "  harness describe heartbeat\n"
    "      options, workloads, build; also: list, env --check, conform ./my-cell";

inline constexpr const char* kFooter =
    "Exit codes: 0 ok; 1 a regression (gate) or a difference (count); 2 wrong usage; 3 a cell was "
    "wrong, crashed or timed out; 4 the environment forbids it, a control failed, a span was "
    "refused "
    "(profile), or every cell is n/a; 5 internal error; 130 interrupted.";

}  // namespace an::harness
