"""Periodic reports: every figure leads to as many events, parts and rows sum to it (clause IV.2)."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notification.domain.period import Period, parse
from services.notification.domain.report_figures import BY_NAME, DIMENSIONS, FIGURES, Dimension
from services.notification.report_counting import Asked, Report, prepare, report_of, within
from services.notification.report_sql import Window, entries
from shared.contracts.appraisal import AdviceIssued, Appraised
from shared.contracts.event import Event
from shared.contracts.exemplar import (
    AwardOutcomeRecorded,
    AwardProposed,
    DependentRecognitionDecided,
    DependentRecognitionSuspended,
)
from shared.contracts.notification import ReportLine
from shared.contracts.recognition import CaseOpened, Declined, RecognitionRevoked, Recognized
from shared.contracts.registration import (
    ModelRegistered,
    ModelWithdrawn,
    OrganizationMerged,
    OrganizationSplit,
    Part,
    RegistrationAccepted,
    RegistrationReturned,
    ResultsReported,
)
from shared.contracts.running import (
    ModelEnded,
    ModelResumed,
    ModelSuspended,
    PlanAdopted,
    ProgressReported,
    Target,
)
from shared.contracts.values import (
    AchievementId,
    Aim,
    AppraisalId,
    AwardId,
    CaseId,
    ModelId,
    OrganizationId,
)
from tests.support import story
from tests.support.counted import Ledger, counted
from tests.support.story import MOVEMENT, RULE_SET, SECTION, organization

PROVINCE, COMMISSION, EAST, WEST, CELL, OTHER_CELL, UNION, EAST_UNION = (
    organization(number) for number in range(101, 109)
)
BEGIN: Final = datetime(2026, 1, 10, 2, tzinfo=UTC)
TODAY: Final = date(2026, 12, 31)
YEAR: Final = Period(first=date(2026, 1, 1), last=date(2026, 12, 31))

WHERE: Final = {
    PROVINCE: ("Tỉnh", "province"),
    COMMISSION: ("Tỉnh", "province"),
    EAST: ("Xã Đông", "commune"),
    WEST: ("Xã Tây", "commune"),
    CELL: ("Xã Đông", "grassroots"),
    OTHER_CELL: ("Xã Tây", "grassroots"),
    UNION: ("Tỉnh", "province"),
    EAST_UNION: ("Xã Đông", "commune"),
}


def province() -> list[Event]:
    """A province of two communes; the commune's union stands in a vertical and a territorial line at once."""
    made: list[Event] = [
        msgspec.structs.replace(
            story.created(body, f"Đơn vị {body}"[:60]), place=place, level=level
        )
        for body, (place, level) in WHERE.items()
    ]
    made += [
        story.line(EAST, "party", PROVINCE),
        story.line(WEST, "party", PROVINCE),
        story.line(CELL, "party", EAST),
        story.line(OTHER_CELL, "party", WEST),
        story.line(EAST_UNION, "vertical", UNION),
        story.line(EAST_UNION, "territory", EAST),
        story.line(EAST_UNION, "party", EAST),
        story.RULES,
    ]
    return made


def model_id(number: int) -> ModelId:
    return ModelId(UUID(int=0x018F << 112 | number + 1))


def case_id(number: int) -> CaseId:
    return CaseId(UUID(int=0x018F << 112 | 0xC000 + number))


HOLDERS: Final = (CELL, OTHER_CELL, EAST_UNION)


def registered(number: int) -> ModelRegistered:
    """Model `number`: everything about it follows from the number."""
    holder = HOLDERS[number % 3]
    committee = WEST if holder == OTHER_CELL else EAST
    return msgspec.structs.replace(
        story.registered(),
        model_id=model_id(number),
        name=f"Mô hình {number}",
        field=("economy", "culture-society", "security-defence")[number % 3],
        holder=holder,
        holder_kind="individual" if number % 4 == 3 else "collective",
        committee=committee,
        deciding_body=UNION if number % 5 == 4 else committee,
        launching_body=COMMISSION,
        aim=aim_of(number),
    )


