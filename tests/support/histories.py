"""A province of two communes, and whatever may happen to its models: what periodic reports are counted from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import msgspec
from hypothesis import strategies as st

from shared.contracts import evaluation, recognition, registration
from shared.contracts.appraisal import AdviceIssued, Appraised
from shared.contracts.event import Event
from shared.contracts.exemplar import (
    AwardOutcomeRecorded,
    AwardProposed,
    DependentRecognitionDecided,
    DependentRecognitionSuspended,
)
from shared.contracts.recognition import (
    CaseOpened,
    Declined,
    DuplicateFound,
    DuplicateWithdrawn,
    RecognitionRevoked,
    Recognized,
)
from shared.contracts.registration import (
    ModelRegistered,
    ModelWithdrawn,
    OrganizationMerged,
    RegistrationAccepted,
    RegistrationReturned,
    ResultsReported,
)
from shared.contracts.running import (
    ModelEnded,
    ModelFellQuiet,
    ModelReattested,
    ModelResumed,
    ModelSuspended,
    PlanAdopted,
    ProgressReported,
    Target,
)
from shared.contracts.term import TermYearBegun
from shared.contracts.values import AchievementId, Aim, AppraisalId, AwardId, CaseId, ModelId
from shared.domain.time import to_microseconds
from shared.eventstore.port import StoredEvent
from tests.support import story
from tests.support.story import MOVEMENT, RULE_SET, SECTION, organization

PROVINCE, COMMISSION, EAST, WEST, CELL, OTHER_CELL, UNION, EAST_UNION = (
    organization(number) for number in range(101, 109)
)
BEGIN: Final = datetime(2026, 1, 10, 2, tzinfo=UTC)
"""Of the record of models. The bodies are there before."""
MODELS: Final = 6

_WHERE: Final = {
    PROVINCE: ("Tỉnh", "province"),
    COMMISSION: ("Tỉnh", "province"),
    EAST: ("Xã Đông", "commune"),
    WEST: ("Xã Tây", "commune"),
    CELL: ("Xã Đông", "grassroots"),
    OTHER_CELL: ("Xã Tây", "grassroots"),
    UNION: ("Tỉnh", "province"),
    EAST_UNION: ("Xã Đông", "commune"),
}
_HOLDERS: Final = (CELL, OTHER_CELL, EAST_UNION)
_CATALOGUES: Final = (registration.EVENTS, evaluation.EVENTS, recognition.EVENTS)
_CATALOGUE_OF: Final = {
    struct: catalogue for catalogue in _CATALOGUES for struct in catalogue.current.values()
}


class Ledger:
    """Events in the order in which they are told, each with an id and a position."""

    def __init__(self) -> None:
        self.events: list[StoredEvent] = []

    @property
    def position(self) -> int:
        """Of the last event."""
        return len(self.events)

    def add(self, at: datetime, *events: Event) -> None:
        """Record events at an instant."""
        for event in events:
            position = self.position + 1
            stored = StoredEvent(
                id=UUID(int=position << 64 | 0x8000_0000_0000_0000),
                type=_CATALOGUE_OF[type(event)].type_of(event),
                time_us=to_microseconds(at),
                data=msgspec.json.encode(event),
                metadata=b"",
                trace="",
                stream="model-1",
                revision=position - 1,
                position=position,
            )
            self.events.append(stored)


# --- the bodies -------------------------------------------------------------------------------


def province() -> list[Event]:
    """The commune's union stands in a vertical and a territorial line at once."""
    made: list[Event] = [
        msgspec.structs.replace(
            story.created(body, f"Đơn vị {body}"[:60]), place=place, level=level
        )
        for body, (place, level) in _WHERE.items()
    ]
    made += [
        story.line(EAST, "party", PROVINCE),
        story.line(WEST, "party", PROVINCE),
        story.line(CELL, "party", EAST),
        story.line(OTHER_CELL, "party", WEST),
        story.line(EAST_UNION, "vertical", UNION),
        story.line(EAST_UNION, "territory", EAST),
        story.line(EAST_UNION, "party", EAST),
        story.RULES,
    ]
    return made


# --- what happens to a model ------------------------------------------------------------------


