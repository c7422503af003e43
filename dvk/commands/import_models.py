"""`dvk import models`: models from a table as organisations keep them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.progress import Progress

from dvk.api import Api, Json
from dvk.commands import importing as common
from dvk.commands.common import AsJson, Urls
from dvk.commands.rebuild import Token
from dvk.errors import FAILED
from dvk.importing.checking import Fault
from dvk.importing.models.check import CheckedRow, check_rows
from dvk.importing.models.columns import COLUMNS, EXAMPLE
from dvk.importing.models.lists import fetch_lists
from dvk.importing.models.send import ScannedPaper, Sending, send_rows
from dvk.importing.table import SourceTable, read_table
from dvk.importing.template import write_template
from dvk.output import console, run, say, say_json, table

User = Annotated[
    str | None, typer.Option("--user", help="Who enters: a user of the embedded issuer.")
]
Year = Annotated[
    int | None,
    typer.Option(
        "--year", help="The year registered for.", show_default="the latest with a calendar"
    ),
]
ActingFor = Annotated[
    str | None,
    typer.Option(
        "--acting-for",
        metavar="BODY",
        help="Enter for another body (name, code or id) that delegated a role or handed an office over to you.",
    ),
]
Paper = Annotated[
    Path | None,
    typer.Option(
        "--paper",
        metavar="SCAN",
        help="The scan (PDF, JPEG, PNG) of the paper that the bodies signed whose rows you enter for them.",
    ),
]


def import_models(
    file: common.Source = None,
    *,
    year: Year = None,
    user: User = None,
    token: Token = None,
    acting_for: ActingFor = None,
    paper: Paper = None,
    check: common.Check = False,
    yes: common.Yes = False,
    template: common.Template = None,
    url: Urls = None,
    as_json: AsJson = False,
) -> None:
    """Register models from a CSV or XLSX table. Every row is checked before anything is sent; sending
    again repeats nothing.
    """
    if template is not None:
        write_template(template, COLUMNS, [EXAMPLE])
        return
    source = read_table(common.named_file(file, user, token).read_bytes(), COLUMNS)
    scanned = None if paper is None else ScannedPaper(paper.name, paper.read_bytes())
    sender = _Sender(user or "", token, acting_for, url, scanned)
    job = _Job(source, year, sender, quiet=as_json)
    result = run(job.checked())
    if not as_json:
        _show(job)
    if job.faults:
        if as_json:
            say_json(result)
        raise typer.Exit(FAILED)
    if check or not (yes or common.agreed(len(job.rows))):
        if as_json:
            say_json(result)
        return
    result |= run(job.sent())
    if as_json:
        say_json(result)
    else:
        say(
            f"Đã đăng ký {result['registered']} mô hình; {result['already']} đã có từ trước.",
            f"{result['registered']} models were registered; {result['already']} were there already.",
        )


@dataclass(frozen=True)
class _Sender:
    """Who enters, for whom, and where."""

    user: str
    token: str | None
    acting_for: str | None
    url: list[str] | None
    paper: ScannedPaper | None

    def api(self) -> Api:
        return common.client(self.url, self.user, self.token)


class _Job:
    """An import: what was read, and what was found."""

    def __init__(
        self, source: SourceTable, year: int | None, sender: _Sender, *, quiet: bool
    ) -> None:
        self.source = source
        self.rows: Sequence[CheckedRow] = ()
        self.faults: Sequence[Fault] = ()
        self._year = year
        self._sender = sender
        self._organization: UUID | None = None
        self._quiet = quiet

    async def checked(self) -> Json:
        """Check every row against the server's lists."""
        sender = self._sender
        async with sender.api() as api:
            lists = await fetch_lists(api, sender.user, self._year, sender.acting_for)
        self._year = lists.year
        self._organization = lists.organization
        self.rows, self.faults = check_rows(self.source.rows, lists)
        return {
            "rows": len(self.source.rows),
            "ignored_columns": list(self.source.ignored),
            "ignored_sheets": list(self.source.ignored_sheets),
            "on_behalf": sum(row.on_behalf_of is not None for row in self.rows),
            "errors": common.faults_in_json(self.faults),
        }

    async def sent(self) -> Json:
        """Send the rows."""
        assert self._year is not None
        sender = self._sender
        shown = Progress(console=console(error=True), disable=self._quiet, transient=True)
        async with sender.api() as api:
            if sender.acting_for is not None:
                api.acting_for = self._organization
            with shown as progress:
                task = progress.add_task("", total=len(self.rows))
                sending = Sending(sender.user, self._year, sender.paper)
                new, already = await send_rows(
                    api, self.rows, sending, lambda: progress.advance(task)
                )
        return {"registered": new, "already": already}


def _show(job: _Job) -> None:
    common.show_ignored(job.source)
    if job.faults:
        common.show_faults(job.faults, COLUMNS, len(job.source.rows))
        return
    columns = [
        common.title("Dòng", "row"),
        common.title("Mô hình", "model"),
        common.title("Đơn vị", "holder"),
        common.title("Lĩnh vực", "field"),
        common.title("Đối tượng", "category"),
    ]
    rows = [
        [
            str(row.line),
            row.name,
            row.holder,
            str(row.registration["field"]),
            str(row.registration["category"]),
        ]
        for row in job.rows
    ]
    console().print(table("", columns, rows))
