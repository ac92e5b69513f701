"""`use("mcp", url="https://...")` or `use("mcp", command="server", args=[...])`: the tools of an MCP server.

The official client runs in a thread of its own with an event loop, so calls are ordinary ones in the program.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import threading
from typing import TYPE_CHECKING, Any, ClassVar

from dana_poet.errors import DanaError, DanaImportError, DanaValueError
from dana_poet.runtime.fields import did_you_mean
from dana_poet.runtime.resources.base import ShippedResource, field, fields_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from dana_poet.runtime.fields import FieldTable


class McpResource(ShippedResource):
    """Tools of one server: `r.list_tools()`, `r.call_tool(name, {...})`, or `r.tool_name(key=value)`.

    `url` is a streamable HTTP server; one that ends in `/sse` is an older event stream. `command` and `args` start a
    server that speaks over its standard input and output; `env` is added to its environment. `timeout` is in seconds.
    """

    __slots__ = ("_connection",)
    __dana_table__: ClassVar[FieldTable] = fields_of(
        "mcp",
        "mcp",
        field("url", str, ""),
        field("command", str, ""),
        field("args", list, []),
        field("env", dict, {}),
        field("timeout", float, 60.0),
    )
    __dana_type_text__ = "Resource[mcp]"

    _connection: _Connection

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if bool(self.url) == bool(self.command):
            raise DanaValueError("mcp needs a url or a command", hint='use("mcp", url="https://host/mcp")')
        if self.url and not self.url.startswith(("http://", "https://")):
            raise DanaValueError(
                f"mcp url {self.url!r} is not a web address", hint="it begins with https:// or http://"
            )

    def list_tools(self) -> list[dict[str, Any]]:
        """Return the server's tools: dicts with `name`, `description`, `parameters` (JSON schema)."""
        self._running()
        return [
            {
                "name": tool.name,
                "description": tool.description or "",
                "parameters": _either(tool, "input_schema", "inputSchema"),
            }
            for tool in self._connection.tools(self.timeout)
        ]

    def call_tool(self, name: str, arguments: dict[str, Any] | None = None, **more: Any) -> Any:
        """Call a tool and return what it gives: data when it is structured, text otherwise. DanaError when it fails."""
        self._running()
        result = self._connection.call(name, {**(arguments or {}), **more}, self.timeout)
        content = _content(result)
        if _either(result, "is_error", "isError"):
            raise DanaError(f"tool '{name}' of {self._title()} failed: {content}")
        return content

    def query(self, request: Any = None, **options: Any) -> Any:
        """Ask the server's only tool, or the one named `query` or `search`, with the request as its first argument."""
        tools = {tool["name"]: tool for tool in self.list_tools()}
        name = next((known for known in ("query", "search") if known in tools), None)
        if name is None and len(tools) == 1:
            name = next(iter(tools))
        if name is None:
            raise DanaValueError(f"{self._title()} has several tools", hint=f"call one: {', '.join(sorted(tools))}")
        schema = tools[name]["parameters"] or {}
        first = next(iter(schema.get("required") or schema.get("properties") or ()), "query")
        return self.call_tool(name, {first: request, **options})

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("_") or not self.is_running():
                raise
        names = [tool["name"] for tool in self.list_tools()]
        if name not in names:
            raise AttributeError(
                f"{self._title()} has no tool '{name}' ({did_you_mean(name, names)})", name=name, obj=self
            )
        return lambda **arguments: self.call_tool(name, arguments)

    def _open(self) -> None:
        self._connection = _Connection(self._streams(), self.timeout)

    def _close(self) -> None:
        self._connection.close()

    def _streams(self) -> Callable[[], Any]:
        try:
            if self.command:
                from mcp import StdioServerParameters
                from mcp.client.stdio import get_default_environment, stdio_client

                environment = {**get_default_environment(), **self.env}
                server = StdioServerParameters(command=self.command, args=list(self.args), env=environment)
                return lambda: stdio_client(server)
            if self.url.rstrip("/").endswith("/sse"):
                from mcp.client.sse import sse_client

                return lambda: sse_client(self.url)
            import mcp.client.streamable_http as transport
        except ImportError as error:
            raise DanaImportError(
                "the mcp resource needs the MCP client, which is not installed",
                hint='install it with: pip install "dana-poet[mcp]"',
            ) from error
        connect: Any = _either(transport, "streamable_http_client", "streamablehttp_client")
        return lambda: connect(self.url)


class _Connection:
    """One session with a server, in a thread with an event loop."""

    def __init__(self, streams: Callable[[], Any], timeout: float) -> None:
        self._streams = streams
        self._loop = asyncio.new_event_loop()
        self._ready: concurrent.futures.Future[Any] = concurrent.futures.Future()
        self._end: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._serve, name="dana-mcp", daemon=True)
        self._thread.start()
        try:
            self._session = self._ready.result(timeout)
        except BaseException as error:
            self.close()
            raise DanaError(f"cannot connect to the MCP server: {_reason(error)}") from error

    def tools(self, timeout: float) -> list[Any]:
        """Return all tools, page by page."""
        return list(self._do(self._all_tools(), timeout))

    def call(self, name: str, arguments: dict[str, Any], timeout: float) -> Any:
        """Call a tool and wait for its result."""
        return self._do(self._session.call_tool(name, arguments), timeout)

    def close(self) -> None:
        """End the session and the server that was started for it."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._finish)
        self._thread.join(10)

    def _finish(self) -> None:
        if self._end is not None:
            self._end.set()

    def _do(self, work: Any, timeout: float) -> Any:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(timeout)
        except concurrent.futures.TimeoutError as error:
            future.cancel()
            raise DanaError(f"the MCP server did not answer within {timeout:g} s") from error
        except Exception as error:
            raise DanaError(f"the MCP server refused: {_reason(error)}") from error

    async def _all_tools(self) -> list[Any]:
        tools: list[Any] = []
        cursor = None
        while True:
            page = await (self._session.list_tools() if cursor is None else self._page(cursor))
            tools.extend(page.tools)
            cursor = _either(page, "next_cursor", "nextCursor")
            if not cursor:
                return tools

    async def _page(self, cursor: str) -> Any:
        from mcp.types import PaginatedRequestParams

        return await self._session.list_tools(params=PaginatedRequestParams(cursor=cursor))

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._session_until_end())
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits for the connection
            if not self._ready.done():
                self._ready.set_exception(error)
        finally:
            self._loop.close()

    async def _session_until_end(self) -> None:
        self._end = asyncio.Event()
        async with self._connected() as session:
            self._ready.set_result(session)
            await self._end.wait()

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[Any]:
        from mcp import ClientSession

        async with self._streams() as streams, ClientSession(streams[0], streams[1]) as session:
            await session.initialize()
            yield session


def _content(result: Any) -> Any:
    structured = _either(result, "structured_content", "structuredContent")
    if structured is not None:
        return structured["result"] if isinstance(structured, dict) and set(structured) == {"result"} else structured
    texts = [getattr(part, "text", None) or str(part) for part in result.content]
    return "\n".join(texts)


def _either(value: Any, *names: str) -> Any:
    """Return the first of several attributes that there is: the client renamed them between its versions."""
    for name in names:
        if hasattr(value, name):
            return getattr(value, name)
    return None


def _reason(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error) or type(error).__name__
