"""Checks every row before anything is sent: what it means, or every reason why it cannot be taken."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from dvk.api import Json
from dvk.importing.columns import BY_NAME, COLUMNS, SURVEY, field_called
from dvk.importing.lists import KnownBody, Lists
from dvk.importing.table import SourceRow
from shared.host.text import fold

SUGGESTIONS_MAX: Final = 3
_DATE_FORMATS: Final = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d")
_CATEGORY: Final = re.compile(r"I\.1\.[12]-\d+")


@dataclass(frozen=True)
class Fault:
    """Why a row cannot be taken; `column` is where."""

    line: int
    column: str
    vi: str
    en: str


@dataclass(frozen=True)
class CheckedRow:
    """A row that can be sent: the survey and the registration it becomes."""

    line: int
    name: str
    holder: str
    survey: Json | None
    registration: Json

    @property
    def fingerprint(self) -> str:
        """Tells rows apart by all that is sent of them."""
        return hashlib.sha256(msgspec.json.encode([self.survey, self.registration])).hexdigest()


@dataclass
class _Row:
    """A row being checked, with the faults found so far."""

    source: SourceRow
    lists: Lists
    faults: list[Fault] = field(default_factory=list)

    def fault(self, column: str, vi: str, en: str) -> None:
        self.faults.append(Fault(self.source.line, column, vi, en))

    def cell(self, column: str) -> str | None:
        return self.source.cells.get(column)


def check_rows(rows: Sequence[SourceRow], lists: Lists) -> tuple[list[CheckedRow], list[Fault]]:
    """The rows as they would be sent, and every fault of the others."""
    checked: list[CheckedRow] = []
    faults: list[Fault] = []
    first_line: dict[str, int] = {}
    for source in rows:
        row = _Row(source, lists)
        made = _checked(row)
        if made is not None:
            earlier = first_line.setdefault(made.fingerprint, made.line)
            if earlier != made.line:
                row.fault("name", f"trùng hoàn toàn dòng {earlier}.", f"the same as row {earlier}.")
        if made is not None and not row.faults:
            checked.append(made)
        faults += row.faults
    return checked, faults


def _checked(row: _Row) -> CheckedRow | None:
    _check_lengths(row)
    person = row.cell("person")
    holder = _body(row, "holder")
    committee = _body(row, "committee")
    deciding = _body(row, "deciding_body") if row.cell("deciding_body") else committee
    category = _category(row, holder, individual=person is not None)
    named_field = field_called(row.cell("field") or "")
    if row.cell("field") and named_field is None:
        row.fault(
            "field",
            "phải là kinh tế, văn hóa - xã hội, quốc phòng - an ninh hoặc hệ thống chính trị (II.1).",
            "is one of economy, culture-society, security-defence, political-system (II.1).",
        )
    survey = _survey(row)
    if holder is not None and committee is not None:
        _check_parties(row, holder, committee, individual=person is not None)
    if row.faults or holder is None or committee is None or deciding is None:
        return None
    registration = {
        "movement": str(row.lists.movement),
        "year": row.lists.year,
        "name": row.cell("name"),
        "address": row.cell("address"),
        "field": named_field,
        "content": row.cell("content"),
        "basis": row.cell("basis"),
        "holder_kind": "collective" if person is None else "individual",
        "holder": str(holder.id),
        "holder_name": (row.cell("holder_name") or holder.name) if person is None else None,
        "person": person,
        "category": category,
        "committee": str(committee.id),
        "deciding_body": str(deciding.id),
    }
    return CheckedRow(
        row.source.line, row.cell("name") or "", person or holder.name, survey, registration
    )


def _check_lengths(row: _Row) -> None:
    for column in COLUMNS:
        text = row.cell(column.name)
        if text is None and column.required:
            row.fault(column.name, "còn trống.", "is empty.")
        if text is not None and len(text) > column.length_max:
            row.fault(
                column.name,
                f"dài {len(text)} ký tự, tối đa {column.length_max}.",
                f"has {len(text)} characters, {column.length_max} at most.",
            )


def _body(row: _Row, column: str) -> KnownBody | None:
    """The one body that a cell names, whatever its case and diacritics, or by its id."""
    text = row.cell(column)
    if text is None:
        return None
    try:
        known = row.lists.bodies.get(UUID(text))
        found: Sequence[KnownBody] = [] if known is None else [known]
    except ValueError:
        found = row.lists.by_name.get(fold(text), ())
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(str(body.id) for body in found)
        row.fault(
            column,
            f"có {len(found)} đơn vị tên «{text}»; hãy ghi mã: {ids}.",
            f"{len(found)} bodies are called “{text}”; write the id: {ids}.",
        )
        return None
    words = set(fold(text).split())
    near = sorted(
        row.lists.bodies.values(), key=lambda body: -len(words & set(fold(body.name).split()))
    )
    names = "; ".join(body.name for body in near[:SUGGESTIONS_MAX])
    row.fault(
        column,
        f"không có đơn vị «{text}». Gần giống: {names}.",
        f"there is no body “{text}”. Similar: {names}.",
    )
    return None


def _category(row: _Row, holder: KnownBody | None, *, individual: bool) -> str | None:
    """The category of clause I.1: as the row says, or as the holder's organisation has it."""
    text = row.cell("category")
    match = None if text is None else _CATEGORY.search(text)
    category = match[0] if match else text
    if category is None and holder is not None and not individual:
        category = holder.category
    wanted = "individual" if individual else "collective"
    if category is not None and row.lists.categories.get(category) == wanted:
        return category
    if category is None and holder is None:
        return None
    known = ", ".join(name for name, kind in row.lists.categories.items() if kind == wanted)
    clause = "I.1.2" if individual else "I.1.1"
    row.fault(
        "category",
        f"{category or 'đơn vị này'} không thuộc đối tượng được đăng ký ({clause}); có thể ghi: {known}.",
        f"{category or 'this body'} is not among those who may register ({clause}); there are: {known}.",
    )
    return None


