"""Checks every row before anything is sent: what it means, or every reason why it cannot be taken."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import msgspec

from dvk.api import Json
from dvk.importing.checking import CheckedCells, Fault
from dvk.importing.known import KnownBody
from dvk.importing.models.columns import COLUMNS, SURVEY, field_called
from dvk.importing.models.lists import Lists
from dvk.importing.table import SourceRow

_CATEGORY: Final = re.compile(r"I\.1\.[12]-\d+")


@dataclass(frozen=True)
class CheckedRow:
    """A row that can be sent: the survey and the registration it becomes. `on_behalf_of` is the holder, where who
    sends it enters in another's name.
    """

    line: int
    name: str
    holder: str
    survey: Json | None
    registration: Json
    on_behalf_of: UUID | None

    @property
    def fingerprint(self) -> str:
        """Tells rows apart by all that is sent of them."""
        return hashlib.sha256(msgspec.json.encode([self.survey, self.registration])).hexdigest()


@dataclass(kw_only=True)
class _Row(CheckedCells):
    """A row and the lists it must fit."""

    lists: Lists


def check_rows(rows: Sequence[SourceRow], lists: Lists) -> tuple[list[CheckedRow], list[Fault]]:
    """The rows as they would be sent, and every fault of the others."""
    checked: list[CheckedRow] = []
    faults: list[Fault] = []
    first_line: dict[str, int] = {}
    for source in rows:
        row = _Row(source, COLUMNS, lists=lists)
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
    lists = row.lists
    row.check_lengths()
    person = row.cell("person")
    holder = lists.bodies.named(row, "holder")
    committee = lists.bodies.named(row, "committee")
    deciding = lists.bodies.named(row, "deciding_body") if row.cell("deciding_body") else committee
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
        row.source.line,
        row.cell("name") or "",
        person or holder.name,
        survey,
        registration,
        None if holder.id == lists.organization else holder.id,
    )


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
    surveyed_on = row.date("surveyed_on")
    if surveyed_on is None:
        return None
    return {
        # Who enters it answers for it: the holder, or the committee that has it on paper.
        "surveyed_by": str(row.lists.organization),
        "surveyed_on": surveyed_on.isoformat(),
        "place": row.cell("address"),
        **{name: row.cell(name) for name in SURVEY[1:]},
    }


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