@dataclass(frozen=True)
class Turn:
    """A model on a day on which something happens to it. Everything else follows from its number."""

    number: int
    on: date

    @property
    def model(self) -> ModelId:
        return ModelId(UUID(int=0x018F << 112 | self.number + 1))

    @property
    def case(self) -> CaseId:
        return CaseId(UUID(int=0x018F << 112 | 0xC000 + self.number))

    @property
    def appraisal(self) -> AppraisalId:
        return AppraisalId(UUID(int=self.model.int | 1 << 20))

    @property
    def award(self) -> AwardId:
        return AwardId(UUID(int=self.model.int | 1 << 21))

    @property
    def aim(self) -> Aim:
        return "exemplar" if self.number % 4 == 1 else "model"

    @property
    def registered(self) -> ModelRegistered:
        number = self.number
        holder = _HOLDERS[number % 3]
        committee = WEST if holder == OTHER_CELL else EAST
        return msgspec.structs.replace(
            story.registered(),
            model_id=self.model,
            name=f"Mô hình {number}",
            field=("economy", "culture-society", "security-defence")[number % 3],
            sub_field=("nong-thon-moi", None)[number % 2],
            holder=holder,
            holder_kind="individual" if number % 4 == 3 else "collective",
            committee=committee,
            deciding_body=UNION if number % 5 == 4 else committee,
            launching_body=COMMISSION,
            aim=self.aim,
        )

    @property
    def advised(self) -> dict[str, Any]:
        """What the advice names, and the case that it opens."""
        return {
            "model": self.model,
            "movement": MOVEMENT,
            "year": self.on.year,
            "aim": self.aim,
            "holder": self.registered.holder,
            "appraising_unit": SECTION,
            "deciding_body": self.registered.deciding_body,
            "rule_set": RULE_SET,
            "rule_set_version": 1,
        }

    @property
    def decided(self) -> dict[str, Any]:
        """What every decision on the case names."""
        return {
            "case_id": self.case,
            "model": self.model,
            "movement": MOVEMENT,
            "year": self.on.year,
            "aim": self.aim,
            "holder": self.registered.holder,
            "committee": self.registered.committee,
            "appraising_unit": SECTION,
            "decision_number": "1-QĐ",
            "decided_on": self.on,
            "signer_office": "Bí thư",
            "signer": story.PERSON,
        }


def model_id(number: int) -> ModelId:
    return Turn(number, BEGIN.date()).model


def _planned(turn: Turn) -> Event:
    return PlanAdopted(
        model_id=turn.model,
        targets=(Target(name="Hộ", unit="hộ", goal=Decimal(5)),),
        measures="Vận động",
        milestones=(),
        resources="Tại chỗ",
        starts_on=turn.on,
        ends_on=turn.on,
    )


def _reported(turn: Turn) -> Event:
    late = turn.number % 2 == 0
    return ResultsReported(model_id=turn.model, year=turn.on.year, late=late, session="held")


def _fell_quiet(turn: Turn) -> Event:
    days = story.SETTINGS.quiet_after_days.value
    return ModelFellQuiet(
        model_id=turn.model, heard_on=turn.on - timedelta(days=days + 1), quiet_after_days=days
    )


def _attested(turn: Turn) -> Event:
    return ModelReattested(
        model_id=turn.model, year=turn.on.year, by=EAST, attested_on=turn.on, finding="Sống"
    )


def _appraised(turn: Turn) -> Event:
    return Appraised(
        appraisal_id=turn.appraisal,
        model=turn.model,
        year=turn.on.year,
        points=80,
        points_required=70,
        gates_passed=True,
        meets_standard=turn.number % 3 > 0,
        summary="Đạt",
    )


def _advised(turn: Turn) -> Event:
    return AdviceIssued(
        **turn.advised,
        appraisal_id=turn.appraisal,
        committee=turn.registered.committee,
        advice="recognise" if turn.number % 3 else "decline",
        reasons="Theo phiếu",
    )


def _case_opened(turn: Turn) -> Event:
    return CaseOpened(
        **turn.advised,
        case_id=turn.case,
        achievement=AchievementId(turn.case),
        holder_kind="collective",
        committee=EAST,
        appraisal=turn.appraisal,
        advice="recognise",
        grounds=(),
    )


def _recognised(turn: Turn) -> Event:
    by = turn.registered.deciding_body
    return Recognized(**turn.decided, decided_by=by, clauses=("I.2.2b",))


def _declined(turn: Turn) -> Event:
    by = turn.registered.deciding_body
    return Declined(**turn.decided, decided_by=by, clauses=("I.2.2b",), reasons="Chưa đạt")


def _revoked(turn: Turn) -> Event:
    return RecognitionRevoked(
        **turn.decided,
        ground="forged_dossier",
        reasons="Giả mạo",
        revokes="1-QĐ",
        revoked_by=turn.registered.deciding_body,
        decided_late=False,
    )


def _fell(turn: Turn) -> Event:
    fallen = Turn(turn.number + 50, turn.on).case
    return DependentRecognitionSuspended(dependent="case", dependent_id=turn.case, fallen=fallen)


