"""`hostile_child` in a fork server that may open few files. Only tests start a server with this."""

import resource

from hostile_child import serve  # type: ignore[import-not-found] # the server has this folder in its path

__all__ = ["serve"]

resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))
