"""Boots a virtual machine of two NUMA nodes whose first process is the given test program.

    run_in_guest.py PROGRAM [--kernel VMLINUZ] [--seconds N] [--nodes 1|2]

Everything is emulated (no /dev/kvm), so it takes a minute or so and needs no rights. Exit code: 0
passed, 1 failed or no verdict, 77 skipped: QEMU or a kernel is absent; the reason says what to
install. `--nodes 1` makes a machine the tests must object to.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77
QEMU = "qemu-system-x86_64"
NODE_MIB = 256


def skip(reason: str) -> None:
    """Ends the script as a skipped test."""
    print(f"SKIPPED: {reason}")
    sys.exit(SKIPPED)


def find_kernel(named: str | None) -> Path:
    """The kernel asked for, or the newest one installed that may be read."""
    if named:
        if not os.access(named, os.R_OK):
            skip(f"no kernel can be read at {named}")
        return Path(named)

    def version(path: Path) -> list[int]:
        return [int(number) for number in re.findall(r"\d+", path.name)]

    found = [path for path in Path("/boot").glob("vmlinuz-*") if os.access(path, os.R_OK)]
    if not found:
        skip(
            "no kernel image in /boot. Likely this is a container. Run `apt-get install "
            "linux-image-amd64`, or unpack one (`apt-get download`, `dpkg -x`) and name it: "
            "AN_GUEST_KERNEL=path/to/vmlinuz"
        )
    return max(found, key=version)


def libraries(program: Path) -> list[Path]:
    """What the dynamic linker loads for `program`, itself included."""
    listing = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    return [Path(path) for path in re.findall(r"(/\S+) \(0x", listing)]


def entry(name: str, mode: int, content: bytes = b"") -> bytes:
    """One file or folder of a cpio archive, "newc" format."""
    fields = [0, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0]
    head = "070701" + "".join(f"{field:08x}" for field in fields) + name + "\0"
    return b"".join(
        part + b"\0" * (-len(part) % 4) for part in (head.encode("ascii"), content)
    )


def make_initramfs(program: Path) -> bytes:
    """A root with `program` as /init, its libraries, and where to mount proc and sys."""
    files = {"init": program} | {str(path).lstrip("/"): path for path in libraries(program)}
    folders = {"proc", "sys", "tmp"}
    for name in files:
        folders |= {str(folder) for folder in Path(name).parents if str(folder) != "."}
    archive = [entry(name, stat.S_IFDIR | 0o755) for name in sorted(folders)]
    for name, path in files.items():
        archive.append(entry(name, stat.S_IFREG | 0o755, path.read_bytes()))
    return gzip.compress(b"".join([*archive, entry("TRAILER!!!", 0)]), compresslevel=1)


def machine(nodes: int) -> list[str]:
    """QEMU's options for four CPUs on so many nodes, a package each."""
    options = ["-m", f"{NODE_MIB * nodes}M"]
    options += ["-smp", f"4,sockets={nodes},cores={4 // nodes},threads=1"]
    for node in range(nodes):
        first = node * 4 // nodes
        cpus = f"{first}-{first + 4 // nodes - 1}"
        options += ["-object", f"memory-backend-ram,id=m{node},size={NODE_MIB}M"]
        options += ["-numa", f"node,nodeid={node},cpus={cpus},memdev=m{node}"]
    return options


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=Path)
    parser.add_argument("--kernel", default=os.environ.get("AN_GUEST_KERNEL"))
    parser.add_argument("--seconds", type=int, default=300, help="how long the guest may take")
    parser.add_argument("--nodes", type=int, choices=(1, 2), default=2)
    options = parser.parse_args()
    if shutil.which(QEMU) is None:
        skip(f"{QEMU} is not installed. Run `apt-get install qemu-system-x86`")
    kernel = find_kernel(options.kernel)
    with tempfile.TemporaryDirectory() as folder:
        initramfs = Path(folder) / "initramfs.gz"
        initramfs.write_bytes(make_initramfs(options.program))
        command = [QEMU, "-accel", "tcg", "-cpu", "max", *machine(options.nodes)]
        command += ["-kernel", str(kernel), "-initrd", str(initramfs)]
        command += ["-append", "console=ttyS0 quiet panic=-1 -- --gtest_color=no"]
        command += ["-no-reboot", "-nographic", "-nodefaults", "-serial", "stdio"]
        try:
            guest = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=options.seconds,
                check=False,
            )
            said = guest.stdout
        except subprocess.TimeoutExpired as late:
            said = late.stdout or b""
            print(f"the guest did not finish within {options.seconds} seconds")
    text = re.sub(r"\r|\x1b[c=]?(?:\[[?\d;]*[a-zA-Z])?", "", said.decode("utf-8", "replace"))
    print(text)
    return 0 if re.search(r"^guest: passed$", text, re.MULTILINE) else 1


if __name__ == "__main__":
    sys.exit(main())
