"""`dana-poet doctor`: what is installed, which model is configured, what isolates programs, whether state is sound."""

from __future__ import annotations

import os
import platform
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from dana_poet.version import __version__

if TYPE_CHECKING:
    from dana_sandbox import IsolationReport

LIBRARIES = ("lark", "httpx", "tenacity", "rich", "prompt_toolkit", "matplotlib", "sklearn", "mcp", "RestrictedPython")


def report(*, as_json: bool, state: str) -> int:
    """Print the report; exit code 1 when something is broken, not merely absent."""
    found = {
        "versions": {"dana-poet": __version__, "python": platform.python_version(), "platform": platform.platform()},
        "libraries": {name: _version(name) for name in LIBRARIES},
        "model": _model(),
        "isolation": _isolation(),
        "state": _state(state),
    }
    if as_json:
        import json

        print(json.dumps(found))
    else:
        _print(found)
    return 1 if found["state"].get("problem") or found["model"].get("problem") else 0


def _version(name: str) -> str:
    if find_spec(name) is None:
        return "not installed"
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version({"sklearn": "scikit-learn"}.get(name, name))
    except PackageNotFoundError:
        return "installed"


def _model() -> dict[str, str]:
    from dana_poet.errors import DanaError

    try:
        from dana_poet.llm import current_model

        model = current_model()
    except DanaError as error:
        configured = {"configured": "no", "hint": error.hint or error.message}
        return configured if error.code == "D2011" else configured | {"problem": error.message}
    about = {"configured": type(model).__name__}
    about |= {name: str(getattr(model, name)) for name in ("model", "base_url") if hasattr(model, name)}
    return about | _settings_file()


def _settings_file() -> dict[str, str]:
    from dana_poet.settings import current_settings

    source = current_settings().source
    return {"settings": source} if source else {}


def _isolation() -> dict[str, str]:
    """Return which layers hold a program of `--sandbox` here, as a worker that is started for it tells."""
    if find_spec("dana_sandbox") is None or find_spec("RestrictedPython") is None:
        return {"sandbox": "not installed: --sandbox refuses to run anything"}
    from dana_sandbox import isolation_report

    report = isolation_report()
    missing = [finding.layer for finding in report.details if not finding.active]
    if not report.layers:
        return {"sandbox": f"does not start: {report.details[0].reason}"}
    layers = {name: _layer(report, name, active=active, reason=why) for name, active, why in report.details}
    return {"sandbox": f"works, without {', '.join(missing)}" if missing else "works, with every layer", **layers}


def _layer(report: IsolationReport, name: str, *, active: bool, reason: str) -> str:
    known = f"ABI {report.landlock_abi}" if name == "landlock" and active else reason
    return f"{'yes' if active else 'no'}{': ' + known if known else ''}"


def _state(folder: str) -> dict[str, str]:
    if not os.path.exists(folder):
        return {"folder": folder, "status": "not there yet: it is made when a program saves something"}
    if not os.path.isdir(folder):
        return {"folder": folder, "problem": "is a file, not a folder"}
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return {"folder": folder, "problem": "cannot be read and written"}
    broken = [
        os.path.join(where, name) for where, _, names in os.walk(folder) for name in names if name.endswith(".corrupt")
    ]
    if broken:
        return {"folder": folder, "problem": f"damaged files were set aside: {', '.join(broken)}"}
    return {"folder": folder, "status": "sound"}


def _print(found: dict[str, dict[str, str]]) -> None:
    for section, lines in found.items():
        print(section)
        for name, value in lines.items():
            print(f"  {name:<15} {value}")
    sys.stdout.flush()
