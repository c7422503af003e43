"""`dvk token`: a token of the embedded issuer."""

import sys
from typing import Annotated

import typer

from dvk.api import Api
from dvk.commands.common import Urls, addresses
from dvk.output import run

Password = Annotated[str, typer.Option("--password", help="Demo users have none.")]


def token(
    user: Annotated[str, typer.Argument(help="The user to sign in.")],
    password: Password = "",
    url: Urls = None,
) -> None:
    """Sign in at the embedded issuer and print the token, for the header Authorization: Bearer."""

    async def sign_in() -> str:
        async with Api(addresses(url)) as api:
            return await api.sign_in(user, password)

    sys.stdout.write(f"{run(sign_in())}\n")
