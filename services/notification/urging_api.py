"""The routes of urging letters (clause IV.2)."""

from msgspec.structs import asdict

from services.notification import urging_queries as queries
from services.notification.domain.urging import URGING, UrgeBody, UrgeBodyForm
from services.notification.report_scope import overseers_of
from shared.contracts.values import OrganizationId
from shared.domain.time import legal_date
from shared.host.policy import Role
from shared.host.service import Api, Call, NotFoundError, Outcome, Page


async def urge_body(call: Call[UrgeBodyForm]) -> Outcome:
    """Record the urging letter that was sent to a body; it is told at once (clause IV.2)."""
    if call.actor.organization is None:
        raise NotFoundError("organization")
    body = call.body.body
    today = legal_date(call.now)
    overdue, cites = await queries.overdue_of(call.read, body, today)
    command = UrgeBody(
        **asdict(call.body),
        urging_id=call.new_id,
        urged_by=OrganizationId(call.actor.organization),
        overseers=await overseers_of(call.read, body, today),
        overdue=overdue,
        at=call.now,
    )
    return await call.execute(URGING, body, command, cites=cites)


def routes(api: Api) -> None:
    """Declare every route."""
    tag = "urging"
    api.read(
        "/urging-drafts",
        queries.ListUrgingDrafts,
        queries.list_urging_drafts,
        answer=queries.UrgingDrafts,
        tag=tag,
        roles=(Role.OFFICE_CLERK, Role.ADMINISTRATOR),
    )
    api.write("/urging-letters", UrgeBodyForm, urge_body, command=UrgeBody, tag=tag)
    api.read(
        "/urging-letters",
        queries.ListUrgingLetters,
        queries.list_urging_letters,
        answer=Page[queries.UrgingLetterRow],
        tag=tag,
    )
