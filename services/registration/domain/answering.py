"""The committee's answer to a registration: the day it is due, and the supplement it may ask for before it
(practice). While the holder supplements, the committee's time stands still; it runs on from the day of supply.
"""

from datetime import date, timedelta
from typing import Final

import msgspec

from services.registration.domain import particulars
from services.registration.domain.facts import RegistrationRules
from shared.contracts.particulars import Particulars
from shared.contracts.registration import (
    ModelRegistered,
    RegistrationAccepted,
    RegistrationReturned,
    SupplementRequested,
    SupplementSupplied,
)
from shared.contracts.values import CategoryId, Line, Text, WorkField
from shared.domain.decider import Request
from shared.domain.graph import Graph
from shared.domain.refusal import Refusal
from shared.domain.time import Instant, legal_date
from shared.domain.workingdays import is_working_day, last_of_working_days

# --- state ------------------------------------------------------------------------------------


class Answering(msgspec.Struct, frozen=True):
    """Until when the committee answers: None while it is the holder's turn, and once it has answered.

    `asked` is the supplement that is awaited; `supplements` are those asked for since the dossier was
    registered, or registered again after a return.
    """

    due_on: date | None = None
    asked: SupplementRequested | None = None
    supplements: int = 0


AnsweringEvent = SupplementRequested | SupplementSupplied
_Seen = AnsweringEvent | ModelRegistered | RegistrationAccepted | RegistrationReturned


def evolve(state: Answering, event: _Seen) -> Answering:
    """What is known of the answer after `event`."""
    match event:
        case ModelRegistered():
            return msgspec.structs.replace(state, due_on=event.answer_by)
        case SupplementRequested():
            return Answering(due_on=None, asked=event, supplements=event.number)
        case SupplementSupplied():
            return msgspec.structs.replace(state, due_on=event.answer_by, asked=None)
        case RegistrationAccepted():
            return msgspec.structs.replace(state, due_on=None)
        case RegistrationReturned():
            return Answering()


# --- commands ---------------------------------------------------------------------------------


class RequestSupplementForm(Request, frozen=True, kw_only=True):
    """What is missing in the registration, and why it is asked for."""

    missing: Text
    reasons: Text


class RequestSupplement(RequestSupplementForm, frozen=True, kw_only=True):
    """The committee asks for a supplement."""

    at: Instant
    successions: Graph = Graph()
    rules: RegistrationRules


class RegistrationChanges(Request, frozen=True, kw_only=True):
    """Items of a registration as they read now; what is left out stays as it was."""

    name: Line | None = None
    address: Line | None = None
    field: WorkField | None = None
    content: Text | None = None
    basis: Text | None = None
    sub_field: CategoryId | None = None
    particulars: Particulars | None = None


class SupplySupplementForm(Request, frozen=True, kw_only=True):
    """What the holder answers, and the items that change with it."""

    answer: Text
    changes: RegistrationChanges = RegistrationChanges()


class SupplySupplement(SupplySupplementForm, frozen=True, kw_only=True):
    """The holder supplies the supplement."""

    at: Instant
    rules: RegistrationRules


AnsweringCommand = RequestSupplement | SupplySupplement

# --- rules ------------------------------------------------------------------------------------

_SUPPLEMENTS: Final = "supplements_max"

NO_MORE_SUPPLEMENTS: Final = Refusal(
    "supplements-used-up",
    vi="Theo bộ quy định, chỉ yêu cầu bổ sung tối đa {most} lần. Hãy chấp nhận, hoặc trả lại và nêu lý do.",
    en="The rule set allows {most} requests for a supplement at most. Accept the registration, or return it "
    "with reasons.",
    practice=_SUPPLEMENTS,
)
SUPPLEMENT_AWAITED: Final = Refusal(
    "supplement-awaited",
    vi="Đang chờ đơn vị đăng ký bổ sung hồ sơ. Hãy chờ bổ sung, hoặc trả lại và nêu lý do.",
    en="The holder's supplement is awaited. Wait for it, or return the registration with reasons.",
    practice=_SUPPLEMENTS,
)
NO_SUPPLEMENT_ASKED: Final = Refusal(
    "supplement-not-asked",
    vi="Cấp ủy chưa yêu cầu bổ sung hồ sơ này, hoặc hồ sơ đã được bổ sung.",
    en="The committee has not asked for a supplement to this registration, or it has been supplied.",
    practice=_SUPPLEMENTS,
)


def answer_by(rules: RegistrationRules, registered_on: date) -> date:
    """The last day for the committee's answer. Refuses a year whose holidays nobody listed."""
    return last_of_working_days(registered_on, rules.answer_working_days, rules.holidays)


def working_days_left(rules: RegistrationRules, on: date, due_on: date) -> int:
    """Working days after `on` up to `due_on`, that day included; 0 once it is over."""
    days = range(1, (due_on - on).days + 1)
    return sum(is_working_day(on + timedelta(days=day), rules.holidays) for day in days)


def request(
    state: Answering, command: RequestSupplement, registration: ModelRegistered
) -> tuple[SupplementRequested]:
    """The committee asks for what is missing. Raises RefusedError."""
    if state.supplements >= command.rules.supplements_max:
        raise NO_MORE_SUPPLEMENTS(most=command.rules.supplements_max)
    on = legal_date(command.at)
    due_on = state.due_on or registration.answer_by
    return (
        SupplementRequested(
            model_id=registration.model_id,
            committee=registration.committee,
            number=state.supplements + 1,
            missing=command.missing,
            reasons=command.reasons,
            requested_on=on,
            answer_was_due_on=due_on,
            working_days_left=working_days_left(command.rules, on, due_on),
        ),
    )


def supply(
    asked: SupplementRequested, command: SupplySupplement, registration: ModelRegistered
) -> tuple[SupplementSupplied | ModelRegistered, ...]:
    """The holder answers; where items change the registration stands anew with them."""
    supplied_on = legal_date(command.at)
    due_on = last_of_working_days(supplied_on, asked.working_days_left, command.rules.holidays)
    wanted = command.changes
    changed = {
        item: becomes
        for item in wanted.__struct_fields__
        if (becomes := getattr(wanted, item)) is not None and becomes != getattr(registration, item)
    }
    supplied = SupplementSupplied(
        model_id=registration.model_id,
        supplied_on=supplied_on,
        answer=command.answer,
        changed=tuple(changed),
        answer_by=due_on,
    )
    if not changed:
        return (supplied,)
    anew = msgspec.structs.replace(registration, answer_by=due_on, **changed)
    particulars.check(anew.field, anew.sub_field, anew.particulars, command.rules)
    return (supplied, anew)
