"""Every mistake gets a message that says what, why and what to do instead; exit code 2; no run directory."""
import resource
import shutil

import pytest

RUN = ["--scheduler=good", "--workload=fib", "--size=small", "--workers=1", "--samples=1"]


@pytest.mark.parametrize(
    "arguments, parts",
    [
        (["--scheduler=godo"], ["unknown scheduler 'godo'", "Did you mean 'good'?", "serial"]),
        (["--workload=fibb"], ["unknown workload 'fibb'", "Did you mean 'fib'?", "tree_sum"]),
        (["--size=smal"], ["--size=smal", "Did you mean 'small'?"]),
        (["--scheduler=good", "--workload=fib", "--size=1000000"], ["--size=1000000", "1..1000"]),
        (["--schedulr=good"], ["unknown flag '--schedulr'", "Did you mean '--scheduler'?"]),
        (["lisst"], ["unknown command 'lisst'", "Did you mean 'list'?"]),
        (["--workers=0"], ["--workers=0", "1 to 1024"]),
        (["--workers=-1"], ["--workers=-1", "1 to 1024"]),
        (["--workers", "-1"], ["--workers=-1", "1 to 1024"]),
        (["--workers=1000000000"], ["--workers=1000000000", "1 to 1024"]),
        (["--scheduler="], ["--scheduler is empty"]),
        (["--workload="], ["--workload is empty"]),
        (["--scheduler=good,"], ["empty element"]),
        (["--samples=0"], ["--samples=0", "from 1"]),
        (["--samples=many"], ["not a whole number"]),
        (["--min-time=20"], ["The unit is missing", "20ms"]),
        (["--format=yaml"], ["--format=yaml", "json"]),
        (["--filter", ""], ["--filter"]),
        (["--samples", ""], ["--samples"]),
        (["--filter=" + "(" * 2000], ["--filter"]),
        (["--filter=["], ["not a regular expression", "parser says"]),
        (["--filter=nothing_is_called_so"], ["nothing_is_called_so"]),
        (["--set", "good.beat_us"], ["no '='"]),
        (["--set", "godo.beat_us=1"], ["unknown scheduler 'godo'", "'good'"]),
        (["--set", "good.beatus=1"], ["no option 'beatus'", "Did you mean 'beat_us'?"]),
        (["--set", "good.beat_us=101"], ["--set good.beat_us=101", "from 1 to 100"]),
        (["--allocator=mimaloc"], ["unknown allocator 'mimaloc'", "Did you mean 'mimalloc'?"]),
        (["--allocator=jemalloc"], ["unknown allocator 'jemalloc'", "glibc, mimalloc, tcmalloc"]),
        (["--cells=/nowhere"], ["/nowhere", "not a folder"]),
        (["describe", "fibb"], ["'fibb'", "Did you mean 'fib'?"]),
        (["describe"], ["harness list"]),
        (["conform", "/nowhere"], ["/nowhere", "not a file"]),
        (["list", "--format=csv"], ["--format=table"]),
    ],
)
def test_is_refused_with_what_why_and_remedy(harness, arguments, parts):
    result = harness.run(*arguments)
    assert result.returncode == 2, result.stderr
    assert result.stdout == ""
    assert result.stderr.startswith("harness: ")
    for part in parts:
        assert part in result.stderr
    assert not (harness.folder / "results").exists()


@pytest.mark.parametrize("place", ["file", "file/below", "/proc/antinode", "/dev/null/x"])
def test_an_unwritable_out_is_refused(harness, place):
    (harness.folder / "file").write_text("mine")
    result = harness.run(*RUN, f"--out={place}")
    assert result.returncode == 2, result.stderr
    assert "cannot write the run directory" in result.stderr and "--out=DIR" in result.stderr
    assert (harness.folder / "file").read_text() == "mine"


def test_an_out_that_holds_a_run_is_refused_and_kept(harness):
    assert harness.run(*RUN, "--out=kept").returncode == 0
    before = {path: path.read_bytes() for path in (harness.folder / "kept").rglob("*") if path.is_file()}
    result = harness.run(*RUN, "--out=kept")
    assert result.returncode == 2
    assert "already holds a run" in result.stderr
    after = {path: path.read_bytes() for path in (harness.folder / "kept").rglob("*") if path.is_file()}
    assert before == after


def test_an_out_with_other_files_is_refused(harness):
    (harness.folder / "thesis").mkdir()
    (harness.folder / "thesis/chapter1.tex").write_text("x")
    result = harness.run(*RUN, "--out=thesis")
    assert result.returncode == 2
    assert "not empty" in result.stderr


def test_a_current_directory_that_cannot_be_written_is_refused(harness):
    result = harness.run(*RUN, cwd="/proc")
    assert result.returncode == 2, result.stderr
    assert "--out=DIR" in result.stderr


