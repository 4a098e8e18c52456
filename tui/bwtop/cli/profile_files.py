"""The files that profiles stand in: those that ship with bwtop, and the user's own."""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

import platformdirs

import bwtop_profiles
from bwtop.cli.errors import UsageError
from bwtop.model.keyed_yaml import MOST_CHARACTERS, Mistake
from bwtop.model.profile import DEFAULT_NAME, Profile
from bwtop.model.profile_choice import Profiles
from bwtop.model.profile_reading import ProfileError, read_profile

SUFFIXES: Final = (".yaml", ".yml")


def profile_folder() -> Path:
    """`~/.config/bwtop/profiles` on Linux, unless XDG_CONFIG_HOME says otherwise."""
    return Path(platformdirs.user_config_dir("bwtop")) / "profiles"


def load_profiles(*, named: str = "") -> Profiles:
    """A user's profile replaces the one of the same name that ships with bwtop.

    Raises UsageError when there is none with the name `named`; one with mistakes is left out all the same.
    """
    found = shipped_profiles()
    mistakes: list[Mistake] = []
    names: set[str] = {*found}
    try:
        for path in own_files():
            names.add(path.stem)
            try:
                found[path.stem] = read_file(path, base=found[DEFAULT_NAME])
            except ProfileError as error:
                mistakes += error.mistakes
    except OSError as error:
        mistakes.append(Mistake(str(profile_folder()), 1, "", f"cannot be read: {error.strerror}"))
    if named and named not in names:
        raise UsageError(f"there is no profile {named!r}; there are: {', '.join(sorted(names))}")
    return Profiles(found=sorted(found.values(), key=lambda own: not own.source), mistakes=mistakes, named=named)


def read_file(path: Path, *, base: Profile | None = None) -> Profile:
    """Raises ProfileError, also for a file that cannot be read."""
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(MOST_CHARACTERS + 1)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no UTF-8"
        raise ProfileError([Mistake(str(path), 1, "", f"cannot be read: {reason}")]) from error
    return read_profile(text, name=path.stem, source=str(path), base=base)


def shipped_profiles() -> dict[str, Profile]:
    """By name, the default first."""
    texts = {name: file.read_text("utf-8") for name, file in _shipped_files().items()}
    found: dict[str, Profile] = {}
    for name in sorted(texts, key=_default_first):
        found[name] = read_profile(texts[name], name=name, source="", base=found.get(DEFAULT_NAME))
    return found


def profile_names() -> set[str]:
    """None is read. Raises OSError when the user's folder cannot be listed."""
    return {*_shipped_files(), *(path.stem for path in own_files())}


def _shipped_files() -> dict[str, Traversable]:
    folder = resources.files(bwtop_profiles).joinpath("profiles")
    return {file.name.removesuffix(".yaml"): file for file in folder.iterdir()}


def own_files() -> list[Path]:
    """The default first, as the others build on it. Raises OSError when there is a folder that cannot be read."""
    try:
        files = [path for path in profile_folder().iterdir() if path.suffix in SUFFIXES]
    except FileNotFoundError:
        return []
    return sorted(files, key=lambda path: _default_first(path.stem))


def _default_first(name: str) -> tuple[bool, str]:
    return name != DEFAULT_NAME, name
