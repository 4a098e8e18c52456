"""How a command fails: one line that says why and what to do, and kubectl-like exit statuses."""

import contextlib
import traceback
from collections.abc import Iterator

import click

from bwtop.kube.errors import KubeError

EXIT_ENVIRONMENT = 2
EXIT_INTERRUPTED = 130


class UsageError(Exception):
    """The command line asks for something that is not there."""


@contextlib.contextmanager
def guarded(*, debug: bool) -> Iterator[None]:
    """Turns the errors that a user can meet into a line on stderr and exit status 2, Ctrl-C into 130."""
    try:
        yield
    except (KubeError, UsageError, OSError) as error:
        if debug:
            traceback.print_exc()
        click.echo(f"bwtop: {_words(error)}", err=True)
        raise click.exceptions.Exit(EXIT_ENVIRONMENT) from None
    except KeyboardInterrupt:
        raise click.exceptions.Exit(EXIT_INTERRUPTED) from None


def _words(error: Exception) -> str:
    """Without the number and the brackets that Python puts around the cause and the file."""
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.filename}: {error.strerror}"
    return f"{error}"
