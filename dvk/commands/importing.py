"""`dvk import`: what its subcommands share."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from dvk.api import Api
from dvk.commands.common import addresses
from dvk.errors import USAGE, CommandError
from dvk.importing.checking import Fault
from dvk.importing.columns import Columns
from dvk.importing.table import SourceTable
from dvk.language import in_words
from dvk.output import console, say, warn

FAULTS_SHOWN_MAX: Final = 200

Source = Annotated[
    Path | None, typer.Argument(metavar="FILE", help="The table, a CSV or XLSX file.")
]
Check = Annotated[bool, typer.Option("--check", help="Only check and show; send nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Send without asking.")]
Template = Annotated[
    Path | None,
    typer.Option("--template", help="Only write a table to start from (.xlsx or .csv), and end."),
]


def client(url: list[str] | None, user: str, token: str | None) -> Api:
    """A client that calls as `user`, with a token from elsewhere where there is one."""
    api = Api(addresses(url))
    if token is not None:
        api.use_token(user, token)
    return api


def named_file(file: Path | None, user: str | None, token: str | None) -> Path:
    """The file to import. Raises CommandError where it, or who enters it, is not said."""
    if file is None or (user is None and token is None):
        raise CommandError(
            "Hãy nêu tệp và --user (hoặc --token).", "Name the file and --user (or --token).", USAGE
        )
    return file


def faults_in_json(faults: Sequence[Fault]) -> list[dict[str, object]]:
    """For scripts."""
    return [{"line": f.line, "column": f.column, "vi": f.vi, "en": f.en} for f in faults]


def show_ignored(source: SourceTable) -> None:
    """Say what of the file is not used."""
    if source.ignored:
        ignored = ", ".join(source.ignored)
        warn(f"Các cột không dùng: {ignored}.", f"Columns not used: {ignored}.")
    if source.ignored_sheets:
        sheets = ", ".join(source.ignored_sheets)
        warn(f"Các trang tính không dùng: {sheets}.", f"Sheets not used: {sheets}.")


def show_faults(faults: Sequence[Fault], columns: Columns, rows: int) -> None:
    """Every fault by row and column, and that nothing was sent."""
    show_rows(faults, columns)
    wrong = len({fault.line for fault in faults})
    warn(
        f"{wrong} trong {rows} dòng có lỗi; chưa gửi gì.",
        f"{wrong} of {rows} rows have errors; nothing was sent.",
    )


def show_rows(faults: Sequence[Fault], columns: Columns) -> None:
    """Sentences by row and column."""
    for fault in faults[:FAULTS_SHOWN_MAX]:
        title = columns.by_name[fault.column].title
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


def title(vi: str, en: str) -> str:
    """A column's title in the languages spoken."""
    return in_words(vi, en).replace("\n", " / ")


def agreed(rows: int) -> bool:
    """Ask. Raises CommandError where nobody can answer."""
    if not sys.stdin.isatty():
        raise CommandError("Chưa gửi: hãy thêm --yes.", "Nothing was sent: add --yes.", USAGE)
    question = in_words(f"Gửi {rows} dòng?", f"Send {rows} rows?")
    return typer.confirm(question)
