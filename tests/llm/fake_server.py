"""A model server on 127.0.0.1 that answers from a script of faults and replies, and keeps what it was sent.

It speaks OpenAI's chat completions (`said`, `refused`) and Anthropic's messages (`told`, `rejected`).
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of the server.

    `cut_bytes` leaves that many bytes of the announced body out. `hang_seconds` waits before the first byte,
    `drip_seconds` between the bytes of the head, `drip_body_seconds` between those of the body.
    """

    status: int = 200
    body: str | bytes = ""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    hang_seconds: float = 0.0
    drip_seconds: float = 0.0
    drip_body_seconds: float = 0.0
    cut_bytes: int = 0


def said(text: str | None, *, finish: str = "stop", **message: object) -> Answer:
    """Return an ordinary answer with the text of a model."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text} | message, "finish_reason": finish}
    usage = {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14}
    return Answer(body=json.dumps({"id": "1", "model": "served-model", "choices": [choice], "usage": usage}))


def refused(status: int, message: str = "no", *, code: str = "", headers: Mapping[str, str] | None = None) -> Answer:
    """Return an error answer in the form that such servers use."""
    body = json.dumps({"error": {"message": message, "code": code}})
    return Answer(status=status, body=body, headers=headers or {})


def told(text: str, *, stop: str = "end_turn", content: list[object] | None = None) -> Answer:
    """Return an ordinary answer of the Messages API with the text of a model."""
    parts = [{"type": "text", "text": text}] if content is None else content
    usage = {"input_tokens": 11, "output_tokens": 3}
    body = {"id": "1", "type": "message", "role": "assistant", "model": "served-model", "content": parts}
    return Answer(body=json.dumps(body | {"stop_reason": stop, "usage": usage}))


def rejected(
    status: int, message: str = "no", *, kind: str = "api_error", headers: Mapping[str, str] | None = None
) -> Answer:
    """Return an error answer in the form of the Messages API."""
    body = json.dumps({"type": "error", "error": {"type": kind, "message": message}})
    return Answer(status=status, body=body, headers=headers or {})


@dataclass(slots=True)
class FakeServer:
    """Answers from `script` in order, the last one again and again; `questions` and `heads` are what was sent."""

    script: list[Answer | Callable[[dict[str, Any]], Answer]]
    url: str = ""
    questions: list[dict[str, Any]] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, path: str, head: dict[str, str], question: dict[str, Any]) -> Answer:
        """Take one question down and return the answer to it."""
        with self.lock:
            self.paths.append(path)
            self.heads.append(head)
            self.questions.append(question)
            step = self.script[min(len(self.questions), len(self.script)) - 1]
        return step(question) if callable(step) else step


def _handler(server: FakeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10
        disable_nagle_algorithm = True  # two small writes would cost 40 ms each time

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:  # the client has given up while it was sent something
                self.close_connection = True

        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            head = {name.lower(): value for name, value in self.headers.items()}
            answer = server.answer(self.path, head, question)
            if server.stopping.wait(answer.hang_seconds):
                return
            self._send(answer)

        def _send(self, answer: Answer) -> None:
            body = answer.body if isinstance(answer.body, bytes) else answer.body.encode()
            lines = {"Content-Type": answer.content_type, "Content-Length": str(len(body)), **answer.headers}
            head = f"HTTP/1.1 {answer.status} Said\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items()) + "\r\n"
            try:
                self._write(head.encode(), answer.drip_seconds)
                self._write(body[: len(body) - answer.cut_bytes], answer.drip_body_seconds)
            except OSError:  # the client has given up
                self.close_connection = True
            self.close_connection = self.close_connection or answer.cut_bytes > 0

        def _write(self, data: bytes, pause_seconds: float) -> None:
            if not pause_seconds:
                self.wfile.write(data)
                return
            for place in range(len(data)):
                if server.stopping.is_set():
                    return
                self.wfile.write(data[place : place + 1])
                self.wfile.flush()
                time.sleep(pause_seconds)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing: a test's output is its own."""

    return Handler


@contextmanager
def serving(*script: Answer | Callable[[dict[str, Any]], Answer]) -> Iterator[FakeServer]:
    """Run a server with this script for the length of the `with` block."""
    fake = FakeServer(list(script))
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(fake))
    http.daemon_threads = True
    fake.url = f"http://127.0.0.1:{http.server_address[1]}/v1"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.stopping.set()
        http.shutdown()
        http.server_close()
        thread.join(5)
