"""The template texts of the built-in domains: one `.md` file each, beside the module, installed with it."""

from __future__ import annotations

import pkgutil

from dana_poet.errors import PoetOptionError


def template(name: str) -> str:
    """Return the text of `templates/NAME.md`. PoetOptionError when the installation lacks it.

    >>> template("base").splitlines()[0]
    '# base'
    """
    try:
        data = pkgutil.get_data("dana_poet.domains", f"templates/{name}.md")
    except OSError as error:
        raise PoetOptionError(f"the template of domain '{name}' cannot be read: {error}") from error
    if data is None:
        raise PoetOptionError(f"the template of domain '{name}' is not installed")
    return data.decode("utf-8")
