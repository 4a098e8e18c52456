"""A page of checks on the screen: a sentence, and below it a check a paragraph."""

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace
from textual.content import Content

from bwtop.model.check_lines import Line, Part, check_lines, sentence_lines
from bwtop.model.checks import Check, Finding, tally, worst
from bwtop.model.explanation import Explanation
from bwtop_widgets.cell_text import visible

_STYLES = {
    Finding.OK: "$text-success",
    Finding.WARNING: "$text-warning",
    Finding.FAILURE: "bold $text-error",
    Finding.UNKNOWN: "$text-accent",
}
_PART_STYLES = {Part.VERDICT: "", Part.MORE: "", Part.ADVICE: "bold", Part.SOURCE: "$foreground-muted"}


class Page(msgspec.Struct, frozen=True):
    finding: Finding
    sentence: str
    checks: tuple[Check, ...]


def explanation_page(found: Explanation) -> Page:
    """All its checks are about the same pods, so that they need not be named each time."""
    return Page(found.finding, found.conclusion, tuple(replace(check, objects=()) for check in found.checks))


def node_page(node: str, checks: tuple[Check, ...]) -> Page:
    return Page(worst(checks), f"{node}: {tally(checks)}", tuple(replace(check, objects=()) for check in checks))


def doctor_page(checks: tuple[Check, ...]) -> Page:
    return Page(worst(checks), f"the cluster: {tally(checks)}", checks)


def page_content(page: Page, *, width: int) -> Content:
    return Content("\n").join(_lines(page, width))


def page_text(page: Page) -> str:
    """For the clipboard."""
    lines = [*sentence_lines(page.finding, page.sentence, width=None), Line(Part.MORE, "", "")]
    lines += [line for check in page.checks for line in check_lines(check, width=None)]
    return "".join(f"{visible(line.head + line.text)}\n" for line in lines)


def _lines(page: Page, width: int) -> Iterator[Content]:
    for line in sentence_lines(page.finding, page.sentence, width=width):
        yield Content.assemble((visible(line.head), _STYLES[page.finding]), (visible(line.text), "bold"))
    yield Content("")
    for check in page.checks:
        for line in check_lines(check, width=width, compact=True):
            head = _STYLES[check.finding] if line.part is Part.VERDICT else _PART_STYLES[line.part]
            yield Content.assemble((line.head, head), (visible(line.text), _PART_STYLES[line.part]))
