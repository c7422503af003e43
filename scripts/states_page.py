"""docs/reference/states.md: the stages of every aggregate and the events that lead from one to another."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from shared.domain.decider import UNKNOWN
from shared.host.service import Service
from tests.support.arrows import Arrow

_BEGINNING: Final = """\
# The stages of every aggregate

*Mỗi hồ sơ đi qua những bước nào, và sự kiện nào đưa từ bước này sang bước khác. Sơ đồ được dựng từ chính mã nguồn, không vẽ tay.
Tên bước và tên sự kiện: xem [thuật ngữ](glossary.md).*

An arrow is an event that `decide` lets happen at that stage; where there is no arrow, it is refused or changes nothing. Nothing here is
drawn by hand: every command of the specifications (`tests/unit/services/*/domain`) is tried on every history of theirs, and on where
that leads to (`tests/support/arrows.py`); a test keeps this page in step, and a played year must find all its steps here
(`tests/e2e/test_demo_year.py`). What is refused when, and why, is in the specifications. A decider is handed what other aggregates
know; an arrow says that it happens with *some* such facts, not with all.

The year these belong to is told in [the domain](../explanation/domain.md), the words in the [glossary](glossary.md).
"""


def states_page(services: Sequence[Service], arrows: Collection[Arrow]) -> str:
    """The page."""
    lines = [_BEGINNING]
    for service in services:
        categories = [rules.decider.category for rules in service.rules]
        if categories:
            lines.append(f"## {service.name}\n")
        for category in categories:
            own = sorted(arrow for arrow in arrows if arrow.category == category)
            if own:
                lines += _aggregate(category, own)
    return "\n".join(lines).rstrip("\n") + "\n"


def _aggregate(category: str, arrows: Sequence[Arrow]) -> Iterator[str]:
    yield f"### {category}\n"
    yield "```mermaid"
    yield "stateDiagram-v2"
    between: dict[tuple[str, str], list[str]] = defaultdict(list)
    stages = {UNKNOWN: 0}
    for arrow in _in_order(arrows):
        stages.setdefault(arrow.then, len(stages))
        if arrow.stage != arrow.then:
            between[arrow.stage, arrow.then].append(arrow.event)
    yield from (f'    state "{stage}" as {_id(stage)}' for stage in stages if "-" in stage)
    for (stage, then), events in between.items():
        yield f"    {_id(stage)} --> {_id(then)}: {', '.join(events)}"
    yield "```\n"
    steady = sorted({arrow.event for arrow in arrows if arrow.stage == arrow.then})
    if steady:
        yield f"These leave the stage as it is: {', '.join(f'`{event}`' for event in steady)}.\n"


def _in_order(arrows: Sequence[Arrow]) -> Iterator[Arrow]:
    """From the beginning on, each stage after the one that leads to it."""
    reached = [UNKNOWN]
    for stage in reached:
        for arrow in arrows:
            if arrow.stage == stage:
                yield arrow
                if arrow.then not in reached:
                    reached.append(arrow.then)


def _id(stage: str) -> str:
    return "[*]" if stage == UNKNOWN else stage.replace("-", "_")
