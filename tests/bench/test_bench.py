"""The benchmarks run; how fast is not a test's business."""

import subprocess
import sys

from tests.bench.figure import ROOT, percentile


def test_a_benchmark_prints_its_table() -> None:
    """`python -m tests.bench --quick startup` starts real servers and the daemon, and ends well."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--quick", "startup"],
        cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for words in ("mailbot --help", "mailbot list", "until READY=1", "python -c pass"):
        assert words in done.stdout


def test_an_unknown_benchmark_is_named_with_the_known_ones() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "speed"],
        cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "no benchmark is called speed; there are letters" in done.stderr


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(value) for value in range(1, 101)]
    assert (percentile(values, 0.5), percentile(values, 0.99), percentile(values, 1.0)) == (50.0, 99.0, 100.0)
    assert percentile([7.0], 0.99) == 7.0