def _survey(row: _Row) -> Json | None:
    given = [name for name in SURVEY if row.cell(name)]
    if not given and not row.lists.survey_first:
        return None
    for name in SURVEY:
        if name not in given:
            row.fault(
                name,
                "còn trống: phải khảo sát trước khi đăng ký (III.1.1b).",
                "is empty: the place is surveyed before registering (III.1.1b).",
            )
    surveyed_on = _date(row, "surveyed_on")
    if surveyed_on is None:
        return None
    return {
        # Who enters it answers for it: the holder, or the committee that has it on paper.
        "surveyed_by": str(row.lists.organization),
        "surveyed_on": surveyed_on.isoformat(),
        "place": row.cell("address"),
        **{name: row.cell(name) for name in SURVEY[1:]},
    }


def _date(row: _Row, column: str) -> date | None:
    text = row.cell(column)
    if text is None:
        return None
    for form in _DATE_FORMATS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            continue
    row.fault(
        column, f"«{text}» không phải ngày như 15/11/2026.", f"“{text}” is no date like 15/11/2026."
    )
    return None


def _check_parties(row: _Row, holder: KnownBody, committee: KnownBody, *, individual: bool) -> None:
    if committee.id not in row.lists.committees_of(holder.id, individual=individual):
        row.fault(
            "committee",
            f"{committee.name} không phải cấp ủy của {holder.name} (III.1.1c).",
            f"{committee.name} is not the party committee of {holder.name} (III.1.1c).",
        )
    elif not row.lists.may_enter(holder.id, committee.id):
        row.fault(
            "committee",
            "tài khoản của bạn không nhập thay đơn vị này hoặc cấp ủy này.",
            "your account enters neither for this body nor for this committee.",
        )


def title_of(column: str) -> str:
    """A column's title in Vietnamese, as the template has it."""
    return BY_NAME[column].title
