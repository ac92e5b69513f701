"""Resources: definitions, life cycle, the registry of kinds, and the small shipped kinds."""

from __future__ import annotations

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from dana_poet.errors import (
    DanaAttributeError,
    DanaCallError,
    DanaError,
    DanaImportError,
    DanaTypeError,
    DanaValueError,
    PolicyError,
)  # fmt: skip
from dana_poet.runtime import place
from dana_poet.runtime.members import member, receive
from dana_poet.runtime.resources import define_resource, get_resource, registry, scope, use
from dana_poet.runtime.resources.memory import CacheResource
from dana_poet.runtime.resources.webhook import begins_like
from dana_poet.runtime.types import type_text

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _own_resources() -> Any:
    """What a test got is stopped at its end."""
    with scope():
        yield


def spec(name: str, kind: Any, *default: Any) -> tuple[str, Any, Any]:
    """Return a field as generated code writes it."""
    return name, lambda: kind, (lambda: default[0]) if default else None


def database(**options: Any) -> Any:
    """Return `resource Database:` with two fields."""
    return define_resource("Database", fields=(spec("host", str), spec("port", int, 5432)), **options)


def test_a_definition_is_like_a_struct() -> None:
    """Fields by keyword or position, checked, with defaults per instance."""
    db = database()("h", port=1)
    assert (db.host, db.port, repr(db), type_text(db)) == ("h", 1, "Database(host='h', port=1)", "Resource[Database]")
    with pytest.raises(DanaCallError, match="needs a value for the field 'host'"):
        database()()
    with pytest.raises(DanaCallError, match="has no field 'prt'") as caught:
        database()("h", prt=1)
    assert caught.value.hint == "did you mean 'port'?"
    with pytest.raises(DanaTypeError, match="field 'port' of Database takes int"):
        db.port = "x"
    with pytest.raises(DanaAttributeError, match="no field or method 'hst'"):
        db.hst = "x"
    with pytest.raises(DanaAttributeError) as missing:
        member(db, "hosts")
    assert missing.value.hint == "did you mean 'host'?"


def test_it_goes_from_created_to_running_to_stopped() -> None:
    """By hand, or by `with`; a stopped one may be started again."""
    kind = database()
    db = kind("h")
    assert db.state == "CREATED"
    assert (db.initialize(), db.start(), db.state, db.start()) == (True, True, "RUNNING", False)
    assert (db.stop(), db.state, db.stop(), db.cleanup()) == (True, "STOPPED", False, True)
    with db as same:
        assert same is db
        assert db.is_running()
    with pytest.raises(ValueError, match="inside"), db:
        raise ValueError("inside")
    assert db.state == "STOPPED"


def test_receiver_functions_replace_the_life_cycle_and_answer_queries() -> None:
    """`state` moves on when an own `start` succeeds."""
    kind = database()
    calls: list[str] = []
    receive("start", lambda _r: calls.append("start"), kind)
    receive("stop", lambda _r: calls.append("stop"), kind)
    receive("query", lambda r, request: f"{r.host}: {request}", kind)
    with kind("h") as db:
        assert db.state == "RUNNING"
        assert db.query("x") == "h: x"
    assert (calls, db.state) == (["start", "stop"], "STOPPED")
    receive("start", lambda _r: False, kind)
    other = kind("h")
    other.start()
    assert other.state == "CREATED"
    with pytest.raises(DanaAttributeError, match="does not answer queries") as caught:
        database()("h").query("x")
    assert "def (r: Database) query" in caught.value.hint


def test_a_field_named_state_is_the_programs_own() -> None:
    """Older programs keep their life cycle in one."""
    kind = define_resource(
        "Old", fields=(spec("state", str, "created"),), methods={"start": lambda self: setattr(self, "state", "on")}
    )
    old = kind()
    assert old.state == "created"
    old.start()
    assert old.state == "on"


def test_methods_fields_and_embedding() -> None:
    """Clashes are errors, `_inner` lends its members, inheritance is refused."""
    inner = database()("h")
    outer = define_resource("Outer", fields=(spec("_db", object),), methods={"hi": lambda self: self.host})(inner)
    assert outer.hi() == "h"
    outer.port = 7
    assert inner.port == 7
    with pytest.raises(DanaValueError, match="a field and a method named 'x'"):
        define_resource("C", fields=(spec("x", int, 1),), methods={"x": lambda _: 1})
    with pytest.raises(DanaValueError, match="has a field 'port'"):
        receive("port", lambda _: 1, database())
    with pytest.raises(DanaTypeError, match="cannot inherit"):
        define_resource("D", base=database())


