"""`dvk import organizations`: a province's bodies from the table in which its Office keeps them."""

from typing import Annotated

import typer
from rich.progress import Progress

from dvk.commands import importing as common
from dvk.commands.common import AsJson, Urls
from dvk.commands.rebuild import Token
from dvk.errors import FAILED
from dvk.importing.bodies.check import check_bodies
from dvk.importing.bodies.checked import Findings
from dvk.importing.bodies.columns import COLUMNS, EXAMPLES
from dvk.importing.bodies.lists import fetch_lists
from dvk.importing.bodies.send import Sent, send_bodies
from dvk.importing.table import SourceTable, read_table
from dvk.importing.template import write_template
from dvk.output import console, run, say, say_json, warn

User = Annotated[
    str | None,
    typer.Option("--user", help="An administrator of the embedded issuer.", metavar="USER"),
]


def import_organizations(
    file: common.Source = None,
    *,
    user: User = None,
    token: Token = None,
    check: common.Check = False,
    yes: common.Yes = False,
    template: common.Template = None,
    url: Urls = None,
    as_json: AsJson = False,
) -> None:
    """Enter a province's bodies from a CSV or XLSX table: lines, competences, superiors first. Every row is
    checked before anything is sent; what is there already stays as it is.
    """
    if template is not None:
        write_template(template, COLUMNS, EXAMPLES)
        return
    source = read_table(common.named_file(file, user, token).read_bytes(), COLUMNS)
    findings = run(_checked(source, user or "", token, url))
    result: dict[str, object] = {
        "rows": len(source.rows),
        "ignored_columns": list(source.ignored),
        "ignored_sheets": list(source.ignored_sheets),
        "errors": common.faults_in_json(findings.faults),
        "differences": common.faults_in_json(findings.differences),
        "there": sum(body.exists for body in findings.bodies),
    }
    if not as_json:
        _show(source, findings)
    goes_on = not findings.faults and not check
    if goes_on and (yes or common.agreed(len(findings.bodies))):
        sent = run(_sent(findings, user or "", token, url, quiet=as_json))
        result |= {
            "created": sent.created,
            "already": sent.already,
            "competences": sent.competences,
        }
        if not as_json:
            say(
                f"Đã nhập {sent.created} đơn vị, {sent.competences} thẩm quyền; {sent.already} đơn vị đã có "
                "từ trước.",
                f"{sent.created} bodies and {sent.competences} competences were entered; {sent.already} "
                "bodies were there already.",
            )
    if as_json:
        say_json(result)
    if findings.faults:
        raise typer.Exit(FAILED)


async def _checked(
    source: SourceTable, user: str, token: str | None, url: list[str] | None
) -> Findings:
    async with common.client(url, user, token) as api:
        return check_bodies(source.rows, *await fetch_lists(api))


async def _sent(
    findings: Findings, user: str, token: str | None, url: list[str] | None, *, quiet: bool
) -> Sent:
    shown = Progress(console=console(error=True), disable=quiet, transient=True)
    async with common.client(url, user, token) as api:
        with shown as progress:
            task = progress.add_task("", total=len(findings.bodies))
            return await send_bodies(api, findings.bodies, user, lambda: progress.advance(task))


def _show(source: SourceTable, findings: Findings) -> None:
    common.show_ignored(source)
    if findings.faults:
        common.show_faults(findings.faults, COLUMNS, len(source.rows))
        return
    common.show_rows(findings.differences, COLUMNS)
    there = sum(body.exists for body in findings.bodies)
    new = len(findings.bodies) - there
    warn(
        f"{new} đơn vị mới, {there} đã có.",
        f"{new} new bodies, {there} there already.",
    )
