"""Checks a province's table as a whole before anything is sent: what each row means, or every reason why not."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from dvk.api import Json
from dvk.importing.bodies.checked import CheckedBody, Findings
from dvk.importing.bodies.columns import COLUMNS, SUPERIORS, clauses_called, level_called
from dvk.importing.bodies.order import in_order, leads_back
from dvk.importing.checking import CheckedCells, Fault
from dvk.importing.known import KnownBodies, KnownBody
from dvk.importing.table import SourceRow
from shared.contracts.values import LineKind
from shared.host.ids import organization_of_code
from shared.host.text import fold

_CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9._/\-]*")
_CATEGORY: Final = re.compile(r"I\.1\.1-\d+")


@dataclass(kw_only=True)
class _Row(CheckedCells):
    """A row, and what it is called."""

    code: str
    id: UUID


def check_bodies(
    rows: Sequence[SourceRow], there: Sequence[KnownBody], categories: Mapping[str, str]
) -> Findings:
    """The rows as they would be sent, every fault, and every difference from what is there.

    `categories` has the holder kind of each category of clause I.1 that a rule set or preset knows.
    """
    read = [_read(source) for source in rows]
    server = KnownBodies.of(there)
    entered = [_entered(row, server) for row in read]
    # Rows call each other by the names that the table has, whatever became of them since.
    bodies = KnownBodies.of([*there, *entered])
    _check_twice(read, server)
    checked = [
        _checked(row, body, bodies, server, categories)
        for row, body in zip(read, entered, strict=True)
    ]
    _check_circles(read, checked, server)
    checked = in_order(checked, server)
    differences = [
        difference
        for body in checked
        if body.exists
        for difference in _differences(body, bodies, server.by_id[body.known.id])
    ]
    faults = [fault for row in read for fault in row.faults]
    return Findings(checked, sorted(faults, key=lambda fault: fault.line), differences)


def _read(source: SourceRow) -> _Row:
    code = source.cells.get("code", "").upper()
    row = _Row(source, COLUMNS, code=code, id=organization_of_code(code or f"\n{source.line}"))
    row.check_lengths()
    if code and not _CODE.fullmatch(code):
        row.fault(
            "code",
            f"«{code}»: mã chỉ gồm chữ cái không dấu, chữ số và các dấu . _ / - (không có khoảng trắng).",
            f"“{code}”: a code has letters without diacritics, digits and . _ / - (no blanks).",
        )
    return row


def _entered(row: _Row, server: KnownBodies) -> KnownBody:
    """The body as the row has it; superiors come when all names are known."""
    cells = row.source.cells
    coded = server.by_code.get(row.code)
    return KnownBody(
        id=row.id if coded is None else coded.id,
        code=row.code or None,
        name=cells.get("name", ""),
        kind=cells.get("kind", ""),
        level=level_called(cells.get("level", "")) or "",
        place=cells.get("place", ""),
        category=cells.get("category"),
        superiors={},
        established_on=row.date("established_on"),
    )


def _check_twice(rows: Sequence[_Row], server: KnownBodies) -> None:
    """No code twice, and no body under two codes."""
    by_code: dict[str, int] = {}
    by_looks: dict[tuple[str, str], int] = {}
    for row in rows:
        line = by_code.setdefault(row.code, row.source.line)
        if row.code and line != row.source.line:
            row.fault("code", f"đã ghi ở dòng {line}.", f"stands in row {line} already.")
        looks = (fold(row.cell("name") or ""), fold(row.cell("place") or ""))
        line = by_looks.setdefault(looks, row.source.line)
        if all(looks) and line != row.source.line:
            row.fault(
                "name",
                f"cùng tên, cùng địa bàn với dòng {line}.",
                f"has the name and the place of row {line}.",
            )
        for other in server.by_name.get(looks[0], ()):
            if fold(other.place) == looks[1] and other.code != row.code:
                row.fault(
                    "name",
                    f"đã có đơn vị cùng tên, cùng địa bàn ({other.code or other.id}). Hãy bỏ dòng này.",
                    f"a body with this name and place is there ({other.code or other.id}). Remove the row.",
                )


def _checked(
    row: _Row,
    body: KnownBody,
    bodies: KnownBodies,
    server: KnownBodies,
    categories: Mapping[str, str],
) -> CheckedBody:
    if row.cell("level") and not body.level:
        row.fault(
            "level",
            "phải là tỉnh, huyện, xã hoặc cơ sở.",
            "is one of province, district, commune, grassroots.",
        )
    category = _category(row, categories)
    superiors = _superiors(row, body, bodies)
    known = KnownBody(
        id=body.id,
        code=body.code,
        name=body.name,
        kind=body.kind,
        level=body.level,
        place=body.place,
        category=category,
        superiors=superiors,
        established_on=body.established_on,
    )
    creation = {
        "name": body.name,
        "kind": body.kind,
        "level": body.level,
        "place": body.place,
        "established_on": body.established_on,
        "category": category,
        "code": body.code,
        "lines": [{"line": line, "superior": above} for line, above in superiors.items()],
    }
    competences = _competences(row, body, bodies)
    return CheckedBody(row.source.line, known, creation, competences, body.id in server.by_id)


def _category(row: _Row, categories: Mapping[str, str]) -> str | None:
    text = row.cell("category")
    if text is None:
        return None
    match = _CATEGORY.search(text)
    category = match[0] if match else text
    if categories.get(category) == "collective":
        return category
    known = ", ".join(name for name, kind in categories.items() if kind == "collective")
    row.fault(
        "category",
        f"«{text}» không thuộc đối tượng tập thể (I.1.1); có thể ghi: {known}; hoặc để trống.",
        f"“{text}” is no category of collectives (I.1.1); there are: {known}; or leave it empty.",
    )
    return None


def _superiors(row: _Row, body: KnownBody, bodies: KnownBodies) -> dict[LineKind, UUID]:
    found: dict[LineKind, UUID] = {}
    for line, column in SUPERIORS.items():
        above = bodies.named(row, column)
        if above is None:
            continue
        if above.id == body.id:
            row.fault(
                column,
                "một đơn vị không thể là cấp trên của chính mình.",
                "a body cannot stand above itself.",
            )
        else:
            found[line] = above.id
    return found


def _competences(row: _Row, body: KnownBody, bodies: KnownBodies) -> list[Json]:
    text = row.cell("competences")
    if text is None:
        for column in ("advised_by", "competent_from", "competence_source"):
            if row.cell(column):
                row.fault(
                    column,
                    "chỉ ghi khi có cột Thẩm quyền công nhận.",
                    "is for bodies whose competence is stated.",
                )
        return []
    clauses = clauses_called(text)
    if clauses is None:
        row.fault(
            "competences",
            f"«{text}»: hãy ghi các điểm của mục I.2.2, ví dụ I.2.2b; I.2.2d.",
            f"“{text}”: write clauses of I.2.2, like I.2.2b; I.2.2d.",
        )
    for column in ("advised_by", "competence_source"):
        if row.cell(column) is None:
            row.fault(
                column,
                "còn trống: thẩm quyền cần đơn vị tham mưu (III.2.1c) và căn cứ.",
                "is empty: a competence needs who advises (III.2.1c) and its document.",
            )
    adviser = bodies.named(row, "advised_by")
    if adviser is not None and adviser.id == body.id:
        row.fault(
            "advised_by",
            "đơn vị tham mưu phải khác cơ quan quyết định (III.2.1c).",
            "who advises is distinct from who decides (III.2.1c).",
        )
    valid_from = row.date("competent_from") or body.established_on
    since = None if adviser is None else adviser.established_on
    if valid_from is not None and since is not None and valid_from < since:
        row.fault(
            "advised_by",
            f"đơn vị tham mưu thành lập ngày {since:%d/%m/%Y}, sau ngày có thẩm quyền.",
            f"who advises was established on {since:%d/%m/%Y}, after the competence begins.",
        )
    return [
        {
            "clause": clause,
            "advised_by": None if adviser is None else adviser.id,
            "valid_from": valid_from,
            "source": row.cell("competence_source"),
        }
        for clause in clauses or ()
    ]


def _check_circles(
    rows: Sequence[_Row], checked: Sequence[CheckedBody], server: KnownBodies
) -> None:
    """No line leads back to where it starts. What is there already stays as it is, so its lines count."""
    above = {body.known.id: body.known.superiors for body in checked}
    above |= {body.id: body.superiors for body in server.by_id.values()}
    for row, body in zip(rows, checked, strict=True):
        for line, column in SUPERIORS.items():
            if leads_back(above, body.known.id, line) and not row.faults:
                row.fault(
                    column,
                    "tuyến này chạy vòng về chính đơn vị.",
                    "this line leads back to the body itself.",
                )


def _differences(body: CheckedBody, bodies: KnownBodies, there: KnownBody) -> Iterable[Fault]:
    """Where the row says other things than the body that is there: they are changed by commands with
    dates and documents, never by entering the body again.
    """
    said = body.known
    completed = {entry["line"] for entry in body.later}

    def name_of(above: UUID | None) -> str | None:
        known = None if above is None else bodies.by_id.get(above)
        return None if known is None else known.name

    pairs: list[tuple[str, str | None, str | None]] = [
        ("name", said.name, there.name),
        ("kind", said.kind, there.kind),
        ("level", said.level, there.level),
        ("place", said.place, there.place),
        ("category", said.category, there.category),
        *(
            (column, name_of(said.superiors.get(line)), name_of(there.superiors.get(line)))
            for line, column in SUPERIORS.items()
            if line not in completed
        ),
    ]
    for column, new, old in pairs:
        if new != old:
            yield Fault(
                body.line,
                column,
                f"đơn vị đã có ghi «{old or ''}»; giữ nguyên.",
                f"the body that is there says “{old or ''}”; left as it is.",
            )
