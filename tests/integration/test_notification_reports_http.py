"""Periodic reports over HTTP (clause IV.2)."""

import hashlib
import io
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec
import pytest
from openpyxl import load_workbook

from services.notification.domain.report_figures import BREAKDOWN_ROWS_MAX
from services.notification.service import notification_service
from shared.contracts import evaluation, recognition, registration
from shared.contracts.particulars import SubField
from shared.contracts.recognition import DuplicateFound, DuplicateWithdrawn
from shared.contracts.registration import MovementLaunched, RegistrationAccepted
from shared.contracts.term import TermYearBegun
from shared.contracts.values import CaseId, ModelId
from shared.host.issuer import User
from shared.host.policy import Role
from tests.support import story
from tests.support.recorded import World, world
from tests.support.story import CELL, COMMITTEE, MODEL, OFFICE, UNION

NOW = datetime(2026, 7, 2, 2, tzinfo=UTC)
OTHER = ModelId(UUID("018f0000-0000-7000-8000-0000000000f1"))
USERS = (
    User(user="office", subject="office", roles=(Role.OFFICE_CLERK,), organization=OFFICE),
    User(user="stranger", subject="stranger", roles=(Role.OFFICE_CLERK,), organization=UNION),
    User(user="auditor", subject="auditor", roles=(Role.AUDITOR,), organization=None),
)
REPORTS = "/notification/reports"


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[World]:
    sources = (registration.EVENTS, evaluation.EVENTS, recognition.EVENTS)
    async with world(tmp_path, [notification_service(None)], sources, USERS, NOW) as here:
        for body, name in (
            (CELL, "Chi bộ"),
            (COMMITTEE, "Đảng ủy"),
            (OFFICE, "Ban"),
            (UNION, "Hội"),
        ):
            await here.record(
                registration.EVENTS, f"organization-{body}", story.created(body, name)
            )
        await here.record(
            registration.EVENTS, f"organization-{CELL}", story.line(CELL, "party", COMMITTEE)
        )
        launched = MovementLaunched(
            movement_id=story.MOVEMENT,
            name="Dân vận khéo",
            first_year=2026,
            last_year=2030,
            legal_bases=("Hướng dẫn",),
            launching_body=OFFICE,
            rule_set=story.RULE_SET,
            rule_set_version=1,
        )
        await here.record(registration.EVENTS, f"movement-{story.MOVEMENT}", launched)
        await here.record(
            registration.EVENTS,
            f"model-{MODEL}",
            story.registered(),
            RegistrationAccepted(model_id=MODEL, committee=COMMITTEE),
        )
        await here.record(registration.EVENTS, f"model-{OTHER}", story.registered(OTHER, "Sạch"))
        yield here


async def behind(here: World, entries: str, **more: object) -> Any:  # noqa: ANN401 -- JSON
    """The list at an address that a report gave."""
    path, _, query = entries.partition("?")
    return await here.get(path, user="auditor", **{**dict(parse_qsl(query)), **more})


async def test_figures_of_a_body_lead_to_the_events_behind_them(running: World) -> None:
    report = await running.get(REPORTS, user="auditor", body=COMMITTEE, period="2026-H2")
    figures = {row["figure"]: row for row in report["figures"]}
    assert (figures["registered"]["value"], figures["registered"]["change"]) == (2, 2)
    assert figures["accepted"]["value"] == figures["accepted"]["cumulative"] == 1
    assert report["body_name"] == "Đảng ủy"
    assert report["before"] == {"first": "2026-01-01", "last": "2026-06-30"}
    page = await behind(running, figures["registered"]["entries"], limit=1)
    rest = await behind(running, figures["registered"]["entries"], cursor=page["next"])
    named = [row["model_id"] for row in (*page["items"], *rest["items"])]
    assert named == [str(MODEL), str(OTHER)]
    assert all(row["event_id"] for row in page["items"])


async def test_a_row_of_a_breakdown_has_its_list_too(running: World) -> None:
    report = await running.get(REPORTS, user="auditor", body=COMMITTEE, period="2026")
    (place,) = (one for one in report["breakdowns"] if one["dimension"] == "place")
    (row,) = place["rows"]
    assert (row["key"], row["figures"]["registered"]["value"]) == ("xa-mon-son", 2)
    page = await behind(running, row["entries"], figure="accepted", window="cumulative")
    assert [one["model_id"] for one in page["items"]] == [str(MODEL)]


