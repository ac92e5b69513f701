"""Two learners for one domain each: the thermal model of a building, and which prompt works for which kind of question."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dana_learning.errors import LearningError, ParameterError
from dana_learning.kinds import Choice, Parameter
from dana_learning.online.online_learner import OnlineLearner
from dana_learning.online.tuner import Tuner
from dana_learning.parameter import Space
from dana_learning.plugins.llm import prompt_features
from dana_learning.records import Moments
from dana_learning.store import restore

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_learning.observation import OnlineFeedback
    from dana_learning.store import LearningStore

THERMAL, EQUIPMENT = "hvac_thermal_model", "hvac_equipment"
SPACES = {
    THERMAL: Space([
        Parameter("thermal_lag", 20.0, 5.0, 60.0, unit="min"), Parameter("setpoint_offset", 0.0, -5.0, 5.0, unit="K"),
    ]),
    EQUIPMENT: Space([
        Parameter("deadband", 2.0, 0.5, 4.0, unit="K"), Parameter("cycles_per_hour", 4.0, 1.0, 6.0),
    ]),
}  # fmt: skip
"""What may be learned of heating and cooling; these bounds are those of safety and are never left."""


class HVACLearningHandler:
    """Learns the thermal model and the use of equipment of a building, and keeps both in a store.

    >>> from dana_learning import MemoryStore, OnlineFeedback
    >>> handler = HVACLearningHandler(MemoryStore())
    >>> found = handler.update_thermal_parameters(OnlineFeedback("run-1", "heat", "", 0.95))
    >>> 5.0 <= found["thermal_lag"] <= 60.0, handler.learning_store.parameters("hvac_thermal_model") == found
    (True, True)
    """

    def __init__(self, learning_store: LearningStore, *, seed: int = 0) -> None:
        self.learning_store = learning_store
        # The thermal model is learned more slowly: a building answers late, and people feel it.
        self._rates = {THERMAL: 0.02, EQUIPMENT: 0.05}
        self._learners = {name: self._learner(name, rate, seed) for name, rate in self._rates.items()}

    def _learner(self, name: str, rate: float, seed: int) -> OnlineLearner:
        """Return the learner as it was kept; a new one where there is none that can be used."""
        try:
            state = self.learning_store.load_state(name, signature=SPACES[name].signature())
            if state is not None:
                return OnlineLearner.from_state(state, SPACES[name])
        except (LearningError, KeyError, TypeError, ValueError):
            pass  # kept for other bounds, or spoiled: what is served stays inside today's bounds either way
        return OnlineLearner(rate, space=SPACES[name], seed=seed)

    def update_thermal_parameters(self, feedback: OnlineFeedback) -> dict[str, Any]:
        """Learn from how the building answered; return the values to use next, inside their bounds."""
        return self._updated(THERMAL, feedback)

    def update_equipment_parameters(self, feedback: OnlineFeedback) -> dict[str, Any]:
        """Learn from how the equipment worked; return the values to use next, inside their bounds."""
        return self._updated(EQUIPMENT, feedback)

    def _updated(self, name: str, feedback: OnlineFeedback) -> dict[str, Any]:
        from dataclasses import replace

        space, learner = SPACES[name], self._learners[name]
        current, _ = restore(self.learning_store, name, space)
        used = {key: feedback.values.get(key, value) for key, value in current.items()}
        told = replace(feedback, function_name=name, values=space.clip(used)[0])
        values, _ = space.clip(learner.update_parameters(told, current))
        confidence = 0.8 if feedback.output_quality > 0.9 else 0.5
        self.learning_store.set_parameters(name, values, confidence=confidence, signature=space.signature())
        self.learning_store.save_state(name, learner.state(), signature=space.signature())
        return values


class PromptOptimizationLearner:
    """Learns which of several prompts works best, for each context, and which traits of prompts go with good answers.

    `variants` are prompts by name. Feedback says with which one (`values={"prompt": name}`) or with which text
    (`user_feedback={"prompt_used": text}`) it was asked. Texts of feedback are not kept, only what they consist of.

    >>> from dana_learning import MemoryStore, OnlineFeedback
    >>> variants = {"plain": "Summarise this.", "strict": "You are an editor. Answer as JSON."}
    >>> learner = PromptOptimizationLearner(MemoryStore(), variants)
    >>> for run in range(40):
    ...     name, _ = learner.suggest()
    ...     quality = 0.9 if name == "strict" else 0.4
    ...     found = learner.learn_prompt_strategies(OnlineFeedback(f"run-{run}", "ask", "", quality, values={"prompt": name}))
    >>> found["best"], found["effectiveness_scores"]["has_format_instruction"]["difference"] > 0.3
    ('strict', True)
    """

    def __init__(
        self, learning_store: LearningStore, variants: Mapping[str, str], *, name: str = "prompts", seed: int = 0
    ) -> None:
        if len(variants) < 2:
            raise ParameterError(
                f"the variants are {list(variants)}", field="variants", expected="at least two by name"
            )
        self.learning_store = learning_store
        self.prompt_variants = dict(variants)
        self.name = name
        names = tuple(variants)
        space = Space([Choice("prompt", names[0], names)])
        self._contexts: dict[str, dict[str, Any]] = {}
        self._traits: dict[str, tuple[Moments, Moments]] = {}
        self._tuner = Tuner(space, seed=seed)
        self._load(space)

    def _load(self, space: Space) -> None:
        try:
            state = self.learning_store.load_state(self.name, signature=space.signature())
            if state is not None:
                self._tuner = Tuner.from_state(state["tuner"], space)
                self._contexts = {key: json.loads(key) for key in state["contexts"]}
                rows = state["traits"].items()
                self._traits = {
                    trait: (Moments.from_row(trait, with_it), Moments.from_row(trait, without))
                    for trait, (with_it, without) in rows
                }
        except (LearningError, KeyError, TypeError, ValueError):
            return  # kept for other variants, or spoiled: it is learned anew

    def suggest(self, context: Mapping[str, Any] | None = None) -> tuple[str, str]:
        """Return name and text of the prompt to use next."""
        trial = self._tuner.suggest(context)
        self._tuner.cancel(trial.id)
        name = str(trial.values["prompt"])
        return name, self.prompt_variants[name]

    def learn_prompt_strategies(self, feedback: OnlineFeedback) -> dict[str, Any]:
        """Learn from an answer; return the templates, the best for each context, and what traits are worth."""
        name = feedback.values.get("prompt")
        text = (feedback.user_feedback or {}).get("prompt_used", self.prompt_variants.get(str(name), ""))
        if name in self.prompt_variants:
            self._tuner.observe({"prompt": name}, feedback.output_quality, context=feedback.context)
            self._tuner.decide()
            if feedback.context and len(self._contexts) < 50:
                self._contexts[json.dumps(dict(feedback.context), sort_keys=True)] = dict(feedback.context)
        if text:
            self._note(str(text), feedback.output_quality)
        traits = {
            trait: [one.row() for one in pair] for trait, pair in self._traits.items() if all(one.count for one in pair)
        }
        state = {"tuner": self._tuner.state(), "contexts": list(self._contexts), "traits": traits}
        self.learning_store.save_state(self.name, state, signature=self._tuner.space.signature())
        return self.strategies()

    def _note(self, text: str, quality: float) -> None:
        for trait, value in prompt_features(text).items():
            if trait.startswith("has_"):
                have, lack = self._traits.get(trait, (Moments(), Moments()))
                one = Moments.of([quality])
                self._traits[trait] = (have.merged(one), lack) if value else (have, lack.merged(one))

    def strategies(self) -> dict[str, Any]:
        """Return the templates by name, the best one on the whole and for each context, and what traits are worth."""
        scores = {
            trait: {"with": have.mean, "without": lack.mean, "difference": have.mean - lack.mean, "executions": have.count + lack.count}
            for trait, (have, lack) in self._traits.items() if have.count and lack.count
        }  # fmt: skip
        return {
            "prompt_templates": dict(self.prompt_variants), "best": self._tuner.served()["prompt"],
            "context_strategies": {key: self._tuner.served(one)["prompt"] for key, one in self._contexts.items()},
            "effectiveness_scores": scores,
        }  # fmt: skip
