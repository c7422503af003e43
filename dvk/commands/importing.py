"""`dvk import`: models from a table as organisations keep them."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.progress import Progress

from dvk.api import Api, Json
from dvk.commands.common import AsJson, Urls, addresses
from dvk.commands.rebuild import Token
from dvk.errors import FAILED, USAGE, CommandError
from dvk.importing.check import CheckedRow, Fault, check_rows, title_of
from dvk.importing.lists import fetch_lists
from dvk.importing.send import send_rows
from dvk.importing.table import SourceTable, read_table, template
from dvk.language import in_words
from dvk.output import console, run, say, say_json, table, warn

FAULTS_SHOWN_MAX: Final = 200

Source = Annotated[Path | None, typer.Argument(metavar="FILE", help="The table, a CSV file.")]
User = Annotated[
    str | None, typer.Option("--user", help="Who enters: a user of the embedded issuer.")
]
Year = Annotated[
    int | None,
    typer.Option(
        "--year", help="The year registered for.", show_default="the latest with a calendar"
    ),
]


def import_models(
    file: Source = None,
    *,
    year: Year = None,
    user: User = None,
    token: Token = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Only check and show; send nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Send without asking.")] = False,
    write_template: Annotated[
        bool, typer.Option("--template", help="Print a table to start from, and end.")
    ] = False,
    url: Urls = None,
    as_json: AsJson = False,
) -> None:
    """Register models from a CSV table. Every row is checked before anything is sent; sending again
    repeats nothing.
    """
    if write_template:
        # With the mark that makes spreadsheets read it as UTF-8.
        sys.stdout.write(f"\ufeff{template()}")
        return
    if file is None or (user is None and token is None):
        raise CommandError(
            "Hãy nêu tệp và --user (hoặc --token).", "Name the file and --user (or --token).", USAGE
        )
    source = read_table(file.read_bytes())
    job = _Job(source, year, user or "", token, url, quiet=as_json)
    result = run(job.checked())
    if not as_json:
        _show(job)
    if job.faults:
        if as_json:
            say_json(result)
        raise typer.Exit(FAILED)
    if preview or not (yes or _agreed(len(job.rows))):
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


class _Job:
    """An import: what was read, and what was found."""

    def __init__(
        self,
        source: SourceTable,
        year: int | None,
        user: str,
        token: str | None,
        url: list[str] | None,
        *,
        quiet: bool,
    ) -> None:
        self.source = source
        self.rows: Sequence[CheckedRow] = ()
        self.faults: Sequence[Fault] = ()
        self._year = year
        self._user = user
        self._token = token
        self._url = url
        self._quiet = quiet

    def _api(self) -> Api:
        api = Api(addresses(self._url))
        if self._token is not None:
            api.use_token(self._user, self._token)
        return api

    async def checked(self) -> Json:
        """Check every row against the server's lists."""
        async with self._api() as api:
            lists = await fetch_lists(api, self._user, self._year)
        self._year = lists.year
        self.rows, self.faults = check_rows(self.source.rows, lists)
        return {
            "rows": len(self.source.rows),
            "ignored_columns": list(self.source.ignored),
            "errors": [
                {"line": f.line, "column": f.column, "vi": f.vi, "en": f.en} for f in self.faults
            ],
        }

    async def sent(self) -> Json:
        """Send the rows."""
        assert self._year is not None
        shown = Progress(console=console(error=True), disable=self._quiet, transient=True)
        async with self._api() as api:
            with shown as progress:
                task = progress.add_task("", total=len(self.rows))
                new, already = await send_rows(
                    api, self.rows, self._user, self._year, lambda: progress.advance(task)
                )
        return {"registered": new, "already": already}


def _show(job: _Job) -> None:
    if job.source.ignored:
        ignored = ", ".join(job.source.ignored)
        warn(f"Các cột không dùng: {ignored}.", f"Columns not used: {ignored}.")
    if job.faults:
        _show_faults(job.faults)
        wrong = len({fault.line for fault in job.faults})
        warn(
            f"{wrong} trong {len(job.source.rows)} dòng có lỗi; chưa gửi gì.",
            f"{wrong} of {len(job.source.rows)} rows have errors; nothing was sent.",
        )
        return
    columns = [
        _title("Dòng", "row"),
        _title("Mô hình", "model"),
        _title("Đơn vị", "holder"),
        _title("Lĩnh vực", "field"),
        _title("Đối tượng", "category"),
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


def _show_faults(faults: Sequence[Fault]) -> None:
    for fault in faults[:FAULTS_SHOWN_MAX]:
        title = title_of(fault.column)
        console().print(
            in_words(
                f"Dòng {fault.line}, {title}: {fault.vi}",
                f"Row {fault.line}, {fault.column}: {fault.en}",
            ),
            markup=False,
        )
    if len(faults) > FAULTS_SHOWN_MAX:
        more = len(faults) - FAULTS_SHOWN_MAX
        say(f"… và {more} lỗi nữa.", f"… and {more} more.")


def _title(vi: str, en: str) -> str:
    return in_words(vi, en).replace("\n", " / ")


def _agreed(rows: int) -> bool:
    """Ask. Raises CommandError where nobody can answer."""
    if not sys.stdin.isatty():
        raise CommandError("Chưa gửi: hãy thêm --yes.", "Nothing was sent: add --yes.", USAGE)
    question = in_words(f"Gửi {rows} dòng?", f"Send {rows} rows?")
    return typer.confirm(question)
