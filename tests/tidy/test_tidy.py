"""Every rule accepts a good miniature tree and objects to a bad one, at the right place."""

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import rule_layers
import rule_listed
import rule_orders
import rule_sizes
import rule_words
from source import SourceFile, Tree

LAYERS = """core/base :
core/sync : core/base
schedulers : core/*
workloads : core/base
tests : *
"""


@pytest.fixture
def findings(tmp_path):
    """Writes a tree and returns `path:line: rule` of what a rule finds, and the messages."""

    def run(rule, files, layers=LAYERS):
        for path, text in {"tests/tidy/layers.txt": layers, **files}.items():
            place = tmp_path / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        return [str(finding) for finding in sorted(rule(Tree(tmp_path)))]

    return run


def only(found, start, *words):
    """Requires exactly one finding, at `start`, whose message has all `words`."""
    assert len(found) == 1, found
    assert found[0].startswith(start), found
    for word in words:
        assert word in found[0]
    return True


# Layers.


def test_an_arrow_of_the_list_is_allowed(findings):
    files = {
        "core/base/a.hpp": "",
        "core/sync/b.hpp": '#include "core/base/a.hpp"\n#include "core/sync/c.hpp"\n',
        "core/sync/c.hpp": "#include <vector>\n",
        "schedulers/d.hpp": '#include "schedulers/d/part.hpp"\n#include "core/sync/b.hpp"\n',
        "schedulers/d/part.hpp": "",
        "tests/core/a_test.cpp": '#include "gtest/gtest.h"\n#include "schedulers/d.hpp"\n',
    }
    assert findings(rule_layers.check_arrows, files) == []


def test_an_arrow_that_is_not_in_the_list_is_found(findings):
    files = {"core/base/a.hpp": '\n#include "core/sync/b.hpp"\n', "core/sync/b.hpp": ""}
    only(findings(rule_layers.check_arrows, files), "core/base/a.hpp:2: layers", "core/sync/b.hpp")


def test_siblings_do_not_see_each_other(findings):
    files = {"workloads/a.hpp": '#include "schedulers/b.hpp"\n', "schedulers/b.hpp": ""}
    only(findings(rule_layers.check_arrows, files), "workloads/a.hpp:1: layers: workloads may not")


def test_an_include_of_a_missing_file_is_found(findings):
    files = {"core/base/a.hpp": '#include "core/base/gone.hpp"\n'}
    only(findings(rule_layers.check_arrows, files), "core/base/a.hpp:1: include", "gone")


def test_an_include_of_a_parent_folder_is_found(findings):
    files = {"core/sync/a.hpp": '#include "../base/b.hpp"\n', "core/base/b.hpp": ""}
    only(findings(rule_layers.check_arrows, files), "core/sync/a.hpp:1: include", "root")


def test_an_include_in_a_comment_does_not_count(findings):
    files = {"core/base/a.hpp": '// #include "gone.hpp"\n/*\n#include "gone.hpp"\n*/\n'}
    assert findings(rule_layers.check_arrows, files) == []


def test_a_file_without_a_room_is_found(findings):
    only(findings(rule_layers.check_arrows, {"core/new/a.hpp": ""}), "core/new/a.hpp:1: layers")


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ("a : b\nb : c\nc : a\n", "cycle: a -> b -> c -> a"),
        ("a/x : b\nb : a/*\n", "cycle: a/x -> b -> a/x"),
        ("a : gone\n", "gone is not a room"),
        ("a :\na :\n", "a has two rows"),
        ("a\n", "write `room : rooms`"),
    ],
)
def test_a_broken_list_of_layers_is_found(findings, layers, words):
    only(findings(rule_layers.check_arrows, {}, layers), "tests/tidy/layers.txt:", words)


def test_a_third_party_header_has_one_door(findings):
    good = {"core/base/a.cpp": "#include <hwloc.h>\n", "core/base/b.cpp": "#include <fmt/core.h>\n"}
    assert findings(rule_layers.check_doors, good) == []
    bad = {"core/base/b.cpp": "#include <fmt/core.h>\n#include <hwloc/helper.h>\n"}
    found = findings(rule_layers.check_doors, bad)
    only(found, "core/base/b.cpp:2: third-party", "core/base/a.cpp")


# Sizes.


