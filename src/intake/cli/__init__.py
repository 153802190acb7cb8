"""The command line: ``intake``. Each command calls ``bootstrap`` and the use cases."""

from __future__ import annotations

import os
import signal
import sys


def main() -> None:
    """Run the command line; an error of ours is printed as a sentence, without a trace.

    The exit code is 0, 1 for a failure or refusal, 2 for a command that cannot be understood. Ctrl-C before
    a command has begun its work ends the process by the signal (130 in a shell).
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # before anything that takes time: no traceback
    os.umask(0o077)  # files written here may hold citizens' texts

    import typer

    from intake.cli.commands import app
    from intake.errors import IntakeError

    try:
        app()
    except IntakeError as error:
        from intake.settings import command_language

        message, hint = error.told(command_language())
        typer.secho(f"intake: {message}", fg="red", err=True)
        if hint:
            typer.echo(f"        {hint}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
