"""Paths as messages show them. Loaded only when there is something to tell."""

from __future__ import annotations

import os

base = ""
"""What paths are shown from; empty means the working folder. Programs in the sandbox have a folder of their own."""


def shown_path(file: str) -> str:
    """Return the shorter of a file's full path and its path from the working folder.

    >>> shown_path("near.na"), shown_path(os.path.join(os.getcwd(), "near.na"))
    ('near.na', 'near.na')
    """
    if not os.path.isabs(file):
        return file
    try:
        relative = os.path.relpath(file, base or None)
    except (OSError, ValueError):
        return file  # the working folder is gone, or on another drive
    return relative if len(relative) < len(file) else file
