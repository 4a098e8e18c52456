"""Puts chosen columns into the text of config.yaml; comments and all other keys stay as they stand."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from bwtop.model.keyed_yaml import MOST_CHARACTERS


class CannotWriteError(Exception):
    """The file is left as it is; says why."""


def with_columns(text: str, *, view: str, columns: Sequence[str]) -> str:
    """None: those of the view are taken out. Raises CannotWriteError for a text that is not understood."""
    try:
        before = yaml.safe_load(text) or {}
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise CannotWriteError("is no YAML; mend it first") from error
    kept = before.get("columns") or {} if isinstance(before, dict) else None
    if not isinstance(kept, dict) or len(text) > MOST_CHARACTERS:
        raise CannotWriteError("has mistakes; mend them first")
    wanted = {key: own for key, own in kept.items() if key != view} | ({view: list(columns)} if columns else {})
    after = _replaced(text, root, _line(wanted))
    if _loaded(after) != {**before, "columns": wanted}:
        raise CannotWriteError(f"is written in an unusual way; write this into it: {_line(wanted)}")
    return after


def _line(columns: Mapping[str, Any]) -> str:
    """On one line, as that can stand wherever the old value stood."""
    return yaml.safe_dump({"columns": columns}, default_flow_style=True, sort_keys=False, width=100_000).strip()[1:-1]


def _replaced(text: str, root: yaml.Node | None, line: str) -> str:
    """The old pair where it stands, or else a new last line."""
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    for key, value in pairs:
        if key.value == "columns":
            return text[: key.start_mark.index] + line + text[_end(value) :]
    return f"{text}\n{line}\n" if text and not text.endswith("\n") else f"{text}{line}\n"


def _end(node: yaml.Node) -> int:
    """Behind its last character: a block ends for YAML where the next key begins, comments included."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _loaded(text: str) -> Any:  # noqa: ANN401 - whatever the file has
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None
