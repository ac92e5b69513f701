"""The methods that every agent has (LANGUAGE, section 7): planning, chatting, memory, log and figures.

A method or a `def plan(a: N, ...)` of the same name replaces one. Those that ask the language model return a promise,
so that a program can go on meanwhile; the others answer at once.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dana_poet.runtime.agent_core import AgentCore
    from dana_poet.runtime.place import Place

LONGEST_CONTEXT = 8_000
"""Characters of one piece of context that go into a prompt; the rest is cut with a mark."""


class BuiltInMethods:
    """What agents can do before anyone writes a method for them."""

    __slots__ = ()

    __dana_agent__: AgentCore
    name: str
    description: str

    def plan(
        self, task: Any, context: Any = None, resources: Any = None, workflows: Any = None, *, shape: Any = None
    ) -> Any:
        """Return a promise of the steps that lead to `task`, as text, or as a value of the type `shape`."""
        return _ask(self, "planning", "List the steps, one per line.", task, context, resources, workflows, shape)

    def solve(
        self, problem: Any, context: Any = None, resources: Any = None, workflows: Any = None, *, shape: Any = None
    ) -> Any:
        """Return a promise of a solution as text, or as a value of the type `shape`.

        Each of `resources` is asked about the problem first, and what it knows goes into the prompt; `workflows` are
        described in it.
        """
        return _ask(
            self, "solving", "Give the solution and the reasons for it.", problem, context, resources, workflows, shape
        )

    def reason(
        self, premise: Any, context: Any = None, resources: Any = None, workflows: Any = None, *, shape: Any = None
    ) -> Any:
        """Return a promise of what follows from `premise`, as text, or as a value of the type `shape`."""
        return _ask(
            self,
            "reasoning",
            "Answer, and say what the answer rests on.",
            premise,
            context,
            resources,
            workflows,
            shape,
        )

    def chat(self, message: Any, context: Any = None, max_context_turns: int = 5, resources: Any = None) -> Any:
        """Return a promise of the reply to `message`.

        The last `max_context_turns` turns of the conversation go with it. Chats of one agent are answered in the
        order in which they were asked.
        """
        return _chat(self, message, context, max(0, int(max_context_turns)), resources)

    def remember(self, key: Any, value: Any) -> bool:
        """Keep `value` under `key`, across runs with `--state`. Return true."""
        core = self.__dana_agent__
        if core.folder is not None:
            _refuse_unsavable(core, key, value)
        with core.lock:
            core.memory[key] = value
        core.keep_memory()
        return True

    def recall(self, key: Any, default: Any = None) -> Any:
        """Return what was remembered under `key`, `default` when nothing was."""
        return self.__dana_agent__.memory.get(key, default)

    def forget(self, key: Any) -> bool:
        """Drop what was remembered under `key`. Return whether there was anything."""
        core = self.__dana_agent__
        with core.lock:
            known = key in core.memory
            core.memory.pop(key, None)
        core.keep_memory()
        return known

    def get_memory_keys(self) -> list[Any]:
        """Return all keys that something is remembered under, oldest first."""
        return list(self.__dana_agent__.memory)

    def log(self, message: Any, level: str = "info") -> None:
        """Write `message` to the log, with the agent's name before it."""
        from dana_poet.runtime.library import log

        log(f"[{self.name or type(self).__name__}] {message}", level)

    def get_metrics(self) -> dict[str, Any]:
        """Return figures about the agent's work.

        `is_running`, `current_step`, `elapsed_time` (s, of the last model call), `tokens_per_sec` (estimated from the
        length of the last answer), `calls`, `errors`.
        """
        return dict(self.__dana_agent__.metrics)

    def get_conversation_history(self) -> list[dict[str, str]]:
        """Return the conversation, oldest turn first: dicts with `user`, `agent` and `time`."""
        return [dict(turn) for turn in self.__dana_agent__.conversation]

    def get_conversation_stats(self) -> dict[str, Any]:
        """Return figures about the conversation: messages, turns, and in how many runs it took place."""
        core = self.__dana_agent__
        turns = len(core.conversation)
        return {
            "conversation_id": core.id,
            "total_messages": 2 * turns,
            "total_turns": turns,
            "active_turns": turns,
            "summary_count": 0,
            "session_count": core.sessions,
        }

    def clear_conversation(self) -> bool:
        """Forget the conversation; what `remember` keeps stays. Return true."""
        core = self.__dana_agent__
        with core.lock:
            core.conversation.clear()
        core.keep_memory()
        return True

    def clear_conversation_memory(self) -> bool:
        """Forget the conversation, like `clear_conversation`."""
        return self.clear_conversation()


def _ask(
    agent: BuiltInMethods, doing: str, wish: str, about: Any, context: Any, resources: Any, workflows: Any, shape: Any
) -> Any:
    from dana_poet.runtime.promise import spawn

    def answer() -> Any:
        prompt = _prompt(agent, doing, "" if shape else wish, about, context, resources, workflows)
        return _measured(agent.__dana_agent__, doing, lambda: _typed(prompt, shape) if shape else _model(prompt))

    return spawn(answer, label=f"{type(agent).__name__}.{doing}", otherwise=_place_of(agent))


