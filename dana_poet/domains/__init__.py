"""Domains: what `@poet(domain=...)` knows of a field. Start at `get`; a domain is data plus small functions.

Names are loaded when they are first used: a program that asks for one domain loads that one.
"""

from __future__ import annotations

from dana_poet.domains.domain import Call, Domain, Learnable, OptionSpec
from dana_poet.domains.registry import get, load_folder, names, register, resolve

__all__ = ["Call", "Domain", "Learnable", "OptionSpec", "get", "load_folder", "names", "register", "resolve"]