@pytest.mark.parametrize("path", ["core/base/a.hpp", "analysis/a.py", "tests/a.sh", "schedulers/go/a.go", "dev"])
def test_a_file_has_at_most_four_hundred_lines(findings, path):
    assert findings(rule_sizes.check_files, {path: "\n" * 400}) == []
    only(findings(rule_sizes.check_files, {path: "\n" * 401}), f"{path}:401: file-length")


def function_of(lines, head="int f(int a) {"):
    return head + "\n" + "  a += 1;\n" * (lines - 2) + "}\n"


def in_scopes(body):
    return "// A file.\nnamespace an {\nclass alignas(64) A {\n public:\n" + body + "};\n}\n"


@pytest.mark.parametrize(
    "head",
    [
        "int f(int a) {",
        "explicit A(int a) : a_(a), b_{1} {",
        "template <class T, int n = (1 > 0)> int f(int a) const noexcept {",
        "[[nodiscard]] auto f(int a) -> std::vector<int> {",
        "TEST(Suite, Name) {",
        "explicit A(B b = {}, C c = C{1}) : b_{b}, c_(c) {",
    ],
)
def test_a_function_has_at_most_sixty_lines(findings, head):
    good = {"core/base/a.hpp": in_scopes(function_of(60, head))}
    assert findings(rule_sizes.check_functions, good) == []
    bad = {"core/base/a.hpp": in_scopes(function_of(61, head))}
    only(findings(rule_sizes.check_functions, bad), "core/base/a.hpp:5: function-length: 61 lines")


def test_braces_that_open_no_function_are_not_measured(findings):
    text = "namespace an {\nconst int kTable[] = {\n" + "1,\n" * 100 + "};\n"
    text += 'const char* kText = "{ (";\nenum class E {\n' + "kA,\n" * 100 + "};\n"
    text += "#define MACRO(x) \\\n  do { \\\n" + "x; \\\n" * 100 + "} while (0)\n}\n"
    assert findings(rule_sizes.check_functions, {"core/base/a.hpp": text}) == []


def test_python_functions_are_measured(findings):
    assert findings(rule_sizes.check_functions, {"a.py": "def f():\n" + "    a = 1\n" * 59}) == []
    bad = {"a.py": "\ndef f():\n" + "    a = 1\n" * 60}
    only(findings(rule_sizes.check_functions, bad), "a.py:2: function-length: 61")


def test_functions_are_found_once_each():
    source = SourceFile("a.cpp", "void f() {\n  if (x) {\n  }\n}\nint g() { return 1'000; }\n")
    assert list(rule_sizes.cpp_functions(source)) == [(1, 4), (5, 5)]


# Lists.


def test_every_file_is_in_a_list(findings):
    good = {
        "core/CMakeLists.txt": "add_library(an_core base/a.cpp\n  base/a.hpp) # base/b.hpp\n",
        "core/base/a.cpp": "",
        "core/base/a.hpp": "",
        "schedulers/CMakeLists.txt": "add_scheduler(serial)\n",
        "schedulers/serial.hpp": "",
        "tests/CMakeLists.txt": "an_test(x SOURCES ${CMAKE_SOURCE_DIR}/tests/core/a_test.cpp)\n",
        "tests/core/a_test.cpp": "",
    }
    assert findings(rule_listed.check_cmake, good) == []
    bad = {"core/base/b.hpp": ""}
    only(findings(rule_listed.check_cmake, bad), "core/base/b.hpp:1: unlisted")


def test_a_name_in_a_list_of_another_folder_does_not_count(findings):
    bad = {"core/CMakeLists.txt": "a_test.cpp\n", "tests/a_test.cpp": ""}
    only(findings(rule_listed.check_cmake, bad), "tests/a_test.cpp:1: unlisted")


@pytest.mark.parametrize("name", ["a.rs", "a.go", "a_amd64.s"])
def test_a_file_of_another_language_must_be_in_a_list_too(findings, name):
    listed = {"schedulers/go/CMakeLists.txt": f"set(sources {name})\n"}
    assert not findings(rule_listed.check_cmake, {**listed, f"schedulers/go/{name}": ""})
    forgotten = {**listed, f"schedulers/go/b{name}": ""}
    only(findings(rule_listed.check_cmake, forgotten), f"schedulers/go/b{name}:1: unlisted")


