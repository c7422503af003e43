"""`dvk report`: the figures of a body and period, as a workbook or JSON (clause IV.2)."""

from pathlib import Path
from typing import Annotated

import typer

from dvk.api import Api
from dvk.commands.common import AsJson, Urls, addresses
from dvk.commands.rebuild import Token
from dvk.errors import USAGE, CommandError
from dvk.output import run, say, say_json

_Body = Annotated[str, typer.Argument(metavar="BODY", help="The id of the body reported on.")]
_Period = Annotated[
    str, typer.Argument(metavar="PERIOD", help="2026, 2026-H1, 2026-06, or 2026-01-01/2026-03-31.")
]


def report(
    body: _Body,
    period: _Period,
    *,
    user: Annotated[
        str | None, typer.Option("--user", help="Who asks: a user of the embedded issuer.")
    ] = None,
    token: Token = None,
    line: Annotated[
        str, typer.Option("--line", help="all, party, vertical, territory or register.")
    ] = "all",
    out: Annotated[
        Path | None,
        typer.Option("--out", help="The file to write.", show_default="bao-cao-PERIOD.xlsx"),
    ] = None,
    url: Urls = None,
    as_json: AsJson = False,
) -> None:
    """Write the periodic report of a body to an XLSX file; with --json print it instead."""
    if user is None and token is None:
        raise CommandError("Hãy nêu --user hoặc --token.", "Name --user or --token.", USAGE)
    first, slash, last = period.partition("/")
    wanted = {"from": first, "until": last} if slash else {"period": period}
    parameters: dict[str, str | int | None] = {"body": body, "line": line, **wanted}

    async def fetch() -> bytes | None:
        async with Api(addresses(url)) as api:
            if token is not None:
                api.use_token(user or "", token)
            if as_json:
                say_json(await api.read("notification", "/reports", parameters, user=user or ""))
                return None
            return await api.download("notification", "/reports/xlsx", parameters, user=user or "")

    content = run(fetch())
    if content is not None:
        path = out or Path(f"bao-cao-{period.replace('/', '-')}.xlsx")
        path.write_bytes(content)
        say(f"Đã ghi báo cáo vào {path}.", f"The report was written to {path}.")
