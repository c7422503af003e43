"""Periodic reports by example: what a figure counts, for whom, and when (clause IV.2), on SQLite as on PostgreSQL."""

from datetime import date, timedelta

import msgspec

from services.notification.domain.period import Period
from services.notification.domain.report_figures import BREAKDOWN_ROWS_MAX
from services.notification.report_counting import prepare, report_of
from shared.contracts.notification import ReportLine
from shared.contracts.particulars import SubField
from shared.contracts.registration import OrganizationSplit, Part
from shared.contracts.running import ModelFellQuiet
from tests.support import story
from tests.support.counted import (
    TODAY,
    YEAR,
    asked_of,
    counted,
    figures,
    holds_together,
    listed,
    period_of,
)
from tests.support.histories import (
    BEGIN,
    CELL,
    COMMISSION,
    EAST,
    EAST_UNION,
    HAPPENINGS,
    MODELS,
    OTHER_CELL,
    WEST,
    Turn,
    ledger_of,
    model_id,
)


async def test_a_model_returned_and_registered_again_is_registered_once_when_it_first_was(
    url: str,
) -> None:
    ledger = ledger_of([("returned", 0, 100), ("registered", 0, 100)])
    async with counted(url, ledger) as read:
        second_half = asked_of(period=period_of("2026-H2"))
        assert (await figures(read, asked_of()))["registered"] == (MODELS, 0)
        assert (await figures(read, second_half))["registered"] == (0, MODELS)


async def test_parallel_lines_do_not_count_a_model_twice(url: str) -> None:
    """The union of the east stands in three lines under the east, and is one holder."""
    lines: tuple[ReportLine, ...] = ("all", "party", "territory", "vertical", "register")
    async with counted(url, ledger_of([])) as read:
        east = [(await figures(read, asked_of(EAST, line)))["registered"][0] for line in lines]
        assert east == [4, 4, 2, 0, 0]
        launched = [
            (await figures(read, asked_of(COMMISSION, line)))["registered"][0] for line in lines
        ]
        assert launched == [6, 0, 0, 0, 6]


async def test_models_of_a_body_that_was_merged_are_those_of_its_successor(url: str) -> None:
    async with counted(url, ledger_of([("accepted", 0, 30)], merged=0)) as read:
        assert (await figures(read, asked_of(EAST)))["registered"] == (6, 0)
        january = asked_of(EAST, period=period_of("2026-01"))
        # By then it was not merged yet: the graph of the day.
        assert (await figures(read, january))["registered"][0] == 2


async def test_a_model_that_a_split_gave_to_one_of_the_parts_counts_there(url: str) -> None:
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
    async with counted(url, ledger) as read:
        assert (await figures(read, asked_of(WEST)))["registered"] == (3, 0)
        await holds_together(read, asked_of(WEST), "committee")


async def test_a_model_is_quiet_from_the_day_on_which_its_silence_is_longer_than_allowed(
    url: str,
) -> None:
    """Whenever that was noticed: the record says since when nothing was heard."""
    days = story.SETTINGS.quiet_after_days.value
    noticed_late = ModelFellQuiet(
        model_id=model_id(0), heard_on=BEGIN.date(), quiet_after_days=days
    )
    ledger = ledger_of([("planned", 0, 0), ("planned", 1, 0)])
    ledger.add(BEGIN + timedelta(days=days + 9), noticed_late)
    first = BEGIN.date() + timedelta(days=days + 1)
    from_then = asked_of(period=Period(first=YEAR.first, last=first))
    sooner = asked_of(period=Period(first=YEAR.first, last=first - timedelta(days=1)))
    async with counted(url, ledger) as read:
        found = await figures(read, from_then)
        assert (found["running"][0], found["quiet"][0]) == (2, 1)
        assert (await figures(read, sooner))["quiet"][0] == 0


async def test_a_model_is_quiet_until_something_is_heard_or_it_rests(url: str) -> None:
    silent = [("planned", 0, 0), ("fell quiet", 0, 61)]
    ends = ("progress", "attested", "reported", "suspended", "ended", "withdrawn")
    quiet = []
    for end in ends:
        async with counted(url, ledger_of([*silent, (end, 0, 30), ("fell quiet", 1, 1)])) as read:
            quiet.append((await figures(read, asked_of(CELL)))["quiet"][0])
            then = asked_of(period=period_of("2026-03"))
            assert (await figures(read, then))["quiet"][0] == 1
    assert quiet == [0] * len(ends)


async def test_a_recognition_is_in_force_until_it_falls_and_again_once_it_holds(url: str) -> None:
    told = [("case", 1, 0), ("recognised", 1, 0), ("fell", 1, 60), ("holds again", 1, 60)]
    in_force = []
    for length in range(2, 5):
        async with counted(url, ledger_of(told[:length])) as read:
            in_force.append((await figures(read, asked_of()))["exemplars_in_force"][0])
    assert in_force == [1, 0, 1]


async def test_figures_of_a_position_stay_when_more_is_recorded(url: str) -> None:
    ledger = ledger_of([("planned", 0, 0)])
    before = ledger.position
    withdrawn = HAPPENINGS["withdrawn"](Turn(0, date(2026, 7, 29)))
    ledger.add(BEGIN + timedelta(days=200), withdrawn)
    async with counted(url, ledger) as read:
        then = await prepare(read, msgspec.structs.replace(asked_of(), position=before), TODAY)
        now = await prepare(read, asked_of(), TODAY)
        assert len(await listed(read, then, "running")) == 1
        assert len(await listed(read, now, "running")) == 0


