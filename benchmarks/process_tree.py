"""CPU time and memory of a process with everything it started, read from the process table."""

import time
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class CpuReading:
    """CPU seconds spent so far by each living process of a tree, and when this was read (monotonic seconds)."""

    at: float
    seconds: dict[int, float]


class ProcessTree:
    """A process and all its descendants, seen from outside; Linux only."""

    def __init__(self, pid: int) -> None:
        """Watch the tree whose root is `pid`."""
        self._root = psutil.Process(pid)

    def processes(self) -> list[psutil.Process]:
        """Return the living processes of the tree, the root first."""
        try:
            return [self._root, *self._root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def read_cpu(self) -> CpuReading:
        """Return the CPU time of the tree up to now."""
        seconds: dict[int, float] = {}
        for process in self.processes():
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            seconds[process.pid] = times.user + times.system
        return CpuReading(time.monotonic(), seconds)

    def memory_mb(self) -> float:
        """Return the proportional memory (PSS) of the tree in MB of 1024 kB: pages shared by n count 1/n in each."""
        return sum(_pss_kb(process.pid) for process in self.processes()) / 1024


def cpu_percent(before: CpuReading, after: CpuReading) -> float:
    """Return what a tree used between two readings, in percent of one core.

    A process born in between counts whole; what one used that died in between is not known and not counted.
    """
    used = sum(seconds - before.seconds.get(pid, 0.0) for pid, seconds in after.seconds.items())
    return 100 * used / (after.at - before.at)


def _pss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