def test_an_unknown_kind_names_the_known_ones() -> None:
    """With a did-you-mean."""
    with pytest.raises(DanaValueError, match="resource kind 'memry' is not known") as caught:
        use("memry")
    assert caught.value.hint.startswith("did you mean 'memory'?")
    assert "webhook" in caught.value.hint
    with pytest.raises(DanaTypeError, match="takes the kind as text"):
        use(3)  # type: ignore[arg-type]


def test_a_package_adds_kinds_by_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loaded only when asked for; a broken one says so."""
    good = EntryPoint("mine", "dana_poet.runtime.resources.memory:MemoryResource", "dana_poet.resources")
    bad = EntryPoint("broken", "nowhere_at_all:X", "dana_poet.resources")
    monkeypatch.setattr(registry, "_extensions", lambda: {"mine": good, "broken": bad})
    assert use("mine", name="m").remember("a", 1)
    with pytest.raises(DanaError, match="resource kind 'broken' cannot be loaded"):
        use("broken")
    with pytest.raises(DanaValueError) as caught:
        use("zzz")
    assert "mine" in caught.value.hint


def test_named_resources_are_shared_within_a_run(tmp_path: Path) -> None:
    """And stopped at its end."""
    one = use("memory", _name="notes")
    assert use("memory", _name="notes") is one
    assert get_resource("notes") is one
    assert get_resource("memory") is not one
    assert one.name == "notes"
    token = registry._opened.set(None)
    try:
        with place.Place(str(tmp_path)):
            other = use("memory", _name="notes")
            assert other is not one
            other.remember("a", 1)
            assert other.state == "RUNNING"
        assert other.state == "STOPPED"
    finally:
        registry._opened.reset(token)
    with pytest.raises(DanaValueError, match="resource MemoryResource 'notes' is stopped"):
        other.recall("a")


def test_memory_keeps_values() -> None:
    """By key, and found by text."""
    memory = use("memory")
    assert memory.state == "CREATED"
    assert memory.remember("k", [1])
    assert (memory.recall("k"), memory.recall("x", 0), memory.keys(), memory.state) == ([1], 0, ["k"], "RUNNING")
    assert (memory.query("K"), memory.query("zz"), memory.forget("k"), memory.forget("k")) == (
        {"k": [1]},
        {},
        True,
        False,
    )


def test_config_reads_files_and_values(tmp_path: Path) -> None:
    """Dotted keys; values win over the file; errors name the file."""
    (tmp_path / "a.toml").write_text('[db]\nhost = "h"\nport = 1\n')
    config = use("config", path=str(tmp_path / "a.toml"), values={"db": {"port": 2}})
    assert (config.get("db.host"), config.get("db.port"), config.query("db.port"), config.get("no", 3)) == (
        "h",
        2,
        2,
        3,
    )
    assert config.keys() == ["db.host", "db.port"]
    with pytest.raises(DanaValueError, match=r"has no setting 'db\.prt'") as caught:
        config.query("db.prt")
    assert caught.value.hint == "did you mean 'db.port'?"
    (tmp_path / "bad.json").write_text("[1]")
    for name, message in (("no.json", "cannot be read"), ("bad.json", "holds no object"), ("a.json", "cannot be read")):
        with pytest.raises(DanaValueError, match=message):
            use("config", path=str(tmp_path / name)).get("x")


def test_cache_forgets() -> None:
    """After its time, and the least recently used when it is full."""
    now = [0.0]
    cache = CacheResource(max_size=2, ttl_seconds=10, _clock=lambda: now[0])
    cache.set("a", 1)
    cache.set("b", None)
    assert cache.get("a") == 1
    cache.set("c", 3, ttl_seconds=100)
    assert (cache.get("b", "gone"), cache.get("a"), cache.get("c")) == ("gone", 1, 3)
    now[0] = 10.0
    assert (cache.get("a"), cache.get("c")) == (None, 3)
    assert cache.get_stats() == {
        "name": "", "state": "RUNNING", "max_size": 2, "ttl_seconds": 10.0, "items": 1, "hits": 4, "misses": 2,
    }  # fmt: skip
    assert (cache.query("set:url:http://x"), cache.query("get:url"), cache.query("delete:url"), cache.query("get:url")) == (
        True, "http://x", True, None,
    )  # fmt: skip
    with pytest.raises(DanaValueError, match="request 'invalid:x' is not known"):
        cache.query("invalid:x")
    with pytest.raises(DanaValueError, match="is not complete"):
        cache.query("set:x")
    with pytest.raises(DanaValueError, match="max_size"):
        use("cache", max_size=0)


def test_timers_call_later_and_again(capsys: pytest.CaptureFixture[str]) -> None:
    """Until they are cancelled or the resource stops; errors are said."""
    timer, calls, once = use("timer"), [], threading.Event()
    again = timer.every(5, lambda: calls.append(1))
    timer.after(5, once.set)
    timer.after(1, lambda: 1 / 0)
    assert once.wait(5)
    limit = time.monotonic() + 5
    while len(calls) < 3 and time.monotonic() < limit:
        time.sleep(0.005)
    assert len(calls) >= 3
    assert timer.list() == [again]
    assert (timer.cancel(again), timer.cancel(again), timer.query("list")) == (True, False, [])
    assert timer.query("delay:1") is True
    assert "ZeroDivisionError" in capsys.readouterr().err
    waiting = timer.after(60_000, once.set)
    timer.stop()
    assert waiting
    for wrong in (-1, float("nan"), "x"):
        with pytest.raises(DanaValueError):
            use("timer").delay(wrong)


class Receiver(BaseHTTPRequestHandler):
    """Answers with what it got; the first request to `/flaky` fails, `/moved` redirects."""

    got: list[tuple[str, Any]] = []  # noqa: RUF012 - one list for the test

    def do_POST(self) -> None:
        """Take a JSON body."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.got.append((self.path, body))
        code = {"/flaky": 500 if len(self.got) == 1 else 200, "/moved": 302, "/bad": 404}.get(self.path, 200)
        self.send_response(code)
        self.send_header("location", "/other")
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({"seen": body}).encode())

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Any:
    """A web server on this machine."""
    Receiver.got = []
    http = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()


