"""The mcp resource, against a real server in a process of its own."""

from __future__ import annotations

import sys
import textwrap
import threading
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.errors import DanaAttributeError, DanaError, DanaValueError
from dana_poet.runtime.members import member
from dana_poet.runtime.resources import scope, use

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("mcp")

SERVER = """
    import os
    try:
        from mcp.server import MCPServer
    except ImportError:
        from mcp.server.fastmcp import FastMCP as MCPServer

    server = MCPServer("test")

    @server.tool()
    def add(a: int, b: int) -> int:
        "Add two numbers."
        return a + b

    @server.tool()
    def search(text: str) -> str:
        "Look something up."
        return f"found {text} {os.environ.get('EXTRA', '')}".strip()

    @server.tool()
    def fail() -> str:
        "Always fails."
        raise ValueError("broken tool")

    server.run("stdio")
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A running resource over a server on standard input and output."""
    file = tmp_path_factory.mktemp("mcp") / "server.py"
    file.write_text(textwrap.dedent(SERVER))
    with scope(), use("mcp", command=sys.executable, args=[str(file)], env={"EXTRA": "there"}, name="test") as resource:
        yield resource


def test_tools_are_listed_and_called(server: Any) -> None:
    """By name, with a dict or keywords, or as a method."""
    tools = {tool["name"]: tool for tool in server.list_tools()}
    assert set(tools) == {"add", "search", "fail"}
    assert tools["add"]["description"] == "Add two numbers."
    assert set(tools["add"]["parameters"]["properties"]) == {"a", "b"}
    assert server.call_tool("add", {"a": 2, "b": 3}) == 5
    assert server.call_tool("add", a=2, b=4) == 6
    assert server.add(a=1, b=1) == 2


def test_a_query_goes_to_the_search_tool(server: Any) -> None:
    """So that an agent can be given the server as a resource."""
    assert server.query("ships") == "found ships there"


def test_a_failing_tool_is_an_error(server: Any) -> None:
    """Never text that looks like an answer."""
    with pytest.raises(DanaError, match="tool 'fail' of resource McpResource 'test' failed"):
        server.call_tool("fail")
    with pytest.raises(DanaError):
        server.call_tool("add", {"a": "x"})
    with pytest.raises(DanaAttributeError):
        member(server, "ad")


def test_many_threads_may_call(server: Any) -> None:
    """Each gets its own answer."""
    answers: dict[int, Any] = {}
    threads = [threading.Thread(target=lambda n=n: answers.update({n: server.add(a=n, b=1)})) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {n: n + 1 for n in range(10)}


def test_a_server_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    """A command that does not exist, one that ends at once, an address nobody answers."""
    quiet = tmp_path / "quiet.py"
    quiet.write_text("")
    for options in (
        {"command": str(tmp_path / "no")}, {"command": sys.executable, "args": [str(quiet)]}, {"url": "http://127.0.0.1:9/mcp"},
    ):  # fmt: skip
        with pytest.raises(DanaError, match="cannot connect to the MCP server"):
            use("mcp", **options, timeout=5).start()


@pytest.mark.parametrize("options", [{}, {"url": "http://x", "command": "y"}, {"url": "ftp://x"}])
def test_wrong_options_are_refused_at_once(options: dict[str, str]) -> None:
    """Before anything is started."""
    with pytest.raises(DanaValueError):
        use("mcp", **options)
