"""One search of one engine on one prompt task: `python -m tests.benchmarks.prompt_engines ENGINE WORLD SEED...`."""

from __future__ import annotations

import json
import random
import sys
import time
from typing import Any

from tests.benchmarks import prompt_task
from tests.benchmarks.prompt_task import MAIN, OTHERS, START, World

REACH = 0.85
GEPA_BUDGET = 1500
OUR_BUDGET = 465


def ours(seed: int, world: World, budget: int = OUR_BUDGET) -> dict[str, Any]:
    """Search with PromptOptimizer."""
    from dana_poet.prompts import PromptOptimizer, Step

    task, scorer = prompt_task.task(seed, world), prompt_task.Scorer(seed, world)
    reached: list[int] = []

    def look(step: Step) -> None:
        if not reached and prompt_task.truth(search.leader.text, task.test, world) >= REACH:
            reached.append(step.calls)

    search = PromptOptimizer(
        START, task.train, scorer, held=task.val, budget=budget, seed=seed, on_step=look,
        proposer=lambda prompt, failures, rng: prompt_task.propose(prompt, [one.feedback for one in failures], rng, world),
    )  # fmt: skip
    found = search.run()
    assert scorer.calls == found.calls <= budget
    final = prompt_task.truth(found.template.text, task.test, world)
    has = prompt_task.clauses_of(found.template.text, world)
    return {
        "reached": reached[0] if reached else None, "final": final, "calls": scorer.calls, "proposals": found.proposals,
        "missing": sorted(world.needed.keys() - has),
        "harmful": sorted(name for name in has & world.harm.keys() if world.harm[name]),
    }  # fmt: skip


def gepa(seed: int, world: World, budget: int = GEPA_BUDGET, strategy: str = "current_best") -> dict[str, Any]:
    """Search with GEPA and the same proposer, in its best settings on this task: `current_best` and its cache."""
    import importlib

    optimize = importlib.import_module("gepa").optimize
    EvaluationBatch = importlib.import_module("gepa.core.adapter").EvaluationBatch  # noqa: N806 - a class

    task, scorer, rng = prompt_task.task(seed, world), prompt_task.Scorer(seed, world), random.Random(seed)  # noqa: S311 - an experiment
    seen: list[tuple[int, float, str]] = []
    asked = [0]

    class Adapter:
        propose_new_texts = None

        def evaluate(self, batch: Any, candidate: Any, capture_traces: bool = False) -> Any:
            found = [scorer(candidate["prompt"], one) for one in batch]
            told = [one[1] for one in found] if capture_traces else None
            return EvaluationBatch(outputs=found, scores=[one[0] for one in found], trajectories=told)

        def make_reflective_dataset(self, _candidate: Any, batch: Any, _components: Any) -> Any:
            return {"prompt": [{"Feedback": said} for said in batch.trajectories]}

    class Looking:
        def on_valset_evaluated(self, event: Any) -> None:
            seen.append((scorer.calls, event["average_score"], event["candidate"]["prompt"]))

    class Quiet:
        def log(self, *args: Any, **options: Any) -> None:
            pass

    def propose(candidate: Any, dataset: Any, _components: Any) -> Any:
        asked[0] += 1
        said = [one["Feedback"] for one in dataset["prompt"]]
        return {"prompt": prompt_task.propose(candidate["prompt"], said, rng, world)}

    found = optimize(
        seed_candidate={"prompt": START}, trainset=list(task.train), valset=list(task.val), adapter=Adapter(),
        custom_candidate_proposer=propose, candidate_selection_strategy=strategy, cache_evaluation=True,
        max_metric_calls=budget, seed=seed, logger=Quiet(), callbacks=[Looking()], reflection_minibatch_size=3,
    )  # fmt: skip
    reached, best = None, -1.0
    for calls, average, prompt in seen:
        if average > best:
            best = average
            if reached is None and prompt_task.truth(prompt, task.test, world) >= REACH:
                reached = calls
    final = prompt_task.truth(found.best_candidate["prompt"], task.test, world)
    return {"reached": reached, "final": final, "calls": scorer.calls, "proposals": asked[0]}


ENGINES: dict[str, Any] = {
    "ours": ours, "gepa": gepa, "gepa@465": lambda seed, world: gepa(seed, world, OUR_BUDGET),
    "gepa pareto": lambda seed, world: gepa(seed, world, GEPA_BUDGET, "pareto"),
}  # fmt: skip


def main() -> None:
    """Print one line of JSON for each seed."""
    engine, name, *seeds = sys.argv[1:]
    world = MAIN if name == "main" else OTHERS[name]
    for seed in seeds:
        begun = time.process_time()
        found = ENGINES[engine](int(seed), world)
        print(json.dumps({**found, "seed": int(seed), "seconds": time.process_time() - begun}), flush=True)


if __name__ == "__main__":
    main()
