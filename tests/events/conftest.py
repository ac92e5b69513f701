"""A Redis server that the tests start on this machine, on a port of its own; without one they skip and say so."""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import socket
import subprocess
import time
from itertools import count
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from dana_poet.events import EventStore


class RedisServer:
    """A redis-server in a folder, which may be killed and started again on the same port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None
        self.databases = count()

    def start(self) -> None:
        """Start the server, with every write on disk before it answers, and wait until it answers."""
        words = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        words += ["--save", "", "--appendonly", "yes", "--appendfsync", "always", "--daemonize", "no"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(words, stdout=log, stderr=log)
        for _ in range(500):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.sendall(b"PING\r\n")
                if connection.recv(16).startswith(b"+PONG"):
                    return
            time.sleep(0.02)
        raise AssertionError((self.folder / "log").read_text())

    def kill(self) -> None:
        """End the server as a power button would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def url(self) -> str:
        """Return the URL of a new, empty store."""
        return f"redis://127.0.0.1:{self.port}/0?prefix=test{next(self.databases)}"


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """Start one server for all tests."""
    if importlib.util.find_spec("redis") is None:
        pytest.skip("the package redis is not installed (pip install 'dana-poet[redis]')")
    if shutil.which("redis-server") is None:
        pytest.skip("there is no redis-server on this machine (apt-get install redis-server)")
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(params=["file", "sqlite", "redis"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Return a function that gives the URL of a new, empty store of each kind."""
    numbers = count()
    if request.param == "redis":
        server: RedisServer = request.getfixturevalue("redis_server")
        return server.url
    return lambda: f"{request.param}:{tmp_path}/store{next(numbers)}"


@pytest.fixture
def place(new_url: Callable[[], str]) -> Callable[..., EventStore]:
    """Return a function that opens one new store, as often as it is called."""
    from dana_poet.events import open_store

    url = new_url()
    return lambda **options: open_store(url, **options)
