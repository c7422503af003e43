"""The yardstick of row 3: `python -m tests.bench.trivial <port>` serves one FastAPI route that does nothing.

It parses the same body with pydantic and answers the same fields; no token, no decision, no store.
"""

import sys
from datetime import date
from uuid import UUID

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel


class Survey(BaseModel):
    """The body of the command it is compared with."""

    surveyed_by: UUID
    surveyed_on: date
    place: str
    situation: str
    advantages: str
    difficulties: str


class Written(BaseModel):
    """What a command answers."""

    id: UUID
    revision: int
    position: int
    events: list[str]


app = FastAPI()


@app.post("/models", status_code=201)
async def survey(body: Survey) -> Written:
    """Answer at once."""
    return Written(
        id=body.surveyed_by,
        revision=0,
        position=1,
        events=["dvk.registration.SiteSurveyed.v1"],
    )


if __name__ == "__main__":
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )
