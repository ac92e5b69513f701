"""What untrusted programs may import: explicit exports of the standard library, read-only."""

from dana_sandbox.facades.export_tables import exports
from dana_sandbox.facades.forget import forget
from dana_sandbox.facades.load import load
from dana_sandbox.facades.stand_ins import STAND_INS
from dana_sandbox.facades.warm import ALLOWED_AT_RUN_TIME, preload

__all__ = ["ALLOWED_AT_RUN_TIME", "STAND_INS", "exports", "forget", "load", "preload"]
