"""The HTTP API of notification: the own inbox and subscription, and what the office sees to."""

from msgspec import UNSET, UnsetType

from services.notification import inspection_api, queries, report_api, urging_api
from services.notification.domain.erasure import ERASURE
from services.notification.domain.notice import (
    NOTICE,
    AcknowledgeNotice,
    AcknowledgeNoticeForm,
    RetryNotice,
    RetryNoticeForm,
)
from services.notification.domain.subscription import (
    SUBSCRIPTION,
    SetSubscription,
    SetSubscriptionForm,
)
from shared.contracts.values import Forgettable, OrganizationId
from shared.host.erasure import erasure_routes
from shared.host.policy import Role
from shared.host.service import Api, Call, NotFoundError, Outcome, Page


async def set_subscription(call: Call[SetSubscriptionForm]) -> Outcome:
    """Change how the own organisation is told: what is left out stays, `email: null` ends mail. The address is kept
    apart and can be erased.
    """
    if call.actor.organization is None:
        raise NotFoundError("organization")
    organization = OrganizationId(call.actor.organization)
    command = SetSubscription(
        language=call.body.language,
        email=await _kept(call, organization),
        organization=organization,
        at=call.now,
    )
    return await call.execute(SUBSCRIPTION, organization, command)


async def _kept(
    call: Call[SetSubscriptionForm], organization: OrganizationId
) -> Forgettable | UnsetType | None:
    """The reference to the address: the present one where it is the same address, so that it is no news."""
    wanted = call.body.email
    if wanted is None:
        return None
    current = (await call.load(SUBSCRIPTION, organization)).state.current
    known = None if current is None else current.email
    # The record says it first; the address itself is deleted a moment later.
    if known is not None and (await call.load(ERASURE, known.payload)).state.erased is not None:
        known = None
    if wanted is UNSET:
        # An address that was erased does not stay: mail would be queued for nobody.
        return None if known is None else UNSET
    address = wanted.encode()
    if known is not None and await call.reveal(known) == address:
        return known
    return await call.keep("email", address)


async def acknowledge_notice(call: Call[AcknowledgeNoticeForm]) -> Outcome:
    """Mark a notice of the own organisation read."""
    return await call.execute(NOTICE, call.path_id("notice_id"), AcknowledgeNotice(at=call.now))


async def retry_notice(call: Call[RetryNoticeForm]) -> Outcome:
    """Have a notice that was given up tried again."""
    return await call.execute(NOTICE, call.path_id("notice_id"), RetryNotice(at=call.now))


def routes(api: Api) -> None:
    """Declare every route."""
    erasure_routes(api, ERASURE)
    urging_api.routes(api)
    inspection_api.routes(api)
    report_api.routes(api)
    tag = "notices"
    api.read(
        "/inbox", queries.ListInbox, queries.list_inbox, answer=Page[queries.InboxRow], tag="inbox"
    )
    api.write(
        "/notices/{notice_id}/acknowledgements",
        AcknowledgeNoticeForm,
        acknowledge_notice,
        command=AcknowledgeNotice,
        tag=tag,
    )
    api.write(
        "/notices/{notice_id}/retries",
        RetryNoticeForm,
        retry_notice,
        command=RetryNotice,
        tag=tag,
    )
    api.read(
        "/notices",
        queries.ListUnsent,
        queries.list_unsent,
        answer=Page[queries.UnsentRow],
        tag=tag,
        roles=(Role.OFFICE_CLERK, Role.ADMINISTRATOR),
    )
    api.write(
        "/subscriptions",
        SetSubscriptionForm,
        set_subscription,
        command=SetSubscription,
        tag="subscriptions",
    )
    api.read(
        "/subscriptions/own",
        queries.NoParameters,
        queries.get_own_subscription,
        answer=queries.SubscriptionView,
        tag="subscriptions",
    )
