"""The dialect's constants: `from arcbatch.constants import *`."""

from __future__ import annotations

from . import _core

_CONSTANTS = _core.constants()
globals().update(_CONSTANTS)

__all__ = list(_CONSTANTS)  # noqa: PLE0605
