"""Pictures of learning, as PNG or SVG files: the path of parameters, quality with its interval, regret.

They need matplotlib (`pip install dana-poet[plot]`), which is loaded when the first picture is drawn.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dana_learning.errors import LearningError, ParameterError
from dana_learning.kinds import Choice, Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from dana_learning.explain import Explained
    from dana_learning.parameter import Leaf, Space

SUFFIXES = {".png", ".svg"}
TRIED, SERVED, BAND, CHANGE = "#9aa5b1", "#1f5fa8", "#c9dcf2", "#c2571a"
WIDTH = 8.0
BINS = 20
"""Executions over which a quality is averaged."""


def _figure(rows: int, height: float) -> tuple[Figure, list[Axes]]:
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as cause:
        raise LearningError("pictures need matplotlib", hint="pip install 'dana-poet[plot]'") from cause
    figure = Figure(figsize=(WIDTH, 0.9 + height * rows), layout="constrained")
    FigureCanvasAgg(figure)
    axes = [figure.add_subplot(rows, 1, 1 + place) for place in range(rows)]
    for one in axes:
        one.spines[["top", "right"]].set_visible(False)
        one.grid(axis="y", color="#e4e7eb", linewidth=0.8)
        one.set_axisbelow(True)
    return figure, axes


def _saved(figure: Figure, path: str | Path) -> Path:
    file = Path(path)
    if file.suffix.lower() not in SUFFIXES:
        raise ParameterError(f"a picture in {file.name!r}", field="path", expected="a file that ends in .png or .svg")
    figure.savefig(file, dpi=130)
    return file


def parameter_path(
    space: Space, tried: Sequence[Mapping[str, Any]], served: Sequence[Mapping[str, Any]], path: str | Path,
    *, changes: Sequence[Explained] = (), title: str = "Parameters",
) -> Path:  # fmt: skip
    """Draw what was tried in each execution and what was served after it, one panel for each parameter; return the file."""
    figure, axes = _figure(len(space.leaves), 1.7)
    steps = range(1, max(len(tried), len(served)) + 1)
    for leaf, one in zip(space.leaves, axes, strict=True):
        _panel(
            one,
            leaf,
            [_value(space, leaf, values) for values in tried],
            [_value(space, leaf, values) for values in served],
        )
        one.set_xlim(0.5, max(len(steps), 1) + 0.5)
        for change in changes:
            one.axvline(change.step + 0.5, color=CHANGE, linewidth=0.9, alpha=0.7, zorder=1)
        if one is not axes[-1]:
            one.tick_params(labelbottom=False)
    axes[-1].set_xlabel("execution")
    figure.align_ylabels(axes)
    handles, labels = axes[0].get_legend_handles_labels()
    if changes:
        handles.append(axes[0].plot([], [], color=CHANGE, linewidth=0.9)[0])
        labels.append("change")
    figure.suptitle(title, x=0.01, ha="left", fontsize="large")
    figure.legend(handles, labels, loc="outside upper right", ncols=3, frameon=False)
    return _saved(figure, path)


def _value(space: Space, leaf: Leaf, values: Mapping[str, Any]) -> float:
    """Return a number to draw: the value of a number, the position of an option."""
    row = space.encode(values)[leaf.first : leaf.last]
    match leaf.parameter:
        case Parameter() as number:
            return number.from_unit(float(row[0]))
        case _:
            return float(row.argmax())


def _panel(axes: Axes, leaf: Leaf, tried: list[float], served: list[float]) -> None:
    axes.scatter(range(1, len(tried) + 1), tried, s=14, color=TRIED, label="tried", zorder=2)
    axes.step(range(1, len(served) + 1), served, where="post", color=SERVED, linewidth=2.0, label="served", zorder=3)
    match leaf.parameter:
        case Parameter() as number:
            axes.set_ylabel(f"{leaf.path}{f' [{number.unit}]' if number.unit else ''}")
            if number.scale == "log":
                axes.set_yscale("log")
                axes.yaxis.set_major_formatter("{x:g}")
                axes.set_ylim(
                    number.low / (number.high / number.low) ** 0.05, number.high * (number.high / number.low) ** 0.05
                )
            else:
                edge = 0.05 * (number.high - number.low)
                axes.set_ylim(number.low - edge, number.high + edge)
        case Choice() as choice:
            axes.set_ylabel(leaf.path)
            axes.set_yticks(range(len(choice.options)), [str(option) for option in choice.options])
            axes.set_ylim(-0.5, len(choice.options) - 0.5)


def quality_with_interval(
    qualities: Sequence[float], path: str | Path, *, changes: Sequence[Explained] = (), title: str = "Quality"
) -> Path:
    """Draw the quality of each execution, its running mean (`BINS` executions) and a 95% interval of that mean.

    The interval is for reading one place of the picture (Student's t); an `Experiment` compares sets at any time.
    """
    figure, (axes,) = _figure(1, 3.2)
    axes.scatter(range(1, len(qualities) + 1), qualities, s=12, color=TRIED, label="one execution", zorder=2)
    steps, means, lows, highs = [], [], [], []
    for step in range(2, len(qualities) + 1):
        seen = qualities[max(step - BINS, 0) : step]
        mean = sum(seen) / len(seen)
        spread = math.sqrt(sum((one - mean) ** 2 for one in seen) / (len(seen) - 1) / len(seen)) * _student(
            len(seen) - 1
        )
        steps.append(step)
        means.append(mean)
        lows.append(max(mean - spread, 0.0))
        highs.append(min(mean + spread, 1.0))
    axes.fill_between(steps, lows, highs, color=BAND, label="95% interval of the mean", zorder=1, linewidth=0)
    axes.plot(steps, means, color=SERVED, linewidth=2.0, label=f"mean of the last {BINS}", zorder=3)
    for place, change in enumerate(changes):
        axes.axvline(change.step + 0.5, color=CHANGE, linewidth=0.9, alpha=0.7, label="" if place else "change")
    axes.set_ylim(-0.03, 1.03)
    axes.set_xlim(0.5, max(len(qualities), 1) + 0.5)
    axes.set(xlabel="execution", ylabel="quality")
    figure.suptitle(title, x=0.01, ha="left", fontsize="large")
    figure.legend(loc="outside lower center", ncols=4, frameon=False)
    return _saved(figure, path)


def _student(freedom: int) -> float:
    """Return the 97.5% point of Student's t, to a hundredth from 3 degrees on (Cornish and Fisher's expansion).

    >>> round(_student(1), 1), round(_student(9), 2), round(_student(1000), 2)
    (12.7, 2.26, 1.96)
    """
    if freedom <= 2:
        return {1: 12.706, 2: 4.303}[max(freedom, 1)]
    z = 1.959964
    first, second = (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96
    return z + first / freedom + second / freedom**2 + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384 / freedom**3


def regret(runs: Mapping[str, Sequence[float]], best: float, path: str | Path, *, title: str = "Regret") -> Path:
    """Draw for each named run of qualities how much was lost in total against the best quality there is."""
    figure, (axes,) = _figure(1, 3.2)
    colours = [SERVED, CHANGE, "#3a7d44", "#7a4fa3", "#555b66"]
    for place, (name, qualities) in enumerate(runs.items()):
        total, lost = 0.0, [0.0]
        for quality in qualities:
            total += best - quality
            lost.append(total)
        axes.plot(range(len(lost)), lost, color=colours[place % len(colours)], linewidth=2.0, label=name)
    axes.set(xlabel="execution", ylabel=f"total loss against {best:.3g}")
    axes.set_xlim(left=0)
    if runs:
        axes.legend(frameon=False, loc="upper left")
    figure.suptitle(title, x=0.01, ha="left", fontsize="large")
    return _saved(figure, path)