def _holds_again(turn: Turn) -> Event:
    return DependentRecognitionDecided(
        case_id=turn.case,
        model=turn.model,
        holds=turn.number % 3 > 0,
        decided_by=turn.registered.deciding_body,
        decision_number="2-QĐ",
        decided_on=turn.on,
        reasons="Còn căn cứ",
        signer_office="Bí thư",
        signer=story.PERSON,
    )


def _duplicate(turn: Turn) -> Event:
    other = Turn(turn.number + 60 + turn.on.day % 2, turn.on)
    return DuplicateFound(
        case_id=turn.case,
        model=turn.model,
        other_case=other.case,
        other_model=other.model,
        other_body=UNION,
        finding="Trùng",
    )


def _no_duplicate(turn: Turn) -> Event:
    other = Turn(turn.number + 60 + turn.on.day % 2, turn.on)
    return DuplicateWithdrawn(
        case_id=turn.case, model=turn.model, other_case=other.case, reason="Nhầm"
    )


def _award_proposed(turn: Turn) -> Event:
    return AwardProposed(
        award_id=turn.award,
        case_id=turn.case,
        model=turn.model,
        holder=turn.registered.holder,
        proposed_by=turn.registered.deciding_body,
        award="Bằng khen",
        proposed_to="Tỉnh ủy",
        document_number="3-TTr",
        proposed_on=turn.on,
    )


def _award_decided(turn: Turn) -> Event:
    return AwardOutcomeRecorded(
        award_id=turn.award,
        case_id=turn.case,
        outcome="granted",
        document_number="4-QĐ",
        decided_on=turn.on,
    )


HAPPENINGS: Final[Mapping[str, Callable[[Turn], Event]]] = MappingProxyType(
    {
        "registered": lambda turn: turn.registered,
        "accepted": lambda turn: RegistrationAccepted(model_id=turn.model, committee=EAST),
        "returned": lambda turn: RegistrationReturned(
            model_id=turn.model, committee=EAST, reasons="Thiếu"
        ),
        "withdrawn": lambda turn: ModelWithdrawn(model_id=turn.model, reason="Rút"),
        "planned": _planned,
        "progress": lambda turn: ProgressReported(
            model_id=turn.model, until=turn.on, narrative="Tốt", figures=()
        ),
        "suspended": lambda turn: ModelSuspended(
            model_id=turn.model, suspended_on=turn.on, reason="Lũ"
        ),
        "resumed": lambda turn: ModelResumed(
            model_id=turn.model, resumed_on=turn.on, reason="Hết lũ"
        ),
        "ended": lambda turn: ModelEnded(model_id=turn.model, ended_on=turn.on, reason="Xong"),
        "fell quiet": _fell_quiet,
        "attested": _attested,
        "carried on": lambda turn: TermYearBegun(
            model_id=turn.model,
            year=turn.on.year + 1,
            committee=EAST,
            begun_on=turn.on,
            results_before=turn.on,
        ),
        "reported": _reported,
        "appraised": _appraised,
        "advised": _advised,
        "case": _case_opened,
        "recognised": _recognised,
        "declined": _declined,
        "revoked": _revoked,
        "fell": _fell,
        "holds again": _holds_again,
        "duplicate": _duplicate,
        "no duplicate": _no_duplicate,
        "award proposed": _award_proposed,
        "award outcome": _award_decided,
    }
)
ONCE: Final = ("planned", "case", "accepted", "award proposed", "recognised", "withdrawn")


# --- histories --------------------------------------------------------------------------------

History = Sequence[tuple[str, int, int]]
"""What happens, to which model, how many days after what was told before."""

HISTORIES: Final = st.lists(
    st.tuples(
        st.sampled_from(tuple(HAPPENINGS)),
        st.integers(0, MODELS - 1),
        st.integers(min_value=0, max_value=25),
    ),
    max_size=40,
)


def ledger_of(history: History, merged: int | None = None) -> Ledger:
    """The events of a history. All models are registered at first; the west is merged into the east before
    what is told as number `merged`.
    """
    ledger = Ledger()
    ledger.add(datetime(2025, 7, 1, tzinfo=UTC), *province())
    at, told = BEGIN, set[tuple[str, int]]()
    for number in range(MODELS):
        ledger.add(BEGIN + timedelta(days=9 * number), Turn(number, at.date()).registered)
    for index, (kind, number, days) in enumerate(history):
        at += timedelta(days=days)
        if index == merged:
            ledger.add(
                at,
                OrganizationMerged(
                    organization_id=WEST, into=EAST, effective_on=at.date(), source="Nghị quyết"
                ),
            )
        if kind not in ONCE or (kind, number) not in told:
            ledger.add(at, HAPPENINGS[kind](Turn(number, at.date())))
        told.add((kind, number))
    return ledger