def test_a_size_out_of_range_for_some_workloads_is_only_not_applicable(harness):
    result = harness.run("--scheduler=good", "--workload=all", "--size=5", "--workers=1",
                         "--samples=1", "--dry-run")
    assert result.returncode == 0
    assert "fib/n:5/sched:good/workers:1" in result.stdout


def test_no_cells_at_all_is_the_environments_fault(tmp_path, harness):
    lonely = tmp_path / "lonely"
    lonely.mkdir()
    shutil.copy(harness.path, lonely / "harness")
    harness.path, harness.cells = str(lonely / "harness"), lonely
    result = harness.run("--workload=fib")
    assert result.returncode == 4, result.stderr
    assert "No cell was found" in result.stderr


@pytest.mark.parametrize("mode", ["unsupported", "huge"])
def test_a_run_in_which_nothing_could_run_is_not_a_success(harness, mode):
    harness.add_cell("picky", mode)
    result = harness.run("--scheduler=picky", "--workload=fib", "--size=8", "--workers=1", "--samples=1",
                         "--min-time=1us")
    assert result.returncode == 4, result.stderr
    assert "besides 0.0 MiB" not in result.stdout + result.stderr
    assert result.stderr.splitlines()[-1].startswith("harness: nothing was measured")


def test_a_cells_folder_without_cells_is_said(harness):
    empty = harness.folder / "empty"
    empty.mkdir()
    result = harness.run("list", f"--cells={empty}")
    assert result.returncode == 0
    assert f"--cells={empty} holds no cell" in result.stderr
    assert "warning" not in harness.run("list").stderr


def test_an_empty_list_says_where_cells_come_from(tmp_path, harness):
    lonely = tmp_path / "lonely"
    lonely.mkdir()
    shutil.copy(harness.path, lonely / "harness")
    harness.path, harness.cells = str(lonely / "harness"), lonely
    assert "--cells=DIR" in harness.run("list").stderr


@pytest.mark.parametrize("arguments", [
    [*RUN, "--out=new"], [*RUN, "--out=new", "--format=json"], [*RUN, "--dry-run"], ["--help"], ["list"], ["describe", "good"],
    ["env"], ["env", "--check"], ["export", "run"], ["export", "run", "--format=csv"], ["run", "--resume", "--out=run"],
    ["conform", "cells/cell-good"], ["count", *RUN[:2], "--size=8", "--workers=2", "--samples=1"], ["plan", "--shards=1", "--out=plan", *RUN],
    ["compare", "--ref=cells", "--cand=cells", *RUN[:-1], "--out=new"]])
def test_a_result_that_cannot_be_written_is_not_a_success(harness, arguments):
    assert harness.run(*RUN, "--out=run").returncode == 0
    with open("/dev/full", "w", encoding="utf-8") as full:
        process = harness.start(*arguments, stdout=full)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 4, errors
    assert b"harness: cannot write to standard output. The disk is full" in errors


LONG = "x" * 300  # longer than a file name may be


@pytest.mark.parametrize("arguments", [
    ["list", f"--cells={LONG}"], ["conform", LONG], ["export", LONG], ["merge", LONG, "--out=m"], ["run", "--resume", f"--out={LONG}"],
    ["plan", *RUN, "--shards=1", f"--out={LONG}"], ["run", f"--plan={LONG}", "--shard=1/1"], ["gate", f"--ref={LONG}"],
    ["export", "circle"]])
def test_a_name_that_leads_nowhere_is_no_internal_error(harness, arguments):
    (harness.folder / "circle").symlink_to("circle")
    result = harness.run(*arguments)
    assert result.returncode == 4, result.stderr
    assert "harness: cannot reach " in result.stderr and "internal" not in result.stderr


def test_what_nobody_foresaw_exits_5(harness):
    memory = 64 << 20
    (harness.folder / "run").mkdir()
    with open(harness.folder / "run/manifest.json", "wb") as manifest:
        manifest.truncate(memory)  # nothing but a hole

    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    if harness.run("--help", preexec_fn=limit).returncode != 0:
        pytest.skip("this build needs more address space than the test leaves it, as with a sanitizer")
    result = harness.run("export", "run", preexec_fn=limit)
    assert result.returncode == 5, result.stderr
    assert result.stderr.startswith("harness: internal error: ") and result.stdout == ""


def test_a_reader_that_left_is_no_error(harness):
    process = harness.start("list")
    process.stdout.close()
    assert process.wait(timeout=60) == 0


@pytest.mark.parametrize("allocator, package", [("mimalloc", "libmimalloc2.0"), ("tcmalloc", "libtcmalloc-minimal4")])
def test_an_allocator_that_is_not_installed_is_refused_with_its_package(harness, allocator, package):
    harness.environment["ANTINODE_LIBRARIES"] = str(harness.folder)
    result = harness.run(*RUN, f"--allocator=glibc,{allocator}")
    assert result.returncode == 2, result.stderr
    assert f"--allocator={allocator}" in result.stderr and f"apt-get install {package}" in result.stderr
    assert not (harness.folder / "results").exists()