def aim_of(number: int) -> Aim:
    return "exemplar" if number % 4 == 1 else "model"


def happened(kind: str, number: int, on: date) -> list[Event]:
    """What is recorded of a model when something of this kind happens."""
    model, case, body = model_id(number), case_id(number), registered(number).deciding_body
    about: dict[str, Any] = {
        "case_id": case,
        "model": model,
        "movement": MOVEMENT,
        "year": on.year,
        "aim": aim_of(number),
        "holder": registered(number).holder,
        "committee": registered(number).committee,
        "appraising_unit": SECTION,
        "decision_number": "1-QĐ",
        "decided_on": on,
        "signer_office": "Bí thư",
        "signer": story.PERSON,
    }
    appraisal = AppraisalId(UUID(int=model.int | 1 << 20))
    award = AwardId(UUID(int=model.int | 1 << 21))
    match kind:
        case "registered":
            return [registered(number)]
        case "accepted":
            return [RegistrationAccepted(model_id=model, committee=EAST)]
        case "returned":
            return [RegistrationReturned(model_id=model, committee=EAST, reasons="Thiếu")]
        case "withdrawn":
            return [ModelWithdrawn(model_id=model, reason="Rút")]
        case "planned":
            return [
                PlanAdopted(
                    model_id=model,
                    targets=(Target(name="Hộ", unit="hộ", goal=Decimal(5)),),
                    measures="Vận động",
                    milestones=(),
                    resources="Tại chỗ",
                    starts_on=on,
                    ends_on=on,
                )
            ]
        case "progress":
            return [ProgressReported(model_id=model, until=on, narrative="Tốt", figures=())]
        case "suspended":
            return [ModelSuspended(model_id=model, suspended_on=on, reason="Lũ")]
        case "resumed":
            return [ModelResumed(model_id=model, resumed_on=on, reason="Hết lũ")]
        case "ended":
            return [ModelEnded(model_id=model, ended_on=on, reason="Xong")]
        case "reported":
            late = number % 2 == 0
            return [ResultsReported(model_id=model, year=on.year, late=late, session="held")]
        case "appraised":
            return [
                Appraised(
                    appraisal_id=appraisal,
                    model=model,
                    year=on.year,
                    points=80,
                    points_required=70,
                    gates_passed=True,
                    meets_standard=number % 3 > 0,
                    summary="Đạt",
                )
            ]
        case "advised":
            return [
                AdviceIssued(
                    appraisal_id=appraisal,
                    model=model,
                    movement=MOVEMENT,
                    year=on.year,
                    aim=aim_of(number),
                    holder=registered(number).holder,
                    committee=registered(number).committee,
                    appraising_unit=SECTION,
                    deciding_body=body,
                    advice="recognise" if number % 3 else "decline",
                    reasons="Theo phiếu",
                    rule_set=RULE_SET,
                    rule_set_version=1,
                )
            ]
        case "case":
            return [
                CaseOpened(
                    case_id=case,
                    model=model,
                    movement=MOVEMENT,
                    year=on.year,
                    achievement=AchievementId(case),
                    aim=aim_of(number),
                    holder=registered(number).holder,
                    holder_kind="collective",
                    committee=EAST,
                    appraisal=appraisal,
                    appraising_unit=SECTION,
                    deciding_body=body,
                    advice="recognise",
                    grounds=(),
                    rule_set=RULE_SET,
                    rule_set_version=1,
                )
            ]
        case "recognised":
            return [Recognized(**about, decided_by=body, clauses=("I.2.2b",))]
        case "declined":
            return [Declined(**about, decided_by=body, clauses=("I.2.2b",), reasons="Chưa đạt")]
        case "revoked":
            ground: dict[str, Any] = {
                "ground": "forged_dossier",
                "reasons": "Giả mạo",
                "revokes": "1-QĐ",
            }
            return [RecognitionRevoked(**about, **ground, revoked_by=body, decided_late=False)]
        case "fell":
            return [
                DependentRecognitionSuspended(
                    dependent="case", dependent_id=case, fallen=case_id(number + 50)
                )
            ]
        case "holds again":
            return [
                DependentRecognitionDecided(
                    case_id=case,
                    model=model,
                    holds=number % 3 > 0,
                    decided_by=body,
                    decision_number="2-QĐ",
                    decided_on=on,
                    reasons="Còn căn cứ",
                    signer_office="Bí thư",
                    signer=story.PERSON,
                )
            ]
        case "award proposed":
            return [
                AwardProposed(
                    award_id=award,
                    case_id=case,
                    model=model,
                    holder=registered(number).holder,
                    proposed_by=body,
                    award="Bằng khen",
                    proposed_to="Tỉnh ủy",
                    document_number="3-TTr",
                    proposed_on=on,
                )
            ]
        case "award outcome":
            return [
                AwardOutcomeRecorded(
                    award_id=award,
                    case_id=case,
                    outcome="granted",
                    document_number="4-QĐ",
                    decided_on=on,
                )
            ]
        case "merged":
            return [
                OrganizationMerged(
                    organization_id=WEST, into=EAST, effective_on=on, source="Nghị quyết"
                )
            ]
        case _:
            raise AssertionError(kind)


