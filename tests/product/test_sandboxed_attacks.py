"""Programs that try to get out of the sandbox, and workers that a program has taken over, get nowhere."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import dana_poet
from dana_poet.errors import DanaError, LimitError
from dana_poet.runtime.tracebacks import diagnostics_of
from dana_poet.sandboxed import session
from dana_poet.sandboxed.answers import BadAnswer, Reader
from dana_poet.sandboxed.door import INSIDE, ModelDoor, ModuleFiles, Printer
from dana_poet.sandboxed.limits import DEFAULT
from dana_sandbox.pool import Pool
from dana_sandbox.service import Ended, Service
from tests.product import raw_workers

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
ATTACKS = ROOT / "tests" / "corpus" / "attacks"
LIMITS = replace(DEFAULT, wall_seconds=1.5, memory_mib=128, output_bytes=100_000)
POLICY = dana_poet.Policy(sandbox=True, limits=LIMITS)
WORKERS = raw_workers.__name__


@dataclass(frozen=True, slots=True)
class Attack:
    """A program, and the codes of which it has to fail with one; or what it prints, when it is harmless."""

    text: str
    codes: frozenset[str]
    output: str


def all_attacks() -> list[Any]:
    """Return every attack of the corpus, named by file and title."""
    return [
        pytest.param(attack, id=f"{path.stem}: {title}")
        for path in sorted(ATTACKS.glob("*.txt"))
        for title, attack in read_attacks(path.read_text(encoding="utf-8"))
    ]


def read_attacks(text: str) -> Iterator[tuple[str, Attack]]:
    """Yield title and attack: the program stands before `--- error CODE or CODE` or `--- output`."""
    for block in ("\n" + text).split("\n=== ")[1:]:
        title, _, body = block.partition("\n")
        program, kind, rest = re.split(r"^--- (.*)\n?", body, maxsplit=1, flags=re.MULTILINE)
        codes = frozenset(kind.removeprefix("error ").split(" or ")) if kind.startswith("error") else frozenset[str]()
        yield title, Attack(program, codes, rest.rstrip("\n"))


@pytest.mark.parametrize("attack", all_attacks())
def test_an_attack_is_refused_or_contained(attack: Attack, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It fails with its code, or does nothing that it must not; nothing of it happens in this process."""
    (tmp_path / "m.na").write_text("_secret = 7\n")
    code, output = outcome_of(attack.text, tmp_path)
    assert "ESCAPED" not in output
    assert code in (attack.codes or {""})
    assert not attack.output or output.rstrip("\n") == attack.output
    assert "ESCAPED" not in capsys.readouterr().out


def outcome_of(text: str, folder: Path, policy: dana_poet.Policy = POLICY) -> tuple[str, str]:
    """Run a text as a file; return the code of its error, or nothing, and what it printed."""
    (folder / "main.na").write_text(text, encoding="utf-8")
    try:
        return "", dana_poet.run(folder / "main.na", policy=policy).output
    except LimitError as error:
        return error.code, ""
    except Exception as error:  # noqa: BLE001 - any error of the program has a code
        return diagnostics_of(error)[0].code, ""


GENERATED = {
    "brackets": "x = " + "(" * 5000 + "1" + ")" * 5000,
    "lists": "x = " + "[" * 5000 + "]" * 5000,
    "minus": "x = " + "-" * 100_000 + "1",
    "not": "x = " + "not " * 50_000 + "1",
    "attributes": "x = y" + ".a" * 50_000,
    "sums": "x = " + "+".join(["1"] * 100_000),
    "lambdas": "x = " + "lambda: " * 5000 + "1",
    "branches": "if true: 1\n" + "elif true: 2\n" * 20_000,
    "indents": "".join(" " * i + "if true:\n" for i in range(3000)) + " " * 3000 + "1\n",
    "length": "# " + "a" * 1_100_000,
    "zero byte": "x = 1\0\n",
}


@pytest.mark.parametrize("text", GENERATED.values(), ids=GENERATED)
def test_a_text_that_is_too_much_is_an_error(text: str, tmp_path: Path) -> None:
    """The text is read in the worker; what is too deep, too long or no text ends there."""
    code, _ = outcome_of(text, tmp_path)
    assert code.startswith(("D00", "D400"))


# --- the language layer is passed: what the operating system holds


