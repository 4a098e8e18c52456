"""config.yaml: read at the start, and written when columns are chosen; whatever else stands in it stays."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import platformdirs

from bwtop.app import BwtopApp
from bwtop.model.config import Config
from bwtop.model.config_reading import read_config
from bwtop.model.config_writing import CannotWriteError, with_columns
from bwtop.model.keyed_yaml import MOST_CHARACTERS, Mistake


def config_path() -> Path:
    """`~/.config/bwtop/config.yaml` on Linux, unless XDG_CONFIG_HOME says otherwise."""
    return Path(platformdirs.user_config_dir("bwtop")) / "config.yaml"


def load_config() -> Config:
    """Without the file: nothing is said. Mistakes are told, never raised."""
    path = config_path()
    try:
        text = _text(path)
    except (OSError, UnicodeDecodeError) as error:
        return Config(mistakes=[Mistake(str(path), 1, "", f"cannot be read: {_reason(error)}")])
    if text is None:
        return Config()
    from bwtop.screens.keymap import key_name, known_keys  # imports all dialogs

    return read_config(text, source=str(path), known=known_keys(BwtopApp), key_name=key_name)


def keep_columns(view: str, columns: Sequence[str]) -> str:
    """Writes them into the file, none: takes them out of it. Gives the reason when it cannot, or nothing."""
    path = config_path()
    try:
        _write(path, with_columns(_text(path) or "", view=view, columns=columns))
    except (OSError, UnicodeDecodeError, CannotWriteError) as error:
        return f"{path}: {_reason(error)}"
    return ""


def _text(path: Path) -> str | None:
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(MOST_CHARACTERS + 1)
    except FileNotFoundError:
        return None


def _write(path: Path, text: str) -> None:
    """All of it or nothing; a link, as of dotfiles kept elsewhere, stays one."""
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".config-", suffix=".yaml")
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
        if path.exists():
            shutil.copymode(path, name)
        os.replace(name, path)
    except BaseException:  # ctrl-c, too, leaves no half of a file behind
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return "no UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
