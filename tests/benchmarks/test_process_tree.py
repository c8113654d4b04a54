"""CPU and memory as they are read from the process table."""

import os

from benchmarks.process_tree import CpuReading, ProcessTree, cpu_percent


def test_cpu_is_what_the_tree_used_between_two_readings_in_percent_of_a_core() -> None:
    before = CpuReading(at=10.0, seconds={1: 5.0, 2: 1.0})
    after = CpuReading(at=20.0, seconds={1: 7.0, 2: 1.5, 3: 0.5})

    assert cpu_percent(before, after) == 30.0


def test_our_own_process_has_memory_and_spends_time() -> None:
    tree = ProcessTree(os.getpid())

    assert tree.memory_mb() > 5
    assert tree.read_cpu().seconds[os.getpid()] > 0
