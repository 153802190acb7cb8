"""A command is declared here and does its work elsewhere; what it works with is imported when it is called.

So ``--help``, ``--version`` and a mistyped option cost no import of the database, the queue or the
classifier. This is the one place that decides when those are loaded.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import ParamSpec

P = ParamSpec("P")


def runs(target: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Let a declaration call ``module:function``, which takes the same parameters by name.

    While the modules are loaded Ctrl-C ends the process at once, as ``main`` has set it: nothing is
    begun that has to be put away. From the call on it is a ``KeyboardInterrupt`` again.
    """
    module, _, name = target.partition(":")

    def joined(declared: Callable[P, None]) -> Callable[P, None]:
        @wraps(declared)
        def call(*args: P.args, **kwargs: P.kwargs) -> None:
            work = getattr(import_module(module), name)
            before = signal.signal(signal.SIGINT, signal.default_int_handler)
            try:
                work(*args, **kwargs)
            finally:
                signal.signal(signal.SIGINT, before)

        call.__dict__["target"] = target
        return call

    return joined