ONCE: Final = ("planned", "case", "accepted", "award proposed", "recognised", "withdrawn")
KINDS: Final = (
    *("registered", "accepted", "returned", "withdrawn", "planned", "progress", "suspended"),
    *("resumed", "ended", "reported", "appraised", "advised", "case", "recognised", "declined"),
    *("revoked", "fell", "holds again", "award proposed", "award outcome"),
)
MODELS: Final = 6

HISTORIES: Final = st.lists(
    st.tuples(
        st.sampled_from(KINDS), st.integers(0, MODELS - 1), st.integers(min_value=0, max_value=25)
    ),
    max_size=40,
)


def ledger_of(history: Sequence[tuple[str, int, int]], merged: int | None = None) -> Ledger:
    """The events of a history: kind, model, days since the one before. All models are registered at first."""
    ledger = Ledger()
    ledger.add(datetime(2025, 7, 1, tzinfo=UTC), *province())
    at, told = BEGIN, set[tuple[str, int]]()
    for number in range(MODELS):
        ledger.add(BEGIN + timedelta(days=9 * number), registered(number))
    for index, (kind, number, days) in enumerate(history):
        at += timedelta(days=days)
        if index == merged:
            ledger.add(at, *happened("merged", 0, at.date()))
        if kind not in ONCE or (kind, number) not in told:
            ledger.add(at, *happened(kind, number, at.date()))
        told.add((kind, number))
    return ledger


async def listed(
    read: AsyncConnection,
    asked: Asked,
    figure: str,
    window: Window = "value",
    row: tuple[Dimension, str] | None = None,
) -> list[UUID]:
    """The events behind a figure."""
    scope, counting = await prepare(read, asked, TODAY)
    statement = entries(scope, counting, BY_NAME[figure], window)
    if row is not None:
        statement = statement.where(within(*row, scope))
    return [UUID(one.event_id) for one in (await read.execute(statement)).all()]


def asked_of(
    body: OrganizationId = PROVINCE, line: ReportLine = "all", period: Period = YEAR
) -> Asked:
    return Asked(body=body, line=line, period=period)