async def test_local_sub_fields_have_rows_that_roll_up_in_json_and_workbook(running: World) -> None:
    one = SubField(id="nuoc-sach", field="culture-society", title="Nước sạch")
    listed = msgspec.structs.replace(story.SETTINGS.sub_fields, value=(one,))
    settings = msgspec.structs.replace(story.SETTINGS, sub_fields=listed)
    rules = msgspec.structs.replace(story.RULES, settings=settings)
    await running.record(evaluation.EVENTS, f"ruleset-{story.RULE_SET}", rules)
    stated = msgspec.structs.replace(story.registered(), sub_field=one.id)
    await running.record(registration.EVENTS, f"model-{MODEL}", stated)
    report = await running.get(REPORTS, user="auditor", body=COMMITTEE, period="2026")
    (shown,) = (one for one in report["breakdowns"] if one["dimension"] == "sub_field")
    field = story.registered().field
    assert [(row["key"], row["part_of"], row["stands_for"]) for row in shown["rows"]] == [
        (f"{field}/nuoc-sach", field, 1),
        (f"{field}/", field, 1),
    ]
    named = [row["vi"] for row in shown["rows"]]
    assert named == ["Văn hóa - xã hội: Nước sạch", "Văn hóa - xã hội: không ghi lĩnh vực nhỏ"]
    page = await behind(running, shown["rows"][0]["entries"], figure="registered")
    assert [row["model_id"] for row in page["items"]] == [str(MODEL)]
    answer = await running.read(f"{REPORTS}/xlsx", user="auditor", body=COMMITTEE, period="2026")
    sheet = load_workbook(io.BytesIO(answer.content))["Lĩnh vực nhỏ"]
    assert [row[:2] for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        *((name, 1) for name in named),
        ("Tổng cộng", 2),
    ]


async def test_what_is_beyond_the_bound_of_a_breakdown_has_one_row_and_one_list(
    running: World,
) -> None:
    for number in range(BREAKDOWN_ROWS_MAX):
        model = ModelId(UUID(int=MODEL.int + 1000 + number))
        registered = msgspec.structs.replace(story.registered(model), category=f"loai-{number}")
        await running.record(registration.EVENTS, f"model-{model}", registered)
    report = await running.get(REPORTS, user="auditor", body=COMMITTEE, period="2026")
    (shown,) = (one for one in report["breakdowns"] if one["dimension"] == "category")
    rest = shown["rows"][-1]
    assert (len(shown["rows"]), rest["key"], rest["stands_for"]) == (BREAKDOWN_ROWS_MAX, None, 2)
    page = await behind(running, rest["entries"], figure="registered")
    assert len(page["items"]) == rest["figures"]["registered"]["value"] == 2
    answer = await running.read(f"{REPORTS}/xlsx", user="auditor", body=COMMITTEE, period="2026")
    *_, last, total = load_workbook(io.BytesIO(answer.content))["Đối tượng đăng ký"].iter_rows(
        min_row=2, max_col=2, values_only=True
    )
    assert last == ("Còn lại (2 dòng cộng chung)", 2)
    assert total == ("Tổng cộng", BREAKDOWN_ROWS_MAX + 2)


async def test_a_model_of_several_years_is_registered_once_and_carried_on_in_each_later_one(
    running: World,
) -> None:
    begun = TermYearBegun(
        model_id=MODEL,
        year=2027,
        committee=COMMITTEE,
        begun_on=date(2027, 1, 4),
        results_before=date(2027, 10, 1),
    )
    running.clock.pin(datetime(2027, 7, 2, 2, tzinfo=UTC))
    await running.record(registration.EVENTS, f"model-{MODEL}", begun)
    report = await running.get(REPORTS, user="auditor", body=COMMITTEE, period="2027")
    figures = {row["figure"]: row for row in report["figures"]}
    assert (figures["registered"]["value"], figures["registered"]["cumulative"]) == (0, 2)
    assert (figures["carried_on"]["value"], figures["carried_on"]["before"]) == (1, 0)
    page = await behind(running, figures["carried_on"]["entries"])
    assert [row["model_id"] for row in page["items"]] == [str(MODEL)]


async def test_the_same_report_as_a_workbook(running: World) -> None:
    answer = await running.read(f"{REPORTS}/xlsx", user="auditor", body=COMMITTEE, period="2026-H2")
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    assert answer.headers["content-disposition"] == 'attachment; filename="bao-cao-2026-H2.xlsx"'
    book = load_workbook(io.BytesIO(answer.content))
    assert book["Tổng hợp"]["A9"].value == "Đăng ký"
    assert book["Tổng hợp"]["B9"].value == 2


