"""A plain Python function that learns from verdicts: the decorator below is all there is to it.

Run it with `python examples/drift_feedback.py`. What it learns is kept in `.poet` beside this file (or DANA_STATE_DIR),
so that a second run goes on from there.
"""

from __future__ import annotations

import random

from dana_poet import feedback, poet


@poet(domain="ml_monitoring", learning="continuous")
def latency_drifted(today: list[float], history: list[list[float]], limit: float = 1.0) -> dict[str, object]:
    """Compare today's mean with the days before it, in standard deviations of their means."""
    means = [sum(day) / len(day) for day in history]
    usual = sum(means) / len(means)
    spread = (sum((mean - usual) ** 2 for mean in means) / len(means)) ** 0.5
    score = abs(sum(today) / len(today) - usual) / spread
    return {"score": score, "limit": limit, "drift_detected": score > limit}


def days(count: int, seed: int = 3) -> list[list[float]]:
    """Return days of 24 latencies in milliseconds; from day 50 on every tenth day is 12 ms slower."""
    source = random.Random(seed)  # noqa: S311 - an example, no secrets
    return [
        [source.gauss(112.0 if day >= 50 and day % 10 == 0 else 100.0, 8.0) for _ in range(24)] for day in range(count)
    ]


def main() -> None:
    """Watch sixty days; somebody looks at every alarm and says whether it was real."""
    series = days(90)
    counts = {"first thirty days": [0, 0], "last thirty days": [0, 0]}
    for day in range(30, 90):
        result = latency_drifted(series[day], series[day - 30 : day])
        if result["drift_detected"]:
            real = day >= 50 and day % 10 == 0
            feedback(result, {"was_real_drift": real})
            counts["first thirty days" if day < 60 else "last thirty days"][not real] += 1
    for name, (real, false) in counts.items():
        print(f"{name}: {real} true and {false} false alarms")
    print(f"limit: 1.0 at the start, {latency_drifted.poet.learned['limit']:.2f} now")


if __name__ == "__main__":
    main()