def test_every_workload_is_in_all_hpp(findings):
    good = {
        "workloads/all.hpp": '#include "workloads/fib.hpp"\n',
        "workloads/fib.hpp": '#include "workloads/part.hpp"\n#include "workloads/workload.hpp"\n',
        "workloads/part.hpp": "",
        "workloads/workload.hpp": "",
    }
    assert findings(rule_listed.check_workloads, good) == []
    bad = {"workloads/lonely.hpp": '#include "workloads/lonely.hpp"\n'}
    only(findings(rule_listed.check_workloads, bad), "workloads/lonely.hpp:1: unlisted", "all.hpp")


# Memory orders.

GOOD_ORDERS = """
void publish() {
  // (A1) release; pairs with (A2): publishes
  // the value.
  flag.store(1, kRelease);
}
int consume() {
  // (A2) acquire; pairs with (A1): sees it.
  while (flag.load(kAcquire) == 0) {
  }
  return flag.load(kAcquire) + count.load(kStat);
}
"""


def test_labelled_orders_with_partners_are_accepted(findings):
    assert findings(rule_orders.check_labels, {"core/base/a.hpp": GOOD_ORDERS}) == []


def test_a_partner_may_stand_in_another_file_or_in_the_source_beside(findings):
    files = {
        "core/base/a.hpp": "// (A1) release; pairs with (B1) in core/base/b.hpp, (A2): x\n"
        "f.store(1, kRelease);\n",
        "core/base/a.cpp": "// (A2) acquire; pairs with (A1): x\nf.load(kAcquire);\n",
        "core/base/b.hpp": "heavy_barrier();  // (B1) pairs with (A1) in core/base/a.hpp\n",
    }
    assert findings(rule_orders.check_labels, files) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("  // (A2) acquire; pairs with (A1): sees it.\n", "", 3, "(A2), which is not"),
        ("(A2) acquire", "(A2) relaxed", 8, "which nothing below it uses"),
        ("(A2) acquire; pairs with (A1)", "(A2) acquire; why", 8, "names no partner"),
        ("(A2) acquire", "(A1) acquire", 8, "(A1) is defined at core/base/a.hpp:3 already"),
        ("(A2) acquire", "(A2) strong", 8, "starts with `strong`"),
        ("pairs with (A1)", "pairs with (A1), (Z9)", 8, "(Z9), which is not"),
        ("pairs with (A2)", "pairs with (A2) in gone.hpp", 3, "which is not in gone.hpp"),
        ("{\n  }\n", "{\n" + "\n" * 12 + "  }\n", 23, "kAcquire without `// (X1) acquire"),
        ("kStat", "kRelaxed", 11, "kRelaxed without `// (X1) relaxed"),
    ],
)
def test_a_label_that_does_not_fit_is_found(findings, old, new, line, words):
    assert old in GOOD_ORDERS
    files = {"core/base/a.hpp": GOOD_ORDERS.replace(old, new, 1)}
    found = findings(rule_orders.check_labels, files)
    assert any(f.startswith(f"core/base/a.hpp:{line}: order-label") and words in f for f in found)


def test_a_barrier_label_stands_at_a_barrier(findings):
    text = "// (A1) light_barrier; pairs with (A2): x\n{}\n"
    text += "heavy_barrier();  // (A2) pairs with (A1)\n"
    good = {"core/base/a.hpp": text.format("light_barrier();")}
    assert findings(rule_orders.check_labels, good) == []
    bad = {"core/base/a.hpp": text.format("barrier();")}
    only(findings(rule_orders.check_labels, bad), "core/base/a.hpp:1: order-label", "no barrier")


def test_atomics_come_through_one_door(findings):
    good = {
        "core/base/atomic.hpp": "std::atomic<int> a; std::memory_order b;\n",
        "core/base/a.hpp": "Atomic<int> a; // std::atomic<int>\nint b = a.load(kStat);\n",
    }
    assert findings(rule_orders.check_raw, good) == []
    for text in ("std::atomic<int> a;", "f(std::memory_order_relaxed);", "int b = a.load();"):
        bad = {"core/base/b.hpp": "\n" + text + "\n"}
        only(findings(rule_orders.check_raw, bad), "core/base/b.hpp:2: raw-atomic")


# Words.