RAW = {
    "open": "result = open('/etc/passwd').read()",
    "write": "result = open('/tmp/dana_escaped', 'w').write('x')",
    "list": "import os; result = os.listdir('/')",
    "environment": "import os; result = dict(os.environ) or 'none'; assert result == 'none'; raise KeyError",
    "fork": "import os; result = os.fork()",
    "exec": "import os; os.execv('/bin/true', ['true'])",
    "thread": "import _thread; result = _thread.start_new_thread(print, ())",
    "kill": "import os; result = os.kill(os.getppid(), 0)",
    "socket": "import _socket; result = _socket.socket()",
    "import": "import sqlite3; result = 1",
}


@pytest.mark.parametrize("code", RAW.values(), ids=RAW)
def test_the_system_holds_what_the_language_did_not(code: str) -> None:
    """Python without any check has no files, no network, no processes; it fails, or its process ends."""
    service = Service(f"{WORKERS}:raw", LIMITS, paths=(str(ROOT),))
    outcome = service.ask(code)
    service.close()
    assert outcome.status == "crashed" or str(outcome.value).endswith("Error"), outcome
    assert not Path("/tmp/dana_escaped").exists()  # noqa: S108 - the file that must not be there


def test_a_service_keeps_its_state_and_ends_when_it_is_closed() -> None:
    """One child for all requests; what cannot cross is refused before it is sent."""
    with Service(f"{WORKERS}:raw", LIMITS, capabilities={"twice": lambda x: 2 * x}, paths=(str(ROOT),)) as service:
        assert service.ask("import math; math.kept = 1; result = host.ask('twice', 21)").value == 42
        assert service.ask("import math; result = math.kept").value == 1
        assert service.ask("host.ask('thrice', 1)").value == "HostSaysNo"
        assert service.ask(len).status == "rejected"
        assert service.ask("import time; time.sleep(9)", wall_seconds=0.2).status == "timeout"
        assert not service.is_open
    assert service.ask("1").status == "crashed"


# --- the worker lies


