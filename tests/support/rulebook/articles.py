"""What the record must never show, whatever was asked of it: the guideline's principles as invariants of the log."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from shared.contracts import (
    appraisal,
    evaluation,
    exemplar,
    holding,
    intake,
    recognition,
    registration,
    running,
    sitting,
)
from shared.contracts.event import Event
from shared.contracts.metadata import Metadata
from shared.contracts.notification import NoticeQueued
from shared.contracts.papers import PaperKept
from shared.domain.time import VIET_NAM
from shared.eventstore.port import StoredEvent
from tests.support.country import IDS, adviser_of
from tests.support.rulebook.book import (
    COMMITTEE,
    LAUNCHING,
    MODELS_PER_UNIT,
    MONTH,
    POINTS_REQUIRED,
    POSTING_WORKING_DAYS,
    RESULTS_BEFORE,
    working_days_after,
)

_DECISION: Final = ("holder", "committee", "adviser", "launching")
TOLD: Final[Mapping[str, tuple[str, ...]]] = {
    "ModelRegistered": ("committee", "launching", "joint"),
    "RegistrationAccepted": ("holder",),
    "RegistrationReturned": ("holder",),
    "SupplementRequested": ("holder",),
    "SupplementSupplied": ("committee",),
    "JointHolderConsented": ("committee", "holder"),
    "ReportingSessionMissed": ("committee", "launching"),
    "ResultsReported": ("adviser",),
    "AdviceIssued": ("decides",),
    "Recognized": _DECISION,
    "Declined": _DECISION,
    "CaseReopened": _DECISION,
    "RecognitionRevoked": _DECISION,
    "PlanRevised": ("committee",),
    "ModelWithdrawn": ("committee", "adviser", "decides", "launching"),
}
"""Who is told of what, of the events whose recipients stand in the dossier itself."""
BY_THE_HOLDER: Final = frozenset(
    {
        *("ModelRegistered", "PlanAdopted", "PlanRevised", "CoreTeamAssigned", "ProgressReported"),
        *("DifficultyRaised", "DifficultyResolved", "ModelSuspended", "ModelResumed", "ModelEnded"),
        *(
            "ModelWithdrawn",
            "WrittenResultsSubmitted",
            "JointHolderConsented",
            "SupplementSupplied",
        ),
    }
)
"""What is the word of a holder, the leading one or one that holds it with it."""
_NAMES: Final = {id_: name for name, id_ in IDS.items()}


class Articles:
    """Takes the log event by event; each check raises AssertionError."""

    def __init__(self) -> None:
        self.registered: dict[UUID, registration.ModelRegistered] = {}
        self.withdrawn: set[UUID] = set()
        self.due: dict[UUID, date] = {}
        self.late: set[UUID] = set()
        self.scores: defaultdict[UUID, dict[tuple[str, UUID | None], int]] = defaultdict(dict)
        self.sealed: defaultdict[UUID, set[tuple[str, UUID | None]]] = defaultdict(set)
        self.apart: defaultdict[UUID, set[str]] = defaultdict(set)
        self.agreed: defaultdict[UUID, set[UUID]] = defaultdict(set)
        self.awaited: set[UUID] = set()
        self.alike: set[UUID] = set()
        self.gates: dict[UUID, bool] = {}
        self.standard: dict[UUID, bool] = {}
        self.closes: dict[UUID, date] = {}
        self.posted: set[UUID] = set()
        self.votes: defaultdict[UUID, list[str]] = defaultdict(list)
        self.agendas: dict[UUID, tuple[UUID, ...]] = {}
        self.signed: set[UUID] = set()
        self.adopted: dict[UUID, bool] = {}
        self.advice: dict[UUID, str] = {}
        self.recognised: dict[tuple[UUID, str, str], UUID] = {}
        self.decided: set[UUID] = set()
        self.declined: set[UUID] = set()
        self.departing: set[UUID] = set()
        self.due_notices: Counter[tuple[UUID, UUID]] = Counter()
        self.notices: Counter[tuple[UUID, UUID, str]] = Counter()
        self.papers: set[tuple[UUID, str, UUID]] = set()
        self.represented: set[tuple[UUID, UUID]] = set()
        self.told_represented: set[tuple[UUID, UUID]] = set()
        self._causes: dict[UUID, str] = {}

    def take(self, stored: StoredEvent, event: Event) -> None:
        """The next event of the log."""
        model = getattr(event, "model_id", None) or getattr(event, "model", None)
        if model is not None and stored.category != "notice":
            self._only_after_registration(stored, event, model)
        day = stored_day(stored)
        self._at_the_intake(event)
        self._in_the_year(event, day)
        self._in_october(event, day)
        self._at_the_decision(event)
        self._from_paper(stored, event)
        self._in_the_inboxes(stored, event)

    # Entry on behalf (practice): from a paper that the holder signed and whoever enters keeps, by nobody else.
    def _from_paper(self, stored: StoredEvent, event: Event) -> None:
        metadata = msgspec.json.decode(stored.metadata, type=Metadata)
        if isinstance(event, PaperKept):
            self.papers |= {(event.kept_by, event.sha256, body) for body in event.signed_by}
        entered, by = metadata.on_behalf, metadata.organization
        model = getattr(event, "model_id", None)
        if stored.category != "model" or by is None or model not in self.registered:
            return
        registered = self.registered[model]
        holders = {registered.holder, *(one.organization for one in registered.joint_holders)}
        if entered is not None:
            assert holders.issuperset(entered.bodies) and by == IDS[COMMITTEE]
            signed = {(by, entered.paper, body) for body in entered.bodies}
            assert self.papers >= signed, "from a paper that is not there"
        elif type(event).__name__ in BY_THE_HOLDER:
            assert by in holders, "in another's name, without a paper"

    # I.2.1a: registered before anything; nothing after the withdrawal, but what ends by it.
    def _only_after_registration(self, stored: StoredEvent, event: Event, model: UUID) -> None:
        name = type(event).__name__
        if isinstance(event, registration.ModelRegistered):
            self.registered[model] = event
        elif not isinstance(event, registration.SiteSurveyed | intake.QuotaPlaceTaken):
            assert model in self.registered, f"{name} before the registration (I.2.1a)"
        if stored.category in ("model", "appraisal", "ballot"):
            ending = isinstance(event, appraisal.AppraisalDiscontinued)
            assert model not in self.withdrawn or ending or name == "BallotTallied", (
                f"{name} after the withdrawal"
            )
        if isinstance(event, registration.ModelWithdrawn):
            self.withdrawn.add(model)

    # Practice: joint holders, supplements, similarity, models of a unit.
    def _at_the_intake(self, event: Event) -> None:
        match event:
            case registration.ModelRegistered():
                self.agreed[event.model_id] = set()
                self.alike.discard(event.model_id)
                led = Counter(
                    one.holder for id_, one in self.registered.items() if id_ not in self.withdrawn
                )
                assert led[event.holder] <= MODELS_PER_UNIT, "more models than a unit may have"
            case holding.JointHolderConsented():
                self.agreed[event.model_id].add(event.holder)
            case intake.SimilarityFound():
                self.alike.add(event.model_id)
            case registration.SupplementRequested():
                self.awaited.add(event.model_id)
            case registration.SupplementSupplied() | registration.RegistrationReturned():
                self.awaited.discard(event.model_id)
            case registration.RegistrationAccepted():
                joint = {one.organization for one in self.registered[event.model_id].joint_holders}
                assert self.agreed[event.model_id] == joint, "accepted before each agreed"
                assert event.model_id not in self.awaited, "accepted before the supplement"
                assert event.reason or event.model_id not in self.alike, "alike, and no reason why"
            case _:
                pass

    # III.2.1b: lateness is recorded, and what is late counts for its reason alone.
    def _in_the_year(self, event: Event, day: date) -> None:
        match event:
            case running.ExtensionGranted():
                assert day < self.due.get(event.model_id, RESULTS_BEFORE), "extended too late"
                self.due[event.model_id] = event.due_before
            case registration.WrittenResultsSubmitted():
                if event.submitted_on >= self.due.get(event.model_id, RESULTS_BEFORE):
                    self.late.add(event.model_id)
            case registration.LatenessRecorded():
                assert event.model_id in self.late, "lateness of what was in time"
                assert event.reason, "late without a reason"
            case registration.LateReportAccepted():
                assert event.model_id in self.late
                self.late.remove(event.model_id)
            case registration.ResultsReported():
                assert event.model_id not in self.late, "reported though late and not accepted"
            case registration.ReportingSessionMissed():
                assert day >= self.due.get(event.model_id, RESULTS_BEFORE)
            case _:
                pass

    # II.2 gate, I.2.1b posting and ballot, III.2.1c advice: each follows from what stands before it.
    def _in_october(self, event: Event, day: date) -> None:
        match event:
            case appraisal.GateChecked():
                self.gates[event.appraisal_id] = event.passed
            case appraisal.TeamAssigned():
                self.scores.pop(event.appraisal_id, None)
            case appraisal.ScoreSealed():
                self.sealed[event.appraisal_id].add((event.criterion, event.appraiser))
            case appraisal.CriterionScored():
                key = (event.criterion, event.appraiser)
                sealed = event.appraiser is None or key in self.sealed[event.appraisal_id]
                assert sealed, "opened, never sealed"
                self.scores[event.appraisal_id][key] = event.points
            case appraisal.DivergenceFlagged():
                self.apart[event.appraisal_id].add(event.criterion)
            case appraisal.DivergenceResolved():
                self.apart[event.appraisal_id].remove(event.criterion)
            case appraisal.Appraised():
                assert not self.apart[event.appraisal_id], "appraised before it was discussed"
                points = _total(self.scores[event.appraisal_id])
                meets = self.gates[event.appraisal_id] and points >= POINTS_REQUIRED
                assert (event.points, event.meets_standard) == (points, meets), "II.2, I.2.1c"
                self.standard[event.model] = meets
            case appraisal.PostingOpened():
                closes = working_days_after(day, POSTING_WORKING_DAYS)
                assert event.closes_on == closes, "posting days"
                self.closes[event.appraisal_id] = closes
            case appraisal.PostingClosed():
                assert day > self.closes[event.appraisal_id], "posting closed early"
                self.posted.add(event.appraisal_id)
            case evaluation.BallotOpened():
                assert event.appraisal_id in self.posted, "voted before the posting was over"
            case sitting.SittingCounted():
                decided = (one.appraisal_id for one in event.results if not one.repeatable)
                self.agendas[event.sitting_id] = tuple(decided)
            case sitting.MinutesSigned() if not event.awaiting:
                self.signed.update(self.agendas[event.sitting_id])
            case evaluation.VoteCast():
                self.votes[event.ballot_id].append(event.choice)
            case evaluation.BallotTallied():
                self._is_counted(event)
            case appraisal.AdviceIssued():
                assert event.appraisal_id in self.signed, (
                    "advised on before the minutes were signed"
                )
                recognise = self.standard[event.model] and self.adopted.get(event.model, False)
                assert event.advice == ("recognise" if recognise else "decline"), "III.2.1c"
                self.advice[event.model] = event.advice
            case _:
                pass

    def _is_counted(self, event: evaluation.BallotTallied) -> None:
        counted = Counter(self.votes[event.ballot_id])
        said = Counter(approve=event.approve, reject=event.reject, abstain=event.abstain)
        assert +counted == +said, "the tally is not the votes"
        self.adopted[event.model] = event.adopted

    # I.2.2 competence, III.2.1c month and departure, one recognition of one achievement.
    def _at_the_decision(self, event: Event) -> None:
        match event:
            case recognition.Recognized() | recognition.Declined():
                assert event.case_id not in self.decided, "decided twice"
                self.decided.add(event.case_id)
                self._is_competent(event)
                in_month = MONTH[0] <= event.decided_on <= MONTH[1]
                said = event.outside_month_reason or event.aim == "exemplar"
                assert in_month or said, "outside October without a reason (III.2.1c)"
                if isinstance(event, recognition.Recognized):
                    self._is_recognised_once(event)
                else:
                    self.declined.add(event.case_id)
            case recognition.RecognitionRevoked():
                for key in self._achievements(event.model):
                    assert self.recognised.pop(key) == event.case_id
            case exemplar.DependentRecognitionDecided() if not event.holds:
                for key in self._achievements(event.model):
                    assert self.recognised.pop(key) == event.case_id
            case recognition.CaseReopened():
                assert event.case_id in self.declined, "only a refusal is decided anew"
                self.declined.remove(event.case_id)
                self.decided.remove(event.case_id)
            case recognition.DecisionDepartedFromAdvice():
                assert event.case_id in self.decided and event.reason
                self.departing.add(event.case_id)
            case _:
                pass

    def _is_competent(self, event: recognition.Recognized | recognition.Declined) -> None:
        body, holder = _NAMES[event.decided_by], _NAMES[event.holder]
        allowed = {
            "commission": event.aim == "exemplar",
            "union": holder == "women",
            "commune": True,
        }
        assert allowed.get(body, False), f"{body} is not competent (I.2.2)"

    def _is_recognised_once(self, event: recognition.Recognized) -> None:
        assert self.standard[event.model], "recognised below the standard (I.2.1c)"
        for key in self._achievements(event.model):
            assert key not in self.recognised, "recognised twice"
            self.recognised[key] = event.case_id

    def _achievements(self, model: UUID) -> list[tuple[UUID, str, str]]:
        registered = self.registered[model]
        return [(holder, registered.name, registered.aim) for holder in _holders(registered)]

    # Notices: everyone who is to be told, once.
    def _in_the_inboxes(self, stored: StoredEvent, event: Event) -> None:
        if isinstance(event, NoticeQueued):
            if event.relation == "represented":
                assert (event.cause, event.recipient) in self.represented
                self.told_represented.add((event.cause, event.recipient))
            else:
                self.notices[event.cause, event.recipient, event.channel] += 1
            return
        name = type(event).__name__
        model = getattr(event, "model_id", None) or getattr(event, "model", None)
        metadata = msgspec.json.decode(stored.metadata, type=Metadata)
        if metadata.on_behalf is not None and metadata.command is not None:
            self.represented |= {(stored.id, body) for body in metadata.on_behalf.bodies}
        if name not in TOLD or model is None:
            return
        registered = self.registered[model]
        decides = _NAMES[registered.deciding_body]
        parties = {
            "holder": _holders(registered),
            "joint": _holders(registered)[1:],
            "committee": (IDS[COMMITTEE],),
            "launching": (IDS[LAUNCHING],),
            "decides": (registered.deciding_body,),
            "adviser": (IDS[adviser_of(decides)],),
        }
        self._causes[stored.id] = name
        for body in (body for relation in TOLD[name] for body in parties[relation]):
            self.due_notices[stored.id, body] = 1

    def at_rest(self) -> None:
        """Once all that follows by itself has followed."""
        assert self.told_represented == self.represented, "entered unseen by whom it was for"
        assert max(self.notices.values(), default=1) == 1, "told twice"
        told = {(cause, recipient) for cause, recipient, _ in self.notices if cause in self._causes}
        missing, extra = self.due_notices.keys() - told, told - self.due_notices.keys()
        assert not missing, [(self._causes[one], _NAMES[body]) for one, body in missing]
        assert not extra, [(self._causes[one], _NAMES[body]) for one, body in extra]


def stored_day(stored: StoredEvent) -> date:
    """The legal date of an event."""
    return datetime.fromtimestamp(stored.time_us // 1_000_000, VIET_NAM).date()


def _holders(registered: registration.ModelRegistered) -> tuple[UUID, ...]:
    """The leading one first."""
    return (registered.holder, *(one.organization for one in registered.joint_holders))


def _total(scores: Mapping[tuple[str, UUID | None], int]) -> int:
    """The means of the criteria, halves rounded up, added up."""
    given: defaultdict[str, list[int]] = defaultdict(list)
    for (criterion, _), points in scores.items():
        given[criterion].append(points)
    return sum((2 * sum(one) + len(one)) // (2 * len(one)) for one in given.values())
