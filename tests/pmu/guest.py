"""An emulated Arm machine with a PMU: gets what it needs, builds for it, boots it.

QEMU's "virt" machine with Debian's arm64 cloud kernel and an initramfs that holds three static
programs. Debian's arm64 packages are fetched into the build folder with apt settings of their own:
the machine that this runs on keeps its architecture and its packages.
"""

import os
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build" / "arm64"
DOWNLOADS = ROOT / "build" / "pmu"
SYSROOT = DOWNLOADS / "root"
CROSS = "aarch64-linux-gnu-"
TOOLS = {
    "qemu-system-aarch64": "qemu-system-arm",
    f"{CROSS}gcc": "gcc-aarch64-linux-gnu",
    f"{CROSS}ar": "binutils-aarch64-linux-gnu",
    "apt-get": "apt",
    "dpkg-deb": "dpkg",
}
# gcc-aarch64-linux-gnu only recommends it.
CROSS_LIBC = (Path("/usr/aarch64-linux-gnu/include/stdio.h"), "libc6-dev-arm64-cross")
LIBRARY_PACKAGES = ["libpfm4-dev", "libjson-c-dev"]
KERNEL_PACKAGE = "linux-image-cloud-arm64"
FETCH_TIMEOUT_S = 180
BUILD_TIMEOUT_S = 400
BOOT_TIMEOUT_S = 400


class Missing(Exception):
    """Something that cannot be had here; the text says what to do."""


def missing_tools() -> list[str]:
    """Packages of this machine's own architecture that are not installed."""
    absent = [package for tool, package in TOOLS.items() if shutil.which(tool) is None]
    header, package = CROSS_LIBC
    return absent if header.exists() else absent + [package]


def apt_settings() -> list[str]:
    """Options that make apt work on arm64 in a folder of its own, as any user."""
    state = DOWNLOADS / "apt"
    for folder in ("lists/partial", "cache/archives/partial", "log"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    (state / "status").touch()
    settings = {
        "APT::Architecture": "arm64",
        "APT::Architectures": "arm64",
        "APT::Sandbox::User": "",
        "Dir::State": state,
        "Dir::State::lists": state / "lists",
        "Dir::State::status": state / "status",
        "Dir::Cache": state / "cache",
        "Dir::Log": state / "log",
    }
    return [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]


def apt(program: str, *words: str) -> str:
    done = subprocess.run(
        [program, *apt_settings(), "-q", *words],
        cwd=DOWNLOADS,
        capture_output=True,
        text=True,
        timeout=FETCH_TIMEOUT_S,
    )
    if done.returncode != 0:
        raise Missing(f"{program} {' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def kernel_image_package() -> str:
    """The versioned package that the name without a version stands for."""
    for line in apt("apt-cache", "depends", KERNEL_PACKAGE).splitlines():
        kind, _, package = line.strip().partition(": ")
        if kind == "Depends":
            return package
    raise Missing(f"{KERNEL_PACKAGE} depends on no kernel")


def fetch_packages() -> None:
    """Downloads and unpacks the arm64 packages, unless an earlier run has."""
    done = DOWNLOADS / "fetched"
    if done.exists():
        return
    apt("apt-get", "update")
    apt("apt-get", "download", *LIBRARY_PACKAGES, kernel_image_package())
    for package in DOWNLOADS.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", package, SYSROOT], check=True)
    done.touch()


def kernel() -> Path:
    return next((SYSROOT / "boot").glob("vmlinuz-*"))


def cross_make(*targets: str) -> None:
    libraries = SYSROOT / "usr" / "lib" / "aarch64-linux-gnu"
    done = subprocess.run(
        [
            "make",
            f"-j{os.cpu_count()}",
            f"BUILD_DIR={BUILD.relative_to(ROOT)}",
            f"CC={CROSS}gcc",
            f"AR={CROSS}ar",
            "CXX=none",
            f"CPPFLAGS=-idirafter {SYSROOT}/usr/include",
            f"LDFLAGS=-static -L{libraries}",
            *targets,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=BUILD_TIMEOUT_S,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the cross build failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")


def build_programs() -> dict[str, Path]:
    """Cross-builds what goes into the initramfs, by its path there."""
    programs = {
        "layoutbench": "layoutbench",
        "init": "tests/pmu/guest_init",
        "questions": "tests/pmu/guest_questions",
    }
    cross_make(*(str(BUILD.relative_to(ROOT) / path) for path in programs.values()))
    return {name: BUILD / path for name, path in programs.items()}


def archive_entry(name: str, mode: int, data: bytes) -> bytes:
    """One file in the "newc" form of cpio, which the kernel unpacks (initramfs-buffer-format)."""
    fields = [0, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
    header = b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
    return header + b"\0" * (-len(header) % 4) + data + b"\0" * (-len(data) % 4)


def write_initramfs(programs: dict[str, Path], path: Path) -> None:
    entries = [
        archive_entry(name, stat.S_IFREG | 0o755, program.read_bytes())
        for name, program in programs.items()
    ]
    path.write_bytes(b"".join(entries) + archive_entry("TRAILER!!!", 0, b""))


@dataclass(frozen=True)
class Step:
    status: int
    output: str


def steps_of(console: str) -> dict[str, Step]:
    """What each step printed, from between its marked lines."""
    steps, name, lines = {}, None, []
    for line in console.replace("\r", "").split("\n"):
        if line.startswith("<<<< "):
            name, lines = line[5:], []
        elif name and line.startswith(f">>>> {name} "):
            steps[name] = Step(int(line.rsplit(" ", 1)[1]), "\n".join(lines))
            name = None
        else:
            lines.append(line)
    return steps


class Guest:
    """The machine; each boot is one CPU model and a list of steps (guest_init.c knows them)."""

    def __init__(self) -> None:
        absent = missing_tools()
        if absent:
            raise Missing("apt-get install --no-install-recommends " + " ".join(absent))
        DOWNLOADS.mkdir(parents=True, exist_ok=True)
        try:
            fetch_packages()
        except subprocess.TimeoutExpired as error:
            raise Missing(f"the arm64 packages did not come in {error.timeout} s") from error
        self.initramfs = DOWNLOADS / "initramfs.cpio"
        write_initramfs(build_programs(), self.initramfs)

    def boot(self, cpu: str, *steps: str, ns_per_instruction_log2: int = 1) -> dict[str, Step]:
        """Runs the steps on a machine whose clock moves by so much with each instruction."""
        command = ["qemu-system-aarch64", "-M", "virt", "-cpu", cpu, "-m", "256", "-smp", "1"]
        command += [
            "-icount",
            f"shift={ns_per_instruction_log2}",
            "-nodefaults",
            "-display",
            "none",
            "-serial",
            "stdio",
        ]
        command += [
            "-no-reboot",
            "-kernel",
            str(kernel()),
            "-initrd",
            str(self.initramfs),
            "-append",
        ]
        command += [f"console=ttyAMA0 quiet loglevel=1 panic=-1 rdinit=/init -- {' '.join(steps)}"]
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=BOOT_TIMEOUT_S,
        )
        console = done.stdout.decode(errors="replace")
        taken = steps_of(console)
        if done.returncode != 0 or set(taken) != set(steps):
            errors = done.stderr.decode(errors="replace")
            raise RuntimeError(f"the guest did not finish:\n{console[-3000:]}\n{errors}")
        return taken