@pytest.mark.parametrize("name", sorted(rule_words.FOLDERS))
def test_folders_say_what_is_in_them(findings, name):
    assert findings(rule_words.check_folders, {f"core/{name}s_of_x/a.hpp": ""}) == []
    found = findings(rule_words.check_folders, {f"core/{name}/a.hpp": ""})
    only(found, f"core/{name}:1: folder-name")


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("std::this_thread::sleep_for(x);", "futex.hpp"),
        ("usleep(1);", "futex.hpp"),
        ("nanosleep(&t, nullptr);", "futex.hpp"),
        ("volatile int a;", "atomic.hpp"),
        ("std::thread::hardware_concurrency();", "thread.hpp"),
        ("std::chrono::steady_clock::now();", "clock.hpp"),
        ("::clock_gettime(CLOCK_MONOTONIC, &t);", "clock.hpp"),
        ("thread_local int a;", "local.hpp"),
        ("std::thread t;", "thread.hpp"),
        ("std::jthread t;", "thread.hpp"),
        ("a.load(std::memory_order_consume);", "kAcquire"),
        ("place(__LINE__);", "function"),
        ("std::source_location::current();", "function"),
        ("#ifdef HAVE_TBB", "CMake"),
        ("#if defined(HAVE_TBB)", "CMake"),
    ],
)
def test_a_banned_word_names_its_replacement(findings, text, instead):
    good = {"core/base/a.hpp": f'// {text}\nconst char* a = "{text}";\nasm volatile("");\n'}
    assert findings(rule_words.check_code, good) == []
    found = findings(rule_words.check_code, {"core/base/a.hpp": f"\n{text}\n"})
    assert found and all(f.startswith("core/base/a.hpp:2: banned-word") for f in found)
    assert any(instead in f for f in found)


def test_each_door_may_say_its_own_word(findings):
    files = {
        "core/base/clock.hpp": "clock_gettime(0, 0);\n",
        "core/base/local.hpp": "thread_local int a;\n",
        "core/base/thread.cpp": "std::thread a;\n",
        "core/base/thread.hpp": "std::thread a;\n",
    }
    assert findings(rule_words.check_code, files) == []


@pytest.mark.parametrize(
    "word", ["TO" + "DO", "FIX" + "ME", "XX" + "X", "/wo" + "rk/main", "/fa" + "rm/1"]
)
def test_promises_and_foreign_paths_are_found_in_any_text(findings, word):
    assert findings(rule_words.check_text, {"a.md": "a framework/of farms\n"}) == []
    for path in ("a.md", "b.py", "core/base/c.hpp", "CMakeLists.txt", "dev"):
        found = findings(rule_words.check_text, {path: f"\n# {word}: later\n"})
        assert any(f.startswith(f"{path}:2: banned-word") for f in found), found


def test_links_lead_somewhere(findings):
    good = {
        "tests/golden/report.md": "![not a document](chart.png)\n",
        "README.md": "[a](core/README.md#top) [b](https://x.org/y) [c](#here) `[d](e)`\n"
        "    [f](g)\n```\n[h](i)\n```\n![picture](core)\n",
        "core/README.md": "[up](../README.md)\n",
    }
    assert findings(rule_words.check_links, good) == []
    bad = {"core/README.md": "\n[gone](gone.md)\n"}
    only(findings(rule_words.check_links, bad), "core/README.md:2: dead-link", "gone.md")


# The program.


def run_tidy(root):
    script = Path(__file__).parent / "tidy.py"
    return subprocess.run(
        [sys.executable, "-B", str(script), str(root)], capture_output=True, text=True, check=False
    )


def test_the_program_exits_with_one_and_prints_places(tmp_path):
    (tmp_path / "core").mkdir()
    (tmp_path / "core/a.hpp").write_text("volatile int a;\n")
    result = run_tidy(tmp_path)
    assert result.returncode == 1
    assert "core/a.hpp:1: banned-word: volatile" in result.stdout


def test_the_program_refuses_a_tree_without_sources(tmp_path):
    result = run_tidy(tmp_path)
    assert result.returncode == 2
    assert "no C++ sources" in result.stdout


def test_the_program_accepts_a_clean_tree(tmp_path):
    for path, text in {
        "tests/tidy/layers.txt": LAYERS,
        "core/CMakeLists.txt": "add_library(a base/a.hpp)\n",
        "core/base/a.hpp": "#pragma once\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    result = run_tidy(tmp_path)
    assert (result.returncode, result.stdout) == (0, "")