def test_webhooks_send_json(server: str) -> None:
    """Answers of 500 are tried again, redirects are not followed, 404 is no success."""
    hook = use(
        "webhook", endpoint=f"{server}/flaky", headers={"Authorization": "secret"}, retry_count=1, allow=[server]
    )
    sent = hook.send({"n": 1})
    assert (sent["success"], sent["status_code"], sent["response"]) == (True, 200, {"seen": {"n": 1}})
    assert len(Receiver.got) == 2
    assert hook.query("text")["payload"] == "text"
    moved = hook.send(1, url=f"{server}/moved")
    assert (moved["success"], moved["status_code"], Receiver.got[-1][0]) == (False, 302, "/moved")
    assert hook.send(1, url=f"{server}/bad")["success"] is False
    assert "secret" not in str(hook.get_config())


def test_webhooks_that_nobody_answers_say_so() -> None:
    """No exception: a program decides what to do."""
    sent = use("webhook", endpoint="http://127.0.0.1:9", retry_count=0, timeout=1).send({})
    assert (sent["success"], sent["status_code"]) == (False, None)
    assert "error" in sent


def test_webhooks_send_only_where_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The endpoint and what begins like `allow`; the variable limits both."""
    hook = use("webhook", endpoint="https://a.org/hooks", allow=["https://b.org"])
    for address in (
        "https://a.org/other",
        "https://a.org.evil/hooks",
        "http://a.org/hooks",
        "https://x@b.org/",
        "file:///etc",
    ):
        with pytest.raises(PolicyError):
            hook.send({}, url=address)
    monkeypatch.setenv("DANA_WEBHOOK_ALLOW", "https://only.org/x, https://a.org")
    with pytest.raises(PolicyError, match="DANA_WEBHOOK_ALLOW"):
        use("webhook", endpoint="https://b.org/")
    assert use("webhook", endpoint="https://only.org/x/y").endpoint
    with pytest.raises(DanaValueError, match="webhook sends with"):
        use("webhook", endpoint="https://a.org/hooks", method="DELETE")


@pytest.mark.parametrize(
    ("address", "allowed", "fits"),
    [
        ("https://x.org", "https://x.org/", True),
        ("https://x.org:443/a", "https://x.org", True),
        ("https://X.org/a/b", "https://x.org/a/", True),
        ("https://x.org/ab", "https://x.org/a", False),
        ("https://x.org:8443/a", "https://x.org/a", False),
    ],
)
def test_addresses_are_compared_by_part(address: str, allowed: str, fits: bool) -> None:
    """Never as text."""
    assert begins_like(address, allowed) is fits


@pytest.mark.parametrize(
    "address", ["https://x.org/a/../b", "https://x.org\\@y.org/", "https://x.org/ a", "nonsense", "https://x:99999/"]
)
def test_odd_addresses_are_refused(address: str) -> None:
    """Parsers disagree about them."""
    with pytest.raises(PolicyError):
        begins_like(address, "https://x.org")


def test_knowledge_finds_passages(tmp_path: Path) -> None:
    """By the words of the question, best first, with the source."""
    pytest.importorskip("sklearn")
    (tmp_path / "sea").mkdir()
    (tmp_path / "sea" / "a.md").write_text("Ships give way to the right.\n\n" + "Lights are shown at night. " * 40)
    (tmp_path / "cars.txt").write_text("Cars drive on the right or on the left.")
    (tmp_path / "scan.pdf").write_bytes(b"%PDF")
    docs = use("knowledge", sources=[str(tmp_path / "sea"), str(tmp_path / "cars.txt")], description="rules")
    text = docs.query("who gives way, ships?", num_results=1)
    assert text.startswith(f"[{tmp_path / 'sea' / 'a.md'}]")
    assert "Ships give way" in text
    found = docs.search("drive right", num_results=5)
    assert found[0]["source"].endswith("cars.txt")
    assert all(len(passage["text"]) <= 800 for passage in found)
    assert docs.query("zebra") == ""
    (tmp_path / "cars.txt").write_text("zebra")
    assert "zebra" in use("rag", sources=str(tmp_path / "cars.txt"), force_reload=True).query("zebra")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("ftp://x.org", "files and https pages"),
        ("https://127.0.0.1:1/page", "cannot be reached"),
        ("scan.pdf", "reads text files"),
        ("no.txt", "is not there"),
        ("empty", "no text to search"),
    ],
)
def test_knowledge_says_what_it_cannot_read(tmp_path: Path, source: str, message: str) -> None:
    """Pages that are not there, PDF, missing files, empty folders: at the first query, not before."""
    pytest.importorskip("sklearn")
    (tmp_path / "scan.pdf").write_bytes(b"%PDF")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DanaValueError, match=message):
        use("rag", sources=[source if "://" in source else str(tmp_path / source)]).query("x")


def test_knowledge_reads_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """The words of a page, not its code; nothing is fetched before the first query."""
    pytest.importorskip("sklearn")
    fetched = []

    def page(request: httpx.Request) -> httpx.Response:
        fetched.append(str(request.url))
        if request.url.path == "/gone":
            return httpx.Response(404)
        return httpx.Response(200, html="<title>t</title><p>Ships give <b>way</b>.</p><script>zebra()</script>")

    client = httpx.Client(transport=httpx.MockTransport(page))
    monkeypatch.setattr(httpx, "stream", lambda method, url, **_options: client.stream(method, url))
    docs = use("knowledge", sources=["https://example.org/rules"])
    with docs:
        assert fetched == []
        assert docs.query("ships") == "[https://example.org/rules]\nShips give way."
        assert docs.query("zebra") == ""
    assert fetched == ["https://example.org/rules"]
    with pytest.raises(DanaValueError, match="answers 404"):
        use("rag", sources=["https://example.org/gone"]).query("x")


@pytest.mark.parametrize(
    ("kind", "options", "module", "extra"),
    [
        ("knowledge", {"sources": []}, "sklearn.feature_extraction.text", "dana-poet[knowledge]"),
        ("mcp", {"command": "x"}, "mcp", "dana-poet[mcp]"),
        ("mcp", {"url": "https://x.org/sse"}, "mcp.client.sse", "dana-poet[mcp]"),
        ("python", {}, "dana_sandbox.run", "the sandbox"),
    ],
)
def test_a_missing_package_is_a_clear_error(
    monkeypatch: pytest.MonkeyPatch, kind: str, options: dict[str, Any], module: str, extra: str
) -> None:
    """It names the extra to install."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(DanaImportError) as caught:
        use(kind, **options).query("x")
    assert extra in f"{caught.value} {caught.value.hint}"