def _chat(agent: BuiltInMethods, message: Any, context: Any, turns: int, resources: Any) -> Any:
    from dana_poet.runtime.promise import spawn

    core = agent.__dana_agent__
    done = threading.Event()
    with core.lock:
        earlier, core.last_chat = core.last_chat, done

    def answer() -> str:
        try:
            if earlier is not None:
                earlier.wait()
            said = core.conversation[-turns:] if turns else []
            history = [turn for before in said for turn in (("user", before["user"]), ("assistant", before["agent"]))]
            system = "\n\n".join([_introduction(agent, "chatting"), *_background(agent, message, context, resources)])
            text = _text(message)
            reply = _measured(core, "chatting", lambda: _model(text or "(an empty message)", system, history))
            _add_turn(core, text, reply)
            return str(reply)
        finally:
            done.set()

    try:
        return spawn(answer, label=f"{type(agent).__name__}.chat", otherwise=_place_of(agent))
    except BaseException:
        done.set()
        raise


def _place_of(agent: Any) -> Place | None:
    found: Place | None = type(agent).__dana_place__
    return found


def _model(prompt: str, system: str | None = None, history: Iterable[tuple[str, str]] = ()) -> str:
    from dana_poet.runtime.reason import ask

    return ask(prompt, system=system, history=history)


def _typed(prompt: str, shape: Any) -> Any:
    from dana_poet.runtime.reason import reason

    return reason(prompt, shape=shape)


def _measured(core: AgentCore, doing: str, work: Callable[[], Any]) -> Any:
    """Call `work` and keep the figures that `get_metrics` shows."""
    from time import perf_counter

    metrics = core.metrics
    metrics.update(is_running=True, current_step=doing)
    metrics["calls"] += 1
    start = perf_counter()
    try:
        reply = work()
    except BaseException:
        metrics["errors"] += 1
        raise
    finally:
        seconds = perf_counter() - start
        metrics.update(is_running=False, current_step="idle", elapsed_time=seconds)
    metrics["tokens_per_sec"] = round(len(str(reply)) / 4 / seconds, 1) if seconds > 0 else 0.0
    return reply


def _add_turn(core: AgentCore, message: str, reply: str) -> None:
    from datetime import UTC, datetime

    with core.lock:
        core.conversation.append({"user": message, "agent": reply, "time": datetime.now(UTC).isoformat()})
        core.save_conversation()


def _prompt(
    agent: BuiltInMethods, doing: str, wish: str, about: Any, context: Any, resources: Any, workflows: Any
) -> str:
    parts = [
        f"{_introduction(agent, doing)}: {_text(about)}",
        *filter(None, [wish]),
        *_background(agent, about, context, resources),
    ]
    if workflows:
        parts.append(
            "Ways of working that have proved themselves:\n" + "\n".join(map(_workflow_text, _listed(workflows)))
        )
    return "\n\n".join(parts)


def _introduction(agent: BuiltInMethods, doing: str) -> str:
    return f"You are {type(agent).__name__}, {doing}"


def _background(agent: BuiltInMethods, about: Any, context: Any, resources: Any) -> list[str]:
    parts = []
    if agent.name and agent.name != type(agent).__name__:
        parts.append(f"Your name: {agent.name}")
    if agent.description:
        parts.append(f"Who you are: {agent.description}")
    if repr(agent) != f"{type(agent).__name__}()":
        parts.append(f"Your settings: {_cut(repr(agent))}")
    memory = agent.__dana_agent__.memory
    if memory:
        parts.append("You remember:\n" + _cut("\n".join(f"{key}: {value}" for key, value in memory.items())))
    if context is not None:
        parts.append(f"Context:\n{_text(context)}")
    asked = _listed(resources)
    if asked and not _is_mocked():
        parts.extend(_resource_text(resource, about) for resource in asked)
    return parts


def _is_mocked() -> bool:
    from dana_poet.runtime.reason import is_mocked

    return is_mocked()


def _resource_text(resource: Any, about: Any) -> str:
    query = getattr(resource, "query", None)
    known = query(str(about)) if callable(query) else resource
    name = getattr(resource, "name", None) or type(resource).__name__
    return f"From {name}:\n{_text(known)}"


def _workflow_text(workflow: Any) -> str:
    describe = getattr(workflow, "describe", None)
    if callable(describe):
        return str(describe())
    name = getattr(workflow, "__name__", None) or str(workflow)
    return f"{name}: {workflow.__doc__}" if getattr(workflow, "__doc__", None) else name


def _listed(values: Any) -> list[Any]:
    if values is None:
        return []
    return list(values) if isinstance(values, (list, tuple, set)) else [values]


def _text(value: Any) -> str:
    return _cut(str(value))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_CONTEXT else f"{text[:LONGEST_CONTEXT]} [cut]"


def _refuse_unsavable(core: AgentCore, key: Any, value: Any) -> None:
    from dana_poet.runtime.encoding import encode

    encode({key: value}, f"what agent {core.id} is to remember")