@pytest.mark.parametrize(
    "parameters,status,problem",
    [
        ({"body": COMMITTEE}, 409, "report-period-unclear"),
        ({"body": COMMITTEE, "period": "2026-13"}, 409, "report-period-unclear"),
        ({"body": COMMITTEE, "period": "2027"}, 409, "report-period-ahead"),
        (
            {"body": COMMITTEE, "from": "2026-05-02", "until": "2026-05-01"},
            409,
            "report-period-backwards",
        ),
        ({"body": MODEL, "period": "2026"}, 404, "not-found"),
    ],
)
async def test_what_no_report_is_about_is_refused_in_words(
    running: World, parameters: dict[str, object], status: int, problem: str
) -> None:
    answer = await running.read(REPORTS, user="auditor", **parameters)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (status, problem)


async def test_there_is_no_list_for_a_figure_that_there_is_not(running: World) -> None:
    for figure in ("nonsense", "running"):
        answer = await running.read(
            f"{REPORTS}/entries",
            user="auditor",
            body=COMMITTEE,
            period="2026",
            figure=figure,
            window="cumulative",
        )
        assert answer.status_code == 404


ISSUED = "/notification/issued-reports"
HALF = {"body": str(COMMITTEE), "period": "2026-H2"}


async def test_an_issued_report_stays_what_it_was_and_later_corrections_show(
    running: World,
) -> None:
    await running.get(REPORTS, user="auditor", body=COMMITTEE, period="2026")
    answer = await running.post(ISSUED, HALF, user="office")
    assert answer.status_code == 201, answer.text
    report_id = answer.json()["id"]
    view = await running.get(f"{ISSUED}/{report_id}", user="auditor")
    assert (view["report"]["issue"], view["differences"]) == (1, [])
    content = (await running.read(f"{ISSUED}/{report_id}/content", user="auditor")).content
    assert hashlib.sha256(content).hexdigest() == view["report"]["sha256"]
    accepted = RegistrationAccepted(model_id=OTHER, committee=COMMITTEE)
    await running.record(registration.EVENTS, f"model-{OTHER}", accepted)
    view = await running.get(f"{ISSUED}/{report_id}", user="auditor")
    (difference,) = view["differences"]
    assert difference["figure"] == "accepted"
    assert (difference["issued"]["value"], difference["now"]["value"]) == (1, 2)
    again = await running.post(ISSUED, HALF, user="office")
    assert again.json()["type"].endswith("report-issued-before")
    again = await running.post(ISSUED, {**HALF, "reason": "Bổ sung"}, user="office")
    assert again.status_code == 201
    (row,) = (await running.get(ISSUED, user="auditor", body=COMMITTEE))["items"]
    assert (row["issue"], row["title"]) == (2, "Báo cáo 6 tháng cuối năm 2026: Đảng ủy")


async def test_a_wrong_finding_that_two_cases_are_the_same_is_taken_back_out_of_the_figure(
    running: World,
) -> None:
    case, earlier = CaseId(MODEL), CaseId(OTHER)
    found = DuplicateFound(
        case_id=case,
        model=MODEL,
        other_case=earlier,
        other_model=OTHER,
        other_body=COMMITTEE,
        finding="Cùng một con đường.",
    )
    await running.record(recognition.EVENTS, f"case-{case}", found)
    await running.get(REPORTS, user="auditor", body=COMMITTEE, period="2026")
    issued = (await running.post(ISSUED, HALF, user="office")).json()["id"]
    withdrawn = DuplicateWithdrawn(
        case_id=case, model=MODEL, other_case=earlier, reason="Hai con đường."
    )
    await running.record(recognition.EVENTS, f"case-{case}", withdrawn)
    report = await running.get(REPORTS, user="auditor", body=COMMITTEE, period="2026-H2")
    (row,) = (one for one in report["figures"] if one["figure"] == "duplicates")
    assert (row["value"], row["cumulative"]) == (0, 0)
    assert (await behind(running, row["entries"]))["items"] == []
    view = await running.get(f"{ISSUED}/{issued}", user="auditor")
    (difference,) = view["differences"]
    assert difference["figure"] == "duplicates"
    assert (difference["issued"]["value"], difference["now"]["value"]) == (1, 0)


async def test_the_leaders_are_told_and_only_who_oversees_the_body_may_issue(
    running: World,
) -> None:
    await running.get(REPORTS, user="auditor", body=COMMITTEE, period="2026")
    assert (await running.post(ISSUED, HALF, user="stranger")).status_code == 403
    assert (await running.post(ISSUED, HALF, user="office")).status_code == 201

    async def told() -> str | None:
        items = (await running.get("/notification/inbox", user="office"))["items"]
        found = [row for row in items if row["kind"] == "PeriodicReportIssued"]
        return found[0]["relation"] if found else None

    assert await running.until(told) == "issuing_body"
