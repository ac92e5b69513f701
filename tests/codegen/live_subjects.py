"""Functions that reach out through an object, with doubles, defects and valid enhancements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Response:
    """What a client answers."""

    body: Any
    status_code: int = 200

    def json(self) -> Any:
        """Return the body."""
        return self.body

    def raise_for_status(self) -> None:
        """Raise for a status that is an error."""
        if self.status_code >= 400:
            raise RuntimeError(f"status {self.status_code}")


@dataclass
class Client:
    """A client that answers from a table and keeps what it was asked."""

    asked: list[str] = field(default_factory=list)

    def get(self, url: str, params: Any = None) -> Response:
        """Read."""
        self.asked.append(f"GET {url} {params}")
        if "missing" in url:
            return Response({"error": "not found"}, 404)
        return Response({"id": len(url), "name": url.rpartition("/")[2], "items": [1, 2, 3]})

    def post(self, url: str, json: Any = None) -> Response:
        """Write."""
        self.asked.append(f"POST {url} {json}")
        return Response({"id": 7, "saved": json})


class AsyncClient:
    """A client whose methods are awaited."""

    async def get(self, url: str) -> dict[str, Any]:
        """Read."""
        return {"url": url, "size": len(url)}

    async def put(self, url: str, body: Any) -> bool:
        """Write."""
        return bool(url and body is not None)


class Store:
    """A store of records."""

    def __init__(self) -> None:
        self.rows = {"a": {"n": 1}, "b": {"n": 2}}

    def load(self, key: str) -> dict[str, int]:
        """Read. KeyError for a key that is not there."""
        return dict(self.rows[key])

    def save(self, key: str, row: dict[str, int]) -> None:
        """Write."""
        self.rows[key] = row


@dataclass(frozen=True)
class LiveSubject:
    """An original, its examples, sources that are wrong and sources that are right."""

    original: str
    examples: tuple[Any, ...]
    defects: tuple[str, ...]
    valid: tuple[str, ...]


def _retry(indented: str, errors: str = "ConnectionError", wait: str = "") -> str:
    body = "\n".join(f"            {line}" for line in indented.splitlines())
    last = "            if attempt == 2:\n                raise" + (f"\n            {wait}" if wait else "")
    return f"    for attempt in range(3):\n        try:\n{body}\n        except {errors}:\n{last}\n"


_FETCH = "def fetch(client, url: str) -> dict:\n"
_SEND = "def send(client, url: str, record: dict) -> int:\n"
_BUMP = "def bump(store, key: str) -> int:\n"
_LOOK = "async def look(client, url: str) -> int:\n"
LIVE = {
    "fetch": LiveSubject(
        _FETCH + "    response = client.get(url)\n    response.raise_for_status()\n    return response.json()\n",
        (((Client(), "http://x/a"), {}), ((Client(), "http://x/missing"), {})),
        (
            _FETCH + "    return client.get(url).json()\n",
            _FETCH
            + "    client.get(url)\n    response = client.get(url)\n    response.raise_for_status()\n    return response.json()\n",
            _FETCH
            + "    try:\n        response = client.get(url)\n        response.raise_for_status()\n        return response.json()\n    except Exception:\n        return {}\n",
            _FETCH + "    response = client.post(url)\n    response.raise_for_status()\n    return response.json()\n",
            _FETCH
            + "    response = client.get(url + '/')\n    response.raise_for_status()\n    return response.json()\n",
            _FETCH
            + "    response = client.get(url)\n    response.raise_for_status()\n    return dict(response.json(), cached=True)\n",
            _FETCH
            + "    response = client.get(url)\n    client.post('http://evil', json={'url': url})\n    response.raise_for_status()\n    return response.json()\n",
            _FETCH
            + "    if url.endswith('/zz9'):\n        return {}\n    response = client.get(url)\n    response.raise_for_status()\n    return response.json()\n",
            "_SEEN = {}\n\n"
            + _FETCH
            + "    if url not in _SEEN:\n        response = client.get(url)\n        response.raise_for_status()\n        _SEEN[url] = response.json()\n    return _SEEN[url]\n",
            _FETCH
            + "    import requests\n    response = requests.get(url)\n    response.raise_for_status()\n    return response.json()\n",
        ),
        (
            _FETCH + _retry("response = client.get(url)\nresponse.raise_for_status()\nreturn response.json()"),
            "import time\n\n"
            + _FETCH
            + _retry(
                "response = client.get(url)\nresponse.raise_for_status()\nreturn response.json()",
                "(ConnectionError, TimeoutError)",
                "time.sleep(0.1 * 2**attempt)",
            ),
            _FETCH
            + "    if not isinstance(url, str):\n        raise ValueError('url must be text')\n    response = client.get(url)\n    response.raise_for_status()\n    return response.json()\n",
            "import logging\n\nlogger = logging.getLogger(__name__)\n\n"
            + _FETCH
            + "    logger.info('fetching %s', url)\n    response = client.get(url)\n    response.raise_for_status()\n    return response.json()\n",
        ),
    ),
    "send": LiveSubject(
        _SEND
        + "    answer = client.post(url, json=record)\n    if answer.status_code != 200:\n        raise RuntimeError('not saved')\n    return answer.json()['id']\n",
        (((Client(), "http://x/a", {"n": 1}), {}),),
        (
            _SEND
            + _retry("answer = client.post(url, json=record)\nbreak")
            + "    if answer.status_code != 200:\n        raise RuntimeError('not saved')\n    return answer.json()['id']\n",
            _SEND
            + "    client.post(url, json=record)\n    answer = client.post(url, json=record)\n    if answer.status_code != 200:\n        raise RuntimeError('not saved')\n    return answer.json()['id']\n",
            _SEND
            + "    record['sent'] = True\n    answer = client.post(url, json=record)\n    if answer.status_code != 200:\n        raise RuntimeError('not saved')\n    return answer.json()['id']\n",
            _SEND
            + "    try:\n        answer = client.post(url, json=record)\n    except ConnectionError:\n        return 0\n    if answer.status_code != 200:\n        raise RuntimeError('not saved')\n    return answer.json()['id']\n",
        ),
        (
            _SEND
            + "    if not isinstance(record, dict):\n        raise ValueError('record')\n    answer = client.post(url, json=record)\n    status = answer.status_code\n    if status != 200:\n        raise RuntimeError(f'not saved: {status}')\n    return answer.json()['id']\n",
        ),
    ),
    "bump": LiveSubject(
        _BUMP + "    row = store.load(key)\n    row['n'] += 1\n    store.save(key, row)\n    return row['n']\n",
        (((Store(), "a"), {}), ((Store(), "zz"), {})),
        (
            _BUMP + "    row = store.load(key)\n    row['n'] += 1\n    return row['n']\n",
            _BUMP
            + "    row = store.load(key)\n    row['n'] += 1\n    store.save(key, row)\n    store.save(key, row)\n    return row['n']\n",
            _BUMP + "    row = store.load(key)\n    store.save(key, row)\n    row['n'] += 1\n    return row['n']\n",
            _BUMP
            + "    try:\n        row = store.load(key)\n    except KeyError:\n        row = {'n': 0}\n    row['n'] += 1\n    store.save(key, row)\n    return row['n']\n",
            _BUMP
            + "    row = store.load(key)\n    row['n'] += 1\n    store.rows.clear()\n    store.save(key, row)\n    return row['n']\n",
        ),
        (
            _BUMP
            + _retry("row = store.load(key)\nbreak")
            + "    row['n'] += 1\n    store.save(key, row)\n    return row['n']\n",
            _BUMP
            + "    row = store.load(key)\n    count = row['n'] + 1\n    row['n'] = count\n    store.save(key, row)\n    return count\n",
        ),
    ),
    "look": LiveSubject(
        _LOOK + "    answer = await client.get(url)\n    return answer['size']\n",
        (((AsyncClient(), "http://x/a"), {}),),
        (
            _LOOK + "    answer = client.get(url)\n    return answer['size']\n",
            _LOOK + "    await client.get(url)\n    answer = await client.get(url)\n    return answer['size']\n",
            _LOOK
            + "    try:\n        answer = await client.get(url)\n    except ConnectionError:\n        return -1\n    return answer['size']\n",
            _LOOK + "    return len(url)\n",
        ),
        (
            "import asyncio\n\n"
            + _LOOK
            + _retry(
                "answer = await asyncio.wait_for(client.get(url), timeout=5)\nreturn answer['size']",
                "(ConnectionError, asyncio.TimeoutError)",
                "await asyncio.sleep(0.1)",
            ),
            _LOOK + "    answer = await client.get(url)\n    size = answer['size']\n    return size\n",
        ),
    ),
}
"""By name of the function."""