async def _holds_together(ledger: Ledger, asked: Asked, dimension: Dimension) -> None:
    async with counted(ledger.entries) as read:
        report = await report_of(read, asked, TODAY)
        totals = {row.figure: row for row in report.figures}
        for figure in FIGURES:
            row = totals[figure.name]
            windows: tuple[tuple[Window, int | None], ...] = (
                ("value", row.value),
                ("before", row.before),
                ("cumulative", row.cumulative),
            )
            for window, said in windows:
                if said is not None:
                    found = await listed(read, asked, figure.name, window)
                    assert len(found) == len(set(found)) == said, (figure.name, window)
            assert row.change == row.value - row.before
            assert row.cumulative is None or row.cumulative >= row.value
            _parts_sum(report, figure.name)
        (breakdown,) = (one for one in report.breakdowns if one.dimension == dimension)
        for shown in breakdown.rows:
            for name, values in shown.figures.items():
                found = await listed(read, asked, name, row=(dimension, shown.key))
                assert len(found) == values.value, (dimension, shown.key, name)


def _parts_sum(report: Report, name: str) -> None:
    totals = {row.figure: row for row in report.figures}
    parts = [totals[one.name] for one in FIGURES if one.part_of == name]
    if parts:
        assert sum(part.value for part in parts) == totals[name].value
        assert sum(part.before for part in parts) == totals[name].before
    for breakdown in report.breakdowns:
        rows = [row.figures[name] for row in breakdown.rows if name in row.figures]
        assert sum(row.value for row in rows) == totals[name].value
        assert sum(row.before for row in rows) == totals[name].before
        assert sum(row.cumulative or 0 for row in rows) == (totals[name].cumulative or 0)


@settings(max_examples=6, deadline=None)
@given(
    history=HISTORIES,
    merged=st.none() | st.integers(0, 20),
    body=st.sampled_from((PROVINCE, COMMISSION, EAST, WEST, UNION)),
    line=st.sampled_from(("all", "party", "vertical", "territory", "register")),
    period=st.sampled_from(("2026", "2026-H1", "2026-H2", "2026-05")),
    dimension=st.sampled_from(tuple(DIMENSIONS)),
)
def test_every_figure_has_its_events_and_parts_and_rows_sum_to_it(  # noqa: PLR0917 - each is another thing
    history: list[tuple[str, int, int]],
    merged: int | None,
    body: OrganizationId,
    line: ReportLine,
    period: str,
    dimension: Dimension,
) -> None:
    named = parse(period)
    assert named is not None
    asyncio.run(_holds_together(ledger_of(history, merged), asked_of(body, line, named), dimension))


@settings(max_examples=2, deadline=None)
@given(history=HISTORIES)
def test_what_happened_in_the_months_adds_up_to_the_year_and_to_the_cumulative_figure(
    history: list[tuple[str, int, int]],
) -> None:
    async def check() -> None:
        async with counted(ledger_of(history).entries) as read:
            year = await report_of(read, asked_of(), TODAY)
            months = Counter[str]()
            for month in range(1, 13):
                named = parse(f"2026-{month:02d}")
                assert named is not None
                report = await report_of(read, asked_of(period=named), TODAY)
                months.update({row.figure: row.value for row in report.figures})
            for row in year.figures:
                if not row.at_end:
                    # The record begins in 2026.
                    assert months[row.figure] == row.value == row.cumulative, row.figure

    asyncio.run(check())


def test_the_page_of_reports_defines_every_figure() -> None:
    page = (Path(__file__).parents[4] / "docs" / "reference" / "reports.md").read_text()
    for figure in FIGURES:
        (row,) = (line for line in page.splitlines() if line.startswith(f"| `{figure.name}` |"))
        assert figure.vi in row and figure.source in row
        assert all(f"`{fact}`" in row for fact in figure.facts)


# --- examples ---------------------------------------------------------------------------------


async def figures(ledger: Ledger, asked: Asked, today: date = TODAY) -> dict[str, tuple[int, int]]:
    async with counted(ledger.entries) as read:
        report = await report_of(read, asked, today)
    return {row.figure: (row.value, row.before) for row in report.figures}


async def test_a_model_returned_and_registered_again_is_registered_once_when_it_first_was() -> None:
    ledger = ledger_of([("returned", 0, 100), ("registered", 0, 100)])
    second_half = parse("2026-H2")
    assert second_half is not None
    assert (await figures(ledger, asked_of()))["registered"] == (MODELS, 0)
    assert (await figures(ledger, asked_of(period=second_half)))["registered"] == (0, MODELS)


