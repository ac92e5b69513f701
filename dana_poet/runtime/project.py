"""The settings of a program's project: read where there is something to read; nothing is loaded where there is not."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dana_poet.runtime.policy import Policy
    from dana_poet.settings import Settings

VARIABLES = ("DANA_AUTO_COERCION", "DANA_ALLOW_IMPORT", "DANA_STATE_DIR")
"""What a run itself asks for. The variables of the language model are read with the first question to it."""


def settings_for(folder: str) -> Settings | None:
    """Return the settings for a program in `folder`, None where no file and no variable says anything.

    What a host says with `use_settings` stands over the files. SettingsError for a file that makes no sense.
    """
    said = host_settings()
    if said is not None:
        return said
    if not any(map(os.environ.get, VARIABLES)) and not any(map(_speaks, _folders(folder))):
        return None
    from dana_poet.settings import load_settings

    return load_settings(folder)


def host_settings() -> Settings | None:
    """Return the settings that the Python program around this one has put in force, if it has."""
    from dana_poet.runtime import place

    module = sys.modules.get("dana_poet.settings")
    if module is None or place.current() is not None:
        return None
    said: Settings | None = module.settings_in_force()
    return said


def extended(policy: Policy, settings: Settings | None) -> Policy:
    """Return the policy with the Python modules that the settings allow too."""
    if settings is None or not settings.run.allow_import or policy.sandbox:
        return policy
    return policy._replace(allow_imports=policy.allow_imports.union(settings.run.allow_import))


def _folders(folder: str) -> Iterator[str]:
    for start in dict.fromkeys((os.path.abspath(folder), os.getcwd())):
        here, above = "", start
        while above != here:
            here, above = above, os.path.dirname(above)
            yield here


def _is_ours(line: bytes) -> bool:
    """Whether a line of pyproject.toml opens our table, or one that ours may stand in."""
    return line.startswith(b"[") and b"tool" in line and (b"dana-poet" in line or line.split() == [b"[tool]"])


def _speaks(folder: str) -> bool:
    """Whether a folder has settings, or what may be settings."""
    if os.path.isfile(os.path.join(folder, "dana.toml")):
        return True
    try:
        with open(os.path.join(folder, "pyproject.toml"), "rb") as file:
            return any(map(_is_ours, file))
    except FileNotFoundError:
        return False
    except OSError:
        return True  # the reader of settings says what is wrong with it