async def test_local_sub_fields_roll_up_to_the_four_fields(url: str) -> None:
    """The same id under another field is another sub-field; the title is the one last adopted."""
    titles = ("Nông thôn cũ", "Nông thôn mới")
    ledger = ledger_of([])
    for title in titles:
        listed_there = (SubField(id="nong-thon-moi", field="economy", title=title),)
        sub_fields = msgspec.structs.replace(story.SETTINGS.sub_fields, value=listed_there)
        rules = msgspec.structs.replace(story.SETTINGS, sub_fields=sub_fields)
        ledger.add(BEGIN, msgspec.structs.replace(story.RULES, settings=rules))
    async with counted(url, ledger) as read:
        report = await report_of(read, asked_of(), TODAY)
        await holds_together(read, asked_of(), "sub_field")
    by = {one.dimension: one.rows for one in report.breakdowns}
    assert [(row.vi, row.figures["registered"].value) for row in by["sub_field"]] == [
        ("Kinh tế: Nông thôn mới", 1),
        ("Kinh tế: không ghi lĩnh vực nhỏ", 1),
        ("Quốc phòng - an ninh: nong-thon-moi", 1),
        ("Quốc phòng - an ninh: không ghi lĩnh vực nhỏ", 1),
        ("Văn hóa - xã hội: nong-thon-moi", 1),
        ("Văn hóa - xã hội: không ghi lĩnh vực nhỏ", 1),
    ]
    for field in by["field"]:
        parts = [row.figures["registered"] for row in by["sub_field"] if row.part_of == field.key]
        assert sum(one.value for one in parts) == field.figures["registered"].value


async def test_rows_beyond_the_bound_of_a_breakdown_are_summed_in_one_that_says_so(
    url: str,
) -> None:
    """Those that count most have rows of their own."""
    more = 7
    ledger = ledger_of([("accepted", 0, 30)])
    for number in range(BREAKDOWN_ROWS_MAX + more):
        registered = msgspec.structs.replace(
            Turn(MODELS + number, BEGIN.date()).registered, category=f"loai-{number}"
        )
        ledger.add(BEGIN + timedelta(days=90), registered)
    async with counted(url, ledger) as read:
        report = await report_of(read, asked_of(), TODAY)
        (rows,) = (one.rows for one in report.breakdowns if one.dimension == "category")
        *own, rest = rows
        prepared = await prepare(read, asked_of(), TODAY)
        for figure in ("registered", "accepted"):
            values = [row.figures[figure].value for row in rows if figure in row.figures]
            assert sum(values) == (await figures(read, asked_of()))[figure][0]
        behind = await listed(read, prepared, "registered", row=("category", rest))
        assert len(set(behind)) == rest.stands_for
    assert len(rows) == BREAKDOWN_ROWS_MAX
    assert (rest.key, rest.stands_for) == (None, BREAKDOWN_ROWS_MAX + more + 1 - len(own))
    assert rest.vi == f"Còn lại ({rest.stands_for} dòng cộng chung)"
    assert rest.figures["registered"].value == rest.stands_for
    assert Turn(0, BEGIN.date()).registered.category in [row.key for row in own]


async def test_a_finding_that_was_withdrawn_counts_in_no_period(url: str) -> None:
    """A case counts with its first finding that stands; at a position before the withdrawal it did count."""
    in_february, in_march, in_april = (BEGIN + timedelta(days=days) for days in (40, 65, 95))
    found = HAPPENINGS["duplicate"](Turn(0, date(2026, 1, 2)))
    another = HAPPENINGS["duplicate"](Turn(0, date(2026, 1, 3)))
    withdrawn = HAPPENINGS["no duplicate"](Turn(0, date(2026, 1, 2)))
    ledger = ledger_of([])
    ledger.add(in_february, found)
    ledger.add(in_march, another)
    ledger.add(in_april, withdrawn)
    taken_back = ledger.position
    ledger.add(in_april, found)
    expected = {
        taken_back - 2: {"2026-02": 1, "2026-03": 0, "2026": 1},
        taken_back - 1: {"2026-02": 1, "2026-03": 0, "2026": 1},
        taken_back: {"2026-02": 0, "2026-03": 1, "2026": 1},
        taken_back + 1: {"2026-02": 0, "2026-03": 1, "2026": 1},
    }
    async with counted(url, ledger) as read:
        for position, periods in expected.items():
            for name, number in periods.items():
                asked = msgspec.structs.replace(asked_of(period=period_of(name)), position=position)
                assert (await figures(read, asked))["duplicates"][0] == number, (position, name)
                behind = await listed(read, await prepare(read, asked, TODAY), "duplicates")
                assert len(behind) == number


async def test_a_finding_made_again_after_it_was_withdrawn_counts_anew(url: str) -> None:
    of_model = Turn(0, date(2026, 1, 2))
    told = [("duplicate", 40), ("no duplicate", 95), ("duplicate", 125)]
    counts = []
    for length in range(1, 4):
        ledger = ledger_of([])
        for kind, days in told[:length]:
            ledger.add(BEGIN + timedelta(days=days), HAPPENINGS[kind](of_model))
        async with counted(url, ledger) as read:
            year = (await figures(read, asked_of()))["duplicates"][0]
            may = (await figures(read, asked_of(period=period_of("2026-05"))))["duplicates"][0]
            counts.append((year, may))
    assert counts == [(1, 0), (0, 0), (1, 1)]