@pytest.fixture
def lying(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Let programs run in a worker that answers what their text says."""
    monkeypatch.setattr(session, "SERVE", f"{WORKERS}:liar")
    monkeypatch.setattr(session, "_paths", lambda: (str(ROOT), str(ROOT / "grammar")))
    return monkeypatch


FINE = (
    "answer = {'value': 1, 'stays': None, 'error': None, 'unseen': [], 'events': [], 'limit': None, 'seconds': 0.1}\n"
)
FAILURE = (
    "one = {'code': 'D2001', 'message': 'm\\x1b]0;t\\x07', 'hint': '', 'severity': 'error', 'file': '/etc/passwd',"
    " 'span': [1, 1, 1, 5], 'related': []}\n"
    "failure = {'kind': 'X', 'calls': [{'file': '/etc/passwd', 'span': [1, 1, 1, 2], 'where': 'f'}],"
    " 'diagnostics': [one], 'notes': [], 'cause': None, 'cause_is_meant': False}\n"
    "answer['error'] = {'classes': ['SystemExit', 'BaseException'], 'message': 'm', 'hint': '', 'code': 'D2001',"
    " 'dana': True, 'placed': True, 'failure': failure}\n"
)
LIES = {
    "no answer": "answer = 5",
    "nothing": "answer = None",
    "parts missing": "answer = {'value': 1}",
    "error of no form": FINE + "answer['error'] = {'classes': 'SystemExit'}",
    "a class that is no list": FINE + FAILURE + "answer['error']['classes'] = 3",
    "a place below zero": FINE + FAILURE + "one['span'] = [-1, 0, 0, 0]",
    "a place that is no number": FINE + FAILURE + "one['span'] = ['a', 1, 1, 1]",
    "a code that is none": FINE + FAILURE + "one['code'] = '../../x'",
    "no diagnostics": FINE + FAILURE + "failure['diagnostics'] = []",
    "causes without end": FINE
    + FAILURE
    + "c = failure\nfor _ in range(60):\n    c = {**failure, 'cause': c}\nfailure['cause'] = c",
    "events of no form": FINE + "answer['events'] = [{'type': 1}]",
    "unseen of no form": FINE + "answer['unseen'] = [1]",
    "seconds": FINE + "answer['seconds'] = 'long'",
    "a limit that is none": FINE + "answer['limit'] = 'x' * 1000",
    "print of no form": FINE + "host.tell('write', [['out', 5]])",
    "another stream": FINE + "host.tell('write', [['../x', 'text']])",
    "print without end": FINE + "while True:\n    host.tell('write', [['out', 'x' * 50000]])",
    "questions without end": FINE + "while True:\n    host.ask('look', '/')",
    "a question nobody answers": FINE + "host.ask('os.system', 'true')",
    "a question of no form": FINE + "host._channel.send(b'Q' + b'J5')",
    "silence": FINE + "import time\ntime.sleep(100)",
    "a result that is too long": FINE + "answer['value'] = 'x' * 5_000_000",
}


@pytest.mark.parametrize("text", LIES.values(), ids=LIES)
@pytest.mark.usefixtures("lying")
def test_a_lie_is_an_error_of_ours(text: str, tmp_path: Path) -> None:
    """Whatever the worker sends, its host gives a typed error and goes on."""
    with pytest.raises(DanaError):
        run_raw(text, tmp_path)


def run_raw(text: str, folder: Path) -> Any:
    """Run what a worker is to do as the text of a program."""
    (folder / "main.na").write_text(text)
    return dana_poet.run(folder / "main.na", policy=POLICY).value


@pytest.mark.usefixtures("lying")
def test_an_error_of_the_worker_shows_no_file_and_raises_no_class_of_its_choice(tmp_path: Path) -> None:
    """It may say that the program failed. It may not have /etc/passwd read, nor this process ended."""
    with pytest.raises(DanaError) as caught:
        run_raw(FINE + FAILURE, tmp_path)
    said = f"{caught.value} {caught.value.__notes__} {diagnostics_of(caught.value)}"
    assert "/etc/passwd" not in said
    assert "root:" not in said
    assert "\x1b" not in said
    assert "<sandbox>" in said


@pytest.mark.usefixtures("lying")
def test_a_worker_that_answers_well_is_believed(tmp_path: Path) -> None:
    """The lies above fail because they are lies."""
    assert run_raw(FINE, tmp_path) == 1


@pytest.mark.parametrize(
    "frame", ["", "A", "Aunknown", "AJ[[[[", "X", "Q", "N", "AT", "\xff" * 100, "AJ" + "[" * 100_000]
)
def test_noise_is_an_error_of_ours(frame: str) -> None:
    """Bytes that are no answer end the worker and nothing else."""
    service = Service(f"{WORKERS}:noise", LIMITS, paths=(str(ROOT),))
    outcome = service.ask({"text": frame})
    assert outcome.status in {"crashed", "timeout"}
    assert not service.is_open
    assert service.ask({"text": frame}).status == "crashed"


# --- the host's answers


def test_modules_come_from_the_folder_and_from_nowhere_else(tmp_path: Path) -> None:
    """Only `.na` files below the folder, whatever links and dots say."""
    folder = tmp_path / "program"
    (folder / "inner").mkdir(parents=True)
    (tmp_path / "secret.na").write_text("secret")
    (folder / "fine.na").write_text("x = 1")
    (folder / "inner" / "deep.na").write_text("y = 2")
    (folder / "key.txt").write_text("secret")
    (folder / "latin.na").write_bytes(b"\xff")
    (folder / "long.na").write_text("#" * 5000)
    (folder / "link.na").symlink_to(tmp_path / "secret.na")
    (folder / "out").symlink_to(tmp_path)
    (folder / "text.na").symlink_to(folder / "key.txt")
    os.mkfifo(folder / "pipe.na")
    files = ModuleFiles(str(folder), own_folder=True, most_bytes=1000)
    assert files.read(f"{INSIDE}/fine.na") == "x = 1"
    assert files.read(f"{INSIDE}/inner/deep.na") == "y = 2"
    assert files.look(INSIDE) == "folder"
    assert "key.txt" not in files.names(INSIDE)
    refused = [
        "", "fine.na", "/etc/passwd", str(folder / "fine.na"), f"{INSIDE}/../secret.na", f"{INSIDE}/inner/../../secret.na",
        f"{INSIDE}/link.na", f"{INSIDE}/out/secret.na", f"{INSIDE}/key.txt", f"{INSIDE}/text.na", f"{INSIDE}/latin.na",
        f"{INSIDE}/long.na", f"{INSIDE}/pipe.na", f"{INSIDE}x/fine.na", f"{INSIDE}/fine.na\0", f"{INSIDE}//fine.na",
        f"{INSIDE}/" + "a" * 2000 + ".na", f"{INSIDE}/nothing.na", None, 5, [INSIDE], {"a": 1},
    ]  # fmt: skip
    assert [path for path in refused if files.read(path) is not None] == []
    assert [files.names(path) for path in ("/", "/etc", f"{INSIDE}/out", f"{INSIDE}/..", None)] == [[]] * 5


def test_without_the_folder_nothing_is_handed_out(tmp_path: Path) -> None:
    """`Policy.sandboxed()` is for programs that stand in a folder of ours."""
    (tmp_path / "other.na").write_text("print('read')")
    assert ModuleFiles(str(tmp_path), own_folder=False, most_bytes=1000).read(f"{INSIDE}/other.na") is None
    assert outcome_of("import other", tmp_path, dana_poet.Policy.sandboxed()) == ("D2005", "")


def test_a_circle_and_a_giant_of_imports_end(tmp_path: Path) -> None:
    """Modules are read once each, and each no longer than a program may be."""
    (tmp_path / "a.na").write_text("import b")
    (tmp_path / "b.na").write_text("import a")
    assert outcome_of("import a", tmp_path) == ("D2005", "")
    (tmp_path / "giant.na").write_text("#" * 2_000_000)
    assert outcome_of("import giant", tmp_path)[0] == "D2014"
    for number in range(200):
        (tmp_path / f"m{number}.na").write_text(f"import m{number + 1}\n")
    assert outcome_of("import m0", tmp_path)[0] in {"D2005", "D2023"}


def test_settings_of_the_folder_have_no_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither what is allowed nor where questions go, nor that the settings can be read at all."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    (tmp_path / "dana.toml").write_text(
        '[run]\nallow_import = ["os"]\n[llm]\nbase_url = "http://127.0.0.1:9"\nmodel = "m"\n'
    )
    assert outcome_of("import os.py", tmp_path)[0] == "D4001"
    assert outcome_of('reason("x")', tmp_path)[0] == "D2011"
    assert outcome_of('print(env("OPENAI_API_KEY"))', tmp_path) == ("", "None\n")
    (tmp_path / "dana.toml").write_text("[nonsense\n")
    assert outcome_of("print(1)", tmp_path) == ("", "1\n")


def test_questions_to_a_model_are_counted_and_looked_at() -> None:
    """The program chooses neither how often nor which model."""
    from dana_poet.llm import ScriptedModel

    model = ScriptedModel(["yes"] * 60)
    door = ModelDoor(model)
    question = {
        "messages": [["user", "x"]],
        "temperature": None,
        "max_tokens": None,
        "schema": None,
        "schema_name": "a",
    }
    wrong: list[object] = [
        None, 5, {}, {**question, "messages": []}, {**question, "messages": [["root", "x"]]},
        {**question, "messages": [["user", 5]]}, {**question, "messages": [["user", "x" * 300_000]]},
        {**question, "schema": "x"}, {**question, "temperature": "hot"},
    ]  # fmt: skip
    assert all("error" in door(one) for one in wrong)
    assert [request.model for request in model.requests] == []
    assert sum("text" in door(question) for _ in range(100)) == 50 - len(wrong)


@pytest.mark.parametrize("pieces", [None, 5, "text", [["out"]], [["err", "x"]], [["out", 5]], [[5, "x"]], [None]])
def test_only_text_for_a_stream_is_printed(pieces: object) -> None:
    """Anything else ends the worker."""
    written: list[str] = []
    with pytest.raises(Ended):
        Printer(lambda _stream, text: written.append(text), 100)(pieces)
    assert written == []


def test_an_answer_is_read_part_by_part() -> None:
    """A part of the wrong kind is no answer."""
    nothing: dict[str, str] = {}
    reader = Reader(nothing.get)
    some: tuple[object, ...] = (None, 5, [], {}, {"failure": 5}, {"failure": {}, "classes": [], "message": 5})
    for wrong in some:
        with pytest.raises(BadAnswer):
            reader.error(wrong)


def test_no_process_is_left(tmp_path: Path) -> None:
    """Each run ends its own worker, whatever the program did."""
    before = children()
    for text in ("1", "while true: pass", "x = 'a' * 10**10", "1 / 0"):
        outcome_of(text, tmp_path)
    assert children() <= before | {pid for pid in children() if "forkserver" in command_of(pid)}


def children() -> set[int]:
    """Return the processes that this one has started and that live."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid() and fields[0] != "Z":
            found.add(int(path.parent.name))
    return found


def command_of(pid: int) -> str:
    """Return the command line of a process."""
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_text()
    except OSError:
        return ""


def test_a_sandbox_that_cannot_start_runs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It fails closed, and says what to look at."""
    from dana_sandbox.pool import PoolError

    def refuse(*_: object) -> None:
        raise PoolError("not here")

    monkeypatch.setattr(Pool, "lease", refuse)
    (tmp_path / "main.na").write_text("print('ran')")
    with pytest.raises(dana_poet.PolicyError, match="cannot start"):
        dana_poet.run(tmp_path / "main.na", policy=POLICY)