async def test_parallel_lines_do_not_count_a_model_twice() -> None:
    """The union of the east stands in three lines under the east, and is one holder."""
    ledger = ledger_of([])
    lines: tuple[ReportLine, ...] = ("all", "party", "territory", "vertical", "register")
    east = [(await figures(ledger, asked_of(EAST, line)))["registered"][0] for line in lines]
    assert east == [4, 4, 2, 0, 0]
    launched = [
        (await figures(ledger, asked_of(COMMISSION, line)))["registered"][0] for line in lines
    ]
    assert launched == [6, 0, 0, 0, 6]


async def test_models_of_a_body_that_was_merged_are_those_of_its_successor() -> None:
    ledger = ledger_of([("accepted", 0, 30)], merged=0)
    assert (await figures(ledger, asked_of(EAST)))["registered"] == (6, 0)
    january = parse("2026-01")
    assert january is not None
    # By then it was not merged yet: the graph of the day.
    assert (await figures(ledger, asked_of(EAST, period=january)))["registered"][0] == 2


async def test_a_model_that_a_split_gave_to_one_of_the_parts_counts_there() -> None:
    ledger = ledger_of([])
    parts = (Part(organization=OTHER_CELL, models=(model_id(0),)), Part(organization=EAST_UNION))
    ledger.add(
        BEGIN + timedelta(days=90),
        OrganizationSplit(
            organization_id=CELL,
            effective_on=date(2026, 4, 1),
            parts=parts,
            default_successor=EAST_UNION,
            source="Nghị quyết",
        ),
    )
    assert (await figures(ledger, asked_of(WEST)))["registered"] == (3, 0)
    await _holds_together(ledger, asked_of(WEST), "committee")


async def test_a_running_model_is_quiet_when_nothing_was_heard_for_longer_than_its_rules_allow() -> (
    None
):
    days = story.SETTINGS.quiet_after_days.value
    ledger = ledger_of([("planned", 0, 0), ("planned", 1, 0), ("progress", 1, days)])
    last = BEGIN.date() + timedelta(days=days + 1)
    period = Period(first=date(2026, 1, 1), last=last)
    found = await figures(ledger, asked_of(period=period))
    assert (found["running"][0], found["quiet"][0]) == (2, 1)
    sooner = Period(first=date(2026, 1, 1), last=last - timedelta(days=1))
    assert (await figures(ledger, asked_of(period=sooner)))["quiet"][0] == 0


async def test_neither_resting_nor_reported_models_are_quiet() -> None:
    ledger = ledger_of(
        [("planned", 0, 0), ("planned", 1, 0), ("suspended", 0, 1), ("reported", 1, 1)]
    )
    found = await figures(ledger, asked_of())
    assert (found["running"][0], found["quiet"][0]) == (1, 0)


async def test_a_recognition_is_in_force_until_it_falls_and_again_once_it_holds() -> None:
    told = [("case", 1, 0), ("recognised", 1, 0), ("fell", 1, 60), ("holds again", 1, 60)]
    in_force = []
    for length in range(2, 5):
        found = await figures(ledger_of(told[:length]), asked_of())
        in_force.append(found["exemplars_in_force"][0])
    assert in_force == [1, 0, 1]


async def test_figures_of_a_position_stay_when_more_is_recorded() -> None:
    ledger = ledger_of([("planned", 0, 0)])
    before = len(ledger.entries)
    ledger.add(BEGIN + timedelta(days=200), *happened("withdrawn", 0, date(2026, 7, 29)))
    async with counted(ledger.entries) as read:
        then = msgspec.structs.replace(asked_of(), position=before)
        assert len(await listed(read, then, "running")) == 1
        assert len(await listed(read, asked_of(), "running")) == 0
