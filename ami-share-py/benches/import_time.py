"""How long `import ami_share` takes, over an interpreter that imports nothing.

Prints the median of each over many starts, the difference, and the ratio.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

STARTS = 15


def measure(program: str) -> float:
    """One start of the interpreter, in milliseconds."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True)
    return (time.perf_counter() - begun) * 1_000


def main() -> None:
    """Measures by turns, so that a slow moment hits both."""
    programs = {"bare": "pass", "ami_share": "import ami_share"}
    times: dict[str, list[float]] = {name: [] for name in programs}
    for program in programs.values():
        measure(program)
    for _ in range(STARTS):
        for name, program in programs.items():
            times[name].append(measure(program))
    bare, ours = (statistics.median(times[name]) for name in programs)
    print(f"bare interpreter: {bare:.1f} ms")
    print(f"ami_share: +{ours - bare:.1f} ms, ratio {ours / bare:.2f}")


if __name__ == "__main__":
    main()
