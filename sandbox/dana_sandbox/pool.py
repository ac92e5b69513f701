"""Children to lease: one fork server for each kind of program, started when first needed, gone with the host.

`worker = lease(policy)`, then `worker.send(request)` and `worker.receive(deadline, limit)`, then `worker.end()`.
Where a system cannot fork, each lease starts an interpreter of its own.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
import weakref
from dataclasses import replace
from typing import TYPE_CHECKING

from dana_sandbox.isolation.harden import LAYERS, bits
from dana_sandbox.launch import Settings
from dana_sandbox.leased import DeadlinePassed, IsolationMissing, PoolError, TooLarge, Usage, Worker, WorkerDied
from dana_sandbox.policy import DEFAULT_MODULES
from dana_sandbox.wire import Terms

if TYPE_CHECKING:
    from dana_sandbox.policy import SandboxPolicy
    from dana_sandbox.server_process import ServerProcess

__all__ = [
    "DeadlinePassed",
    "IsolationMissing",
    "Pool",
    "PoolError",
    "Settings",
    "TooLarge",
    "Usage",
    "Worker",
    "WorkerDied",
    "lease",
    "shutdown",
]

_GREETING_SECONDS = 60.0
_ATTEMPTS = 3


class Pool:
    """Fork servers by what they have loaded. Any thread may lease; nothing is started before the first lease."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings()
        self._servers: dict[frozenset[str], ServerProcess] = {}
        self._workers: weakref.WeakSet[Worker] = weakref.WeakSet()
        self._lock = threading.Lock()
        _POOLS.add(self)

    def lease(self, policy: SandboxPolicy) -> Worker:
        """Return a fresh child with the limits of `policy`. IsolationMissing, PoolError.

        Nothing of the host goes to the child but what is sent to it.
        """
        settings = replace(self._settings, modules=self._settings.modules | DEFAULT_MODULES | policy.modules)
        problem: Exception | None = None
        for _ in range(_ATTEMPTS):
            try:
                worker = self._started(settings, _terms(policy))
                worker.greet(time.monotonic() + _GREETING_SECONDS)
            except (WorkerDied, DeadlinePassed, ConnectionError) as lost:
                problem = lost
            else:
                return _held(worker, policy)
        raise PoolError(f"no worker could be started: {problem}") from problem

    def shutdown(self) -> None:
        """End every child and stop every server; a later lease starts again."""
        with self._lock:
            servers = list(self._servers.values())
            self._servers.clear()
            workers = list(self._workers)
        for worker in workers:
            worker.end()
        for server in servers:
            server.stop()

    def forget(self) -> None:
        """This process is a fork of the one that owns the servers: close what it inherited, touch nothing."""
        self._lock = threading.Lock()
        for worker in list(self._workers):
            worker.abandon()
        for server in self._servers.values():
            server.abandon()
        self._servers = {}

    def _started(self, settings: Settings, terms: Terms) -> Worker:
        """Return a new child that has not been heard yet. ConnectionError when its server has just gone."""
        worker: Worker
        if settings.launcher == "spawn":
            from dana_sandbox.spawned import SpawnedWorker

            worker = SpawnedWorker(settings, terms)
        else:
            from dana_sandbox.forked import ForkedWorker

            server = self._server(settings)
            worker = ForkedWorker(server, *server.lease(terms), terms.memory_mib)
        self._workers.add(worker)
        return worker

    def _server(self, settings: Settings) -> ServerProcess:
        """Return the running server for these modules; the first lease, and one after a crash, starts it."""
        from dana_sandbox.server_process import ServerProcess

        with self._lock:
            server = self._servers.get(settings.modules)
            if server is not None and not server.gone:
                return server
            if server is not None:
                server.kill()
                server.stop()
            # Known before it runs, so that a fork of this process in the meantime can let go of it.
            server = self._servers[settings.modules] = ServerProcess(settings)
            server.start()
        return server


def _terms(policy: SandboxPolicy) -> Terms:
    """A child that serves several calls may use the time of all of them; the host's deadline holds each one."""
    return Terms(policy.memory_mib, policy.cpu_limit * policy.calls_per_worker, bits(policy.require))


def _held(worker: Worker, policy: SandboxPolicy) -> Worker:
    """Return `worker` when every required layer holds it; it has refused by itself otherwise."""
    missing = tuple(name for name in LAYERS if name in policy.require - set(worker.layers))
    if missing:
        worker.end()
        raise IsolationMissing(missing, {finding.layer: finding.reason for finding in worker.details})
    return worker


_POOLS: weakref.WeakSet[Pool] = weakref.WeakSet()
_DEFAULT = Pool()


def lease(policy: SandboxPolicy) -> Worker:
    """Return a fresh, hardened child with the limits of `policy`. IsolationMissing, PoolError."""
    return _DEFAULT.lease(policy)


def shutdown() -> None:
    """Stop every worker of this process; nothing of them is left. A later lease starts again."""
    for pool in list(_POOLS):
        pool.shutdown()


def _forget_in_fork() -> None:
    for pool in list(_POOLS):
        pool.forget()


atexit.register(shutdown)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_in_fork)
