"""A team that scores the one appraisal: who is in it, and its scores up to their opening."""

from typing import Any
from uuid import UUID

from tests.support.evaluating import ONE, Evaluation
from tests.support.story import ELSEWHERE, SECTION

TEAM = f"{ONE}/team"
SCORES = f"{ONE}/scores"
ALL = (15, 15, 15, 15, 15)
NAMES = {"appraiser": "Vi Văn Thử", "foreign-appraiser": "Lô Thị Thử"}


def member(account: str, organization: UUID = SECTION) -> dict[str, str]:
    return {"account": account, "name": NAMES[account], "organization": str(organization)}


BOTH = {"members": [member("appraiser"), member("foreign-appraiser", ELSEWHERE)]}


async def score(evaluation: Evaluation, user: str, *points: int) -> None:
    for criterion, given in zip(
        evaluation.preset["criteria_set"]["criteria"], points, strict=False
    ):
        body = {"criterion": criterion["id"], "points": given, "evidence": f"Của {user}"}
        await evaluation.ok(f"{TEAM}/scores", body, user=user)


async def opened(evaluation: Evaluation) -> dict[str, Any]:
    """The appraisal once the team's scores are open."""

    async def look() -> dict[str, Any] | None:
        found: dict[str, Any] = await evaluation.here.get(ONE, user="appraiser")
        return found if len(found["scores"]) == 10 else None

    return await evaluation.here.until(look)
