"""Resources of a program: definitions (`resource R:`), shipped kinds, and `use`. Loaded when a program names them."""

from __future__ import annotations

from dana_poet.runtime.resources.base import Resource, add_method, define_resource
from dana_poet.runtime.resources.registry import get_resource, scope, stop_all, use

__all__ = ["Resource", "add_method", "define_resource", "get_resource", "scope", "stop_all", "use"]
