"""`python -m dana_poet`: the command line."""

from __future__ import annotations

from dana_poet.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
