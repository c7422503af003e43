"""Whether a model lives: suspended and resumed, re-attested every year, ended; and what it was taken from
(clause II.5).
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import msgspec

from services.registration.domain.plan import NOT_RUNNING
from shared.contracts.registration import ModelRegistered
from shared.contracts.running import (
    ModelEnded,
    ModelFellQuiet,
    ModelReattested,
    ModelResumed,
    ModelSuspended,
    ReplicationRecorded,
)
from shared.contracts.values import ModelId, OrganizationId, Text
from shared.domain.decider import Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant, legal_date

# --- state ------------------------------------------------------------------------------------


class Life(msgspec.Struct, frozen=True):
    """`suspended` is None while it runs; `attested` has the last attestation of each year; `quiet_since` is
    the day the last silence that was noted began.
    """

    suspended: ModelSuspended | None = None
    ended: ModelEnded | None = None
    attested: Mapping[int, ModelReattested] = MappingProxyType({})
    replicates: ReplicationRecorded | None = None
    quiet_since: date | None = None


LifeEvent = (
    ModelSuspended
    | ModelResumed
    | ModelEnded
    | ModelReattested
    | ReplicationRecorded
    | ModelFellQuiet
)


def evolve(state: Life, event: LifeEvent) -> Life:
    """What is known after `event`."""
    known = msgspec.structs.replace
    match event:
        case ModelSuspended():
            return known(state, suspended=event)
        case ModelResumed():
            return known(state, suspended=None)
        case ModelEnded():
            return known(state, ended=event, suspended=None)
        case ModelReattested():
            attested = MappingProxyType({**state.attested, event.year: event})
            return known(state, attested=attested)
        case ReplicationRecorded():
            return known(state, replicates=event)
        case ModelFellQuiet():
            return known(state, quiet_since=event.heard_on)


# --- commands ---------------------------------------------------------------------------------


class SuspendModelForm(Request, frozen=True, kw_only=True):
    """Why the model rests."""

    reason: Text


class SuspendModel(SuspendModelForm, frozen=True, kw_only=True):
    """Suspend the model."""

    at: Instant


class ResumeModelForm(Request, frozen=True, kw_only=True):
    """What makes it go on."""

    reason: Text


class ResumeModel(ResumeModelForm, frozen=True, kw_only=True):
    """Resume the model."""

    at: Instant


class EndModelForm(Request, frozen=True, kw_only=True):
    """Since when the model is over, and why."""

    ended_on: date
    reason: Text


class EndModel(EndModelForm, frozen=True, kw_only=True):
    """End the model; what it reached stays."""

    at: Instant


class ReattestModelForm(Request, frozen=True, kw_only=True):
    """What the body saw of the model this year."""

    finding: Text


class ReattestModel(ReattestModelForm, frozen=True, kw_only=True):
    """Attest that the model still lives, once a year, as `by`."""

    by: OrganizationId
    at: Instant


class RecordReplicationForm(Request, frozen=True, kw_only=True):
    """The model this one was taken from, and what was taken over."""

    original: ModelId
    taken_over: Text


class RecordReplication(RecordReplicationForm, frozen=True, kw_only=True):
    """Record what the model replicates. `lineage` are the originals of the original, nearest first."""

    lineage: tuple[ModelId, ...]
    at: Instant


class NoteSilence(Request, frozen=True, kw_only=True):
    """Nothing was heard of the model since `heard_on`; longer than `quiet_after_days` it is quiet."""

    heard_on: date
    quiet_after_days: int
    at: Instant


LifeCommand = (
    SuspendModel | ResumeModel | EndModel | ReattestModel | RecordReplication | NoteSilence
)

# --- rules ------------------------------------------------------------------------------------

SUSPENDED: Final = Refusal(
    "model-suspended",
    vi="Mô hình đang tạm dừng. Hãy cho hoạt động trở lại trước.",
    en="The model is suspended. Resume it first.",
)
ENDED: Final = Refusal(
    "model-ended",
    vi="Mô hình đã kết thúc, không thể cập nhật thêm.",
    en="The model has ended; nothing further can be recorded.",
)
ENDS_IN_FUTURE: Final = Refusal(
    "model-end-in-future",
    vi="Ngày kết thúc {ended_on} ở sau hôm nay. Hãy ghi khi mô hình đã kết thúc.",
    en="The end {ended_on} lies in the future. Record it once the model is over.",
)
NOT_QUIET: Final = Refusal(
    "model-not-quiet",
    vi="Mô hình có tin lần cuối ngày {heard_on}; sau {days} ngày không có tin mới ghi là im ắng.",
    en="The model was last heard of on {heard_on}; it counts as quiet after {days} days without news.",
    practice="quiet_after_days",
)
ALREADY_ATTESTED: Final = Refusal(
    "model-reattested",
    vi="Năm {year} mô hình đã được xác nhận còn hoạt động.",
    en="The model has been attested for {year} already.",
    practice="re-attestation: once a year",
)
OWN_COPY: Final = Refusal(
    "replication-circle",
    vi="Một mô hình không thể nhân rộng từ chính nó hay từ bản sao của nó. Hãy chọn đúng mô hình gốc.",
    en="A model cannot be taken from itself or from a copy of its own. Name the right original.",
    clause="II.5",
)
OTHER_ORIGINAL: Final = Refusal(
    "replication-recorded",
    vi="Mô hình đã ghi nguồn nhân rộng từ một mô hình khác.",
    en="The model is recorded as taken from another model.",
    clause="II.5",
)


def decide(
    state: Life, command: LifeCommand, registration: ModelRegistered, *, planned: bool
) -> tuple[LifeEvent, ...]:
    """What follows from `command` for an accepted model. Raises RefusedError."""
    model_id, today = registration.model_id, legal_date(command.at)
    match command:
        case SuspendModel():
            if not planned:
                raise NOT_RUNNING()
            if state.suspended is not None:
                return ()
            suspended = ModelSuspended(model_id=model_id, suspended_on=today, reason=command.reason)
            return (suspended,)
        case ResumeModel():
            if state.suspended is None:
                return ()
            return (ModelResumed(model_id=model_id, resumed_on=today, reason=command.reason),)
        case EndModel():
            if command.ended_on > today:
                raise ENDS_IN_FUTURE(ended_on=command.ended_on.isoformat())
            return (
                ModelEnded(model_id=model_id, ended_on=command.ended_on, reason=command.reason),
            )
        case ReattestModel():
            return _reattest(state, command, registration, planned=planned)
        case RecordReplication():
            return _replicate(state, command, registration)
        case NoteSilence():
            return _note_silence(state, command, registration, planned=planned)


def _reattest(
    state: Life, command: ReattestModel, registration: ModelRegistered, *, planned: bool
) -> tuple[LifeEvent, ...]:
    if not planned:
        raise NOT_RUNNING()
    if state.suspended is not None:
        raise SUSPENDED()
    today = legal_date(command.at)
    before = state.attested.get(today.year)
    if before is not None:
        if (before.by, before.finding) == (command.by, command.finding):
            return ()
        raise ALREADY_ATTESTED(year=today.year)
    return (
        ModelReattested(
            model_id=registration.model_id,
            year=today.year,
            by=command.by,
            attested_on=today,
            finding=command.finding,
        ),
    )


def _note_silence(
    state: Life, command: NoteSilence, registration: ModelRegistered, *, planned: bool
) -> tuple[LifeEvent, ...]:
    """Each silence once: the one that began on a day is the same however often it is looked at."""
    if not planned or state.suspended is not None or state.quiet_since == command.heard_on:
        return ()
    fell = ModelFellQuiet(
        model_id=registration.model_id,
        heard_on=command.heard_on,
        quiet_after_days=command.quiet_after_days,
    )
    if legal_date(command.at) < fell.quiet_from:
        raise NOT_QUIET(heard_on=command.heard_on.isoformat(), days=command.quiet_after_days)
    return (fell,)


def _replicate(
    state: Life, command: RecordReplication, registration: ModelRegistered
) -> tuple[LifeEvent, ...]:
    if registration.model_id in (command.original, *command.lineage):
        raise OWN_COPY()
    recorded = ReplicationRecorded(
        model_id=registration.model_id,
        original=command.original,
        taken_over=command.taken_over,
    )
    if state.replicates == recorded:
        return ()
    if state.replicates is not None:
        raise OTHER_ORIGINAL()
    return (recorded,)
