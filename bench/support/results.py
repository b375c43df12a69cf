"""Results of a benchmark: how costs grow, and what they were in the run kept."""

import json
import math

from .database import ROOT

PROCESSOR = ("python_ms", "postgres_ms")
# Below it a clock measures itself.
LEAST_MS = 1.0


def get_processor_ms(costs):
    """Return the processor time of Python and PostgreSQL.

    :param dict costs: of an operation, as support.clock measures them
    :rtype: float
    """
    return sum(costs[name] for name in PROCESSOR)


def get_exponent(small, large, size, cost):
    """Return how a cost grows with a size: 0 is not at all, 1 in proportion.

    :param dict small: a run, with its size and its cost
    :param dict large: another one
    """
    growth = math.log(large[size] / small[size])
    return round(math.log(large[cost] / small[cost]) / growth, 2)


def get_growth(runs, size):
    """Return the exponents of the processor time between the two largest sizes.

    :param list[dict] runs: each with its size and the costs of its ``operations``
    :param str size: name of the size
    :rtype: dict[str, float]
    """
    if len(runs) < 2:
        return {}
    return {
        name: get_exponent(
            *(
                {
                    size: run[size],
                    "ms": max(get_processor_ms(run["operations"][name]), LEAST_MS),
                }
                for run in runs[-2:]
            ),
            size,
            "ms",
        )
        for name in runs[-1]["operations"]
    }


def print_runs(benchmark, runs, size):
    """Print processor times by size, the other costs of the largest, and growth.

    :param str benchmark: its name; the run in bench/baseline is shown beside it
    """
    kept = {run[size]: run["operations"] for run in read_baseline(benchmark)}
    growth = get_growth(runs, size)
    sizes = " ".join(f"{run[size]:>9}" for run in runs)
    print(
        f"{'processor ms':34} {sizes} {'kept':>8} {'growth':>7} {'python':>8}"
        f" {'postgres':>8} {'wall':>8} {'queries':>7} {'MiB':>5}"
    )
    for name, costs in runs[-1]["operations"].items():
        times = " ".join(
            f"{get_processor_ms(run['operations'][name]):9.1f}" for run in runs
        )
        before = kept.get(runs[-1][size], {}).get(name)
        print(
            f"{name:34} {times}"
            f" {f'{get_processor_ms(before):.1f}' if before else '-':>8}"
            f" {growth.get(name, '-'):>7} {costs['python_ms']:8.1f}"
            f" {costs['postgres_ms']:8.1f} {costs['wall_ms']:8.1f}"
            f" {costs['queries']:7.0f} {costs['memory_mib']:5.0f}"
        )


def write_result(name, result):
    """Keep a result for comparing it with others."""
    target = ROOT / "bench" / "results" / f"{name}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=2) + "\n")


def read_baseline(name):
    """Return the runs that are kept for comparison, if there are some.

    :rtype: list[dict]
    """
    path = ROOT / "bench" / "baseline" / f"{name}.json"
    return json.loads(path.read_text())["runs"] if path.exists() else []
