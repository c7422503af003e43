"""What notification keeps: who stands where to a model, who takes mail, and the notices themselves."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from services.notification import deadline_rows, inspection_rows, report_rows
from services.notification.tables import DATE_CHARACTERS as _DATE
from services.notification.tables import ID_CHARACTERS as _ID
from services.notification.tables import TABLES
from shared.contracts.exemplar import AwardProposed
from shared.contracts.holding import HolderChanged
from shared.contracts.notification import (
    BodyUrged,
    NoticeAcknowledged,
    NoticeDelivered,
    NoticeFailed,
    NoticeQueued,
    NoticeRetried,
    SubscriptionSet,
)
from shared.contracts.personal import PersonalDataErased
from shared.contracts.recognition import CaseOpened
from shared.contracts.registration import (
    CompetenceAssigned,
    CompetenceSucceeded,
    ModelRegistered,
    ModelWithdrawn,
    OrganizationCreated,
    OrganizationLineChanged,
    OrganizationRenamed,
    RegistrationAccepted,
)
from shared.contracts.running import FeedbackRaised, ModelEnded, ModelResumed, ModelSuspended
from shared.contracts.term import TermYearBegun
from shared.domain.time import to_microseconds
from shared.host.copying import patches, puts, recorded_at
from shared.host.rows import Patch, PatchWhere, RowChange, Value
from shared.host.service import ReadModel, Recorded, on
from shared.host.standing import standing_tables
from shared.host.successions import succession_handlers, succession_table

models: Final = Table(
    "models",
    TABLES,
    Column("model_id", String(_ID), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("holder", String(_ID), nullable=False),
    Column("joint_holders", Text, nullable=False),
    Column("committee", String(_ID), nullable=False),
    Column("deciding_body", String(_ID), nullable=False),
    Column("launching_body", String(_ID), nullable=False),
    Column("movement", String(_ID), nullable=False),
    Column("year", Integer, nullable=False),
    Column("rule_set", String(_ID), nullable=False),
    Column("rule_set_version", Integer, nullable=False),
    Column("running", Integer, nullable=False),
)
"""`running`: accepted, and neither suspended, ended nor withdrawn. `year` is the one of its term under report."""

advisers: Final = Table(
    "advisers",
    TABLES,
    Column("organization", String(_ID), primary_key=True),
    Column("clause", String(20), primary_key=True),
    Column("valid_from", String(_DATE), primary_key=True),
    Column("advised_by", String(_ID), nullable=False),
)

cases: Final = Table(
    "cases",
    TABLES,
    Column("dependent", String(_ID), primary_key=True),
    Column("model", String(_ID), nullable=False),
)
"""The model of a case, and of an award proposal: some events name only these."""

feedback: Final = Table(
    "feedback",
    TABLES,
    Column("feedback_id", String(_ID), primary_key=True),
    Column("subject", String(200), nullable=False),
    Column("raised_by", String(_ID), nullable=False),
    Column("launching_body", String(_ID), nullable=False),
)

organizations: Final = Table(
    "organizations",
    TABLES,
    Column("organization_id", String(_ID), primary_key=True),
    Column("kind", String(200), nullable=False),
    Column("name", String(200), nullable=False),
    Column("position", BigInteger, nullable=False),
)

lines: Final = Table(
    "organization_lines",
    TABLES,
    Column("organization_id", String(_ID), primary_key=True),
    Column("line", String(20), primary_key=True),
    Column("valid_from", String(_DATE), primary_key=True),
    Column("superior", String(_ID)),
    Column("position", BigInteger, nullable=False),
    Column("event_id", String(_ID), nullable=False),
)

letters: Final = Table(
    "urging_letters",
    TABLES,
    Column("urging_id", String(_ID), primary_key=True),
    Column("body", String(_ID), nullable=False),
    Column("urged_by", String(_ID), nullable=False),
    Column("document_number", String(200), nullable=False),
    Column("issued_on", String(_DATE), nullable=False),
    Column("text", Text, nullable=False),
    Column("reason", Text),
    Index("letters_by_body", "body", "issued_on", "urging_id"),
    Index("letters_by_day", "issued_on", "urging_id"),
)

subscriptions: Final = Table(
    "subscriptions",
    TABLES,
    Column("organization", String(_ID), primary_key=True),
    Column("language", String(2), nullable=False),
    Column("by_mail", Integer, nullable=False),
    Column("address", String(_ID)),
    Index("subscriptions_by_address", "address"),
)
"""`address` is the payload id of the e-mail address, by which its erasure is known to end mail."""

notices: Final = Table(
    "notices",
    TABLES,
    Column("notice_id", String(_ID), primary_key=True),
    Column("recipient", String(_ID), nullable=False),
    Column("relation", String(20), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("kind", String(200), nullable=False),
    Column("model_id", String(_ID)),
    Column("document", String(_ID)),
    Column("title", String(200), nullable=False),
    Column("cause", String(_ID), nullable=False),
    Column("cause_at", String(_DATE), nullable=False),
    Column("source", String(200), nullable=False),
    Column("rules", String(200)),
    Column("queued_at", String(_DATE), nullable=False),
    Column("status", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", String(200)),
    Column("due_us", BigInteger, nullable=False),
    Column("acknowledged", Integer, nullable=False),
    Index("notices_by_recipient", "recipient", "channel", "queued_at", "notice_id"),
    Index("notices_unread", "recipient", "channel", "acknowledged", "queued_at", "notice_id"),
    Index("notices_due", "channel", "status", "due_us"),
    Index("notices_by_status", "status", "queued_at", "notice_id"),
)
"""`due_us` is when the next attempt is due, microseconds since 1970 UTC; it counts while pending."""


def _failed(recorded: Recorded[NoticeFailed]) -> Iterable[RowChange]:
    event = recorded.event
    changes: dict[str, Value] = {"attempts": event.attempt, "error": event.error}
    if event.next_attempt_at is None:
        changes["status"] = "dead"
    else:
        changes["status"], changes["due_us"] = "pending", to_microseconds(event.next_attempt_at)
    yield Patch(notices, {"notice_id": str(event.notice_id)}, changes)


def _erased(recorded: Recorded[PersonalDataErased]) -> Iterable[RowChange]:
    # Mail to an address that is no more would only be given up, message by message.
    yield PatchWhere(subscriptions, {"address": str(recorded.event.payload)}, {"by_mail": 0})


STANDING: Final = standing_tables(TABLES)
SUCCESSIONS: Final = succession_table(TABLES)

READ_MODEL: Final = ReadModel(
    version=12,
    tables=TABLES,
    handlers=(
        *STANDING.handlers,
        puts(
            ModelRegistered,
            models,
            running=0,
            joint_holders=lambda r: " ".join(
                str(one.organization) for one in r.event.joint_holders
            ),
        ),
        patches(RegistrationAccepted, models, running=1),
        patches(TermYearBegun, models, "year"),
        patches(HolderChanged, models, "holder"),
        patches(ModelSuspended, models, running=0),
        patches(ModelResumed, models, running=1),
        patches(ModelEnded, models, running=0),
        patches(ModelWithdrawn, models, running=0),
        *deadline_rows.HANDLERS,
        *inspection_rows.HANDLERS,
        *report_rows.HANDLERS,
        puts(CompetenceAssigned, advisers, organization=lambda r: r.event.organization_id),
        puts(CompetenceSucceeded, advisers, organization=lambda r: r.event.organization_id),
        *succession_handlers(SUCCESSIONS),
        puts(OrganizationCreated, organizations),
        patches(OrganizationRenamed, organizations, "name"),
        puts(OrganizationLineChanged, lines),
        puts(BodyUrged, letters),
        puts(FeedbackRaised, feedback),
        puts(CaseOpened, cases, dependent=lambda r: r.event.case_id),
        puts(AwardProposed, cases, dependent=lambda r: r.event.award_id),
        puts(
            SubscriptionSet,
            subscriptions,
            by_mail=lambda r: int(r.event.email is not None),
            address=lambda r: None if r.event.email is None else str(r.event.email.payload),
        ),
        on(PersonalDataErased, _erased),
        puts(
            NoticeQueued,
            notices,
            model_id=lambda r: r.event.model,
            cause_at=lambda r: r.event.cause_at.isoformat(),
            queued_at=recorded_at,
            status="pending",
            attempts=0,
            due_us=lambda r: r.stored.time_us,
            acknowledged=0,
        ),
        patches(NoticeDelivered, notices, status="delivered"),
        on(NoticeFailed, _failed),
        patches(
            NoticeRetried,
            notices,
            status="pending",
            attempts=0,
            due_us=lambda r: r.stored.time_us,
        ),
        patches(NoticeAcknowledged, notices, acknowledged=1),
    ),
)
