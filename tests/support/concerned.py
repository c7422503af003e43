"""Who is to be told of each event, worked out from the log alone: by the recipients' table, and by who stood in
which relation when it happened. Nothing of the services' read models is used.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

import msgspec

from dvk.demo.province import Province
from services.notification.domain.recipients import BY_KIND, RESPONSIBLE
from shared.contracts.evaluation import RuleSetAdopted
from shared.contracts.event import Event
from shared.contracts.exemplar import AwardProposed, DependentRecognitionSuspended
from shared.contracts.holding import HolderChanged
from shared.contracts.inspection import FindingRecorded, Inspected
from shared.contracts.metadata import Metadata
from shared.contracts.notification import (
    BodyUrged,
    DeadlineApproached,
    DeadlineMissed,
    Escalated,
    PeriodicReportIssued,
    SubscriptionSet,
)
from shared.contracts.recognition import (
    CaseOpened,
    DecidingBodyNamed,
    DuplicateFound,
    ProposalReturned,
)
from shared.contracts.registration import (
    ModelRegistered,
    OrganizationCreated,
    OrganizationDissolved,
    OrganizationLineChanged,
    OrganizationMerged,
    OrganizationSplit,
    ReportingSessionMissed,
    ReportingSessionScheduled,
)
from shared.contracts.running import FeedbackAnswered, FeedbackRaised, HelpAssigned
from shared.contracts.sitting import MinutesDrafted, ReservationEntered
from shared.contracts.values import OrganizationId
from shared.domain.graph import Succession
from shared.domain.time import from_microseconds, legal_date
from shared.eventstore.port import StoredEvent

Notice = tuple[UUID, UUID, str]
"""Cause, recipient, channel."""

Parties = dict[str, list[UUID]]


def _represented(stored: StoredEvent) -> tuple[UUID, ...]:
    """In whose name the first event of an append was entered by another."""
    metadata = msgspec.json.decode(stored.metadata, type=Metadata)
    first = metadata.command is not None
    return metadata.on_behalf.bodies if first and metadata.on_behalf is not None else ()


class Concerned:
    """Reads the log in its order."""

    def __init__(self, province: Province) -> None:
        self._province = province
        self._keys = {identifier: key for key, identifier in province.ids.items()}
        self._models: dict[UUID, Parties] = {}
        self._models_of: dict[UUID, UUID] = {}
        self._feedback: dict[UUID, Parties] = {}
        self._kinds: dict[UUID, str] = {}
        self._lines: defaultdict[UUID, dict[tuple[str, date], UUID | None]] = defaultdict(dict)
        self._ends: dict[UUID, Succession] = {}
        self._by_mail: set[UUID] = set()
        self._demands: dict[UUID, Inspected] = {}

    def notices(self, entries: Iterable[tuple[StoredEvent, Event]]) -> Counter[Notice]:
        """Every notice that is due: each organisation once per event and channel."""
        due: Counter[Notice] = Counter()
        for stored, event in entries:
            self._take(event)
            on = legal_date(from_microseconds(stored.time_us))
            rule = BY_KIND.get(type(event).__name__)
            relations = () if rule is None else rule.relations
            parties = self._parties(event, on) if relations else {}
            named = [body for relation in relations for body in parties.get(relation, ())]
            # Each of the two kinds of notices once: of what happened, and of what was entered in one's name.
            for bodies in (named, _represented(stored)):
                standing = {self._standing(body, on) for body in bodies}
                told = {body for body in standing if body is not None}
                due.update((stored.id, one, "inbox") for one in told)
                due.update((stored.id, one, "email") for one in told if one in self._by_mail)
        return due

    def _take(self, event: Event) -> None:
        match event:
            case ModelRegistered():
                joint = [UUID(str(one.organization)) for one in event.joint_holders]
                self._models[event.model_id] = {
                    "holder": [event.holder, *joint],
                    "joint_holder": joint,
                    "committee": [event.committee],
                    "deciding_body": [event.deciding_body],
                    "launching_body": [event.launching_body],
                }
            case HolderChanged():
                self._models[event.model_id]["holder"][0] = event.holder
            case CaseOpened():
                self._models_of[event.case_id] = event.model
            case AwardProposed():
                self._models_of[event.award_id] = event.model
            case FeedbackRaised():
                self._feedback[event.feedback_id] = {
                    "feedback_giver": [event.raised_by],
                    "launching_body": [event.launching_body],
                }
            case OrganizationCreated():
                self._kinds[event.organization_id] = event.kind
            case OrganizationLineChanged():
                self._lines[event.organization_id][event.line, event.valid_from] = event.superior
            case OrganizationDissolved() | OrganizationMerged() | OrganizationSplit():
                self._ends[event.organization_id] = Succession.of(event)
            case FindingRecorded():
                self._demands[event.finding_id] = event.inspection
            case SubscriptionSet():
                wants = self._by_mail.discard if event.email is None else self._by_mail.add
                wants(event.organization)

    def _standing(self, body: UUID, on: date) -> UUID | None:
        """Whoever is there on a day in the body's place. The bodies that end in the year have no duty."""
        end = self._ends.get(body)
        if end is None or end.effective_on > on:
            return body
        return None if end.successor is None else self._standing(end.successor, on)

    def _parties(self, event: Event, on: date) -> Mapping[str, list[UUID]]:
        match event:
            case RuleSetAdopted():
                return self._addressees(event, on)
            case PeriodicReportIssued():
                above = [one for one in self._above(event.issued_by, on).values() if one]
                return {
                    "reported_body": [event.body],
                    "issuing_body": [event.issued_by],
                    "body_above": above,
                }
            case BodyUrged():
                return {"responsible": [event.body]}
            case MinutesDrafted() | ReservationEntered():
                return {"council_body": [event.council_body]}
            case FeedbackRaised() | FeedbackAnswered():
                return self._feedback[event.feedback_id]
            case (
                DeadlineApproached(model=None) | DeadlineMissed(model=None) | Escalated(model=None)
            ):
                return self._of_a_demand(event)
            case _:
                inspected = getattr(event, "inspection", None)
                if isinstance(inspected, Inspected):
                    above = [one for one in self._above(inspected.body, on).values() if one]
                    return {
                        "inspected_body": [inspected.body],
                        "inspecting_body": [inspected.inspected_by],
                        "body_above": above,
                    }
                return self._of_a_model(event)

    def _of_a_demand(self, event: DeadlineApproached | DeadlineMissed | Escalated) -> Parties:
        inspected = self._demands[event.subject]
        return {
            "responsible": [event.responsible or inspected.body],
            "launching_body": [inspected.inspected_by],
            "superior": [event.to] if isinstance(event, Escalated) else [],
        }

    def _of_a_model(self, event: Event) -> Parties:
        parties = dict(self._models[self._model_of(event)])
        decides = self._province.adviser(self._keys[parties["deciding_body"][0]])
        parties["appraising_unit"] = [self._province.ids[decides]]
        match event:
            case ReportingSessionMissed() | ReportingSessionScheduled():
                parties["organizer"] = [event.organizer]
            case HolderChanged():
                parties["holder"] = [*parties["holder"], event.former]
            case HelpAssigned():
                parties["helper"] = [event.helper]
            case ProposalReturned():
                parties["submitting_unit"] = [event.returned_to]
            case DecidingBodyNamed():
                parties["deciding_body"] = [event.organization]
            case DuplicateFound():
                parties["deciding_body"] = [*parties["deciding_body"], event.other_body]
            case Escalated():
                parties["superior"] = [event.to]
                parties["responsible"] = [event.responsible] if event.responsible else []
            case DeadlineApproached() | DeadlineMissed():
                relation = RESPONSIBLE[event.matter]
                duty = "committee" if relation == "organizer" else relation
                parties["responsible"] = [event.responsible] if event.responsible else parties[duty]
        unit = getattr(event, "appraising_unit", None)
        if isinstance(unit, UUID):
            parties["appraising_unit"] = [unit]
        return parties

    def _model_of(self, event: Event) -> UUID:
        match event:
            case ProposalReturned():
                return self._models_of[event.case_id]
            case DependentRecognitionSuspended():
                return self._models_of[event.dependent_id]
            case _:
                model = model_of(event)
                assert model is not None, event
                return model

    # --- the bodies a rule set names ----------------------------------------------------------

    def _addressees(self, event: RuleSetAdopted, on: date) -> Parties:
        """Whom the rule set's own setting names, among the bodies entered before it."""
        own = event.adopted_by
        told: Parties = defaultdict(list)
        for entry in event.settings.recipients.value:
            told[f"body_{entry.relation}"] += [
                body
                for body, kind in self._kinds.items()
                if body != own
                if not entry.kinds or kind in entry.kinds
                if self._related(entry.relation, body, own, on)
            ]
        return told

    def _related(self, relation: str, body: UUID, own: OrganizationId, on: date) -> bool:
        """Whether `body` stands to `own` in a relation."""
        mine, theirs = self._above(own, on), self._above(body, on)
        if relation == "above":
            return body in mine.values()
        if relation == "beside":
            return any(above and mine.get(line) == above for line, above in theirs.items())
        return any(own in self._way_up(body, line, on) for line in theirs)

    def _way_up(self, body: UUID, line: str, on: date) -> set[UUID]:
        seen = set[UUID]()
        above = self._above(body, on).get(line)
        while above is not None and above not in seen:
            seen.add(above)
            above = self._above(above, on).get(line)
        return seen

    def _above(self, body: UUID, on: date) -> Mapping[str, UUID | None]:
        """Who stands directly above a body on a day, by line."""
        found: dict[str, UUID | None] = {}
        for (line, since), above in sorted(self._lines[body].items(), key=lambda one: one[0][1]):
            if since <= on:
                found[line] = None if above is None else self._standing(above, on)
        return {line: above for line, above in found.items() if above != body}


def model_of(event: Event) -> UUID | None:
    """The model an event names, None where it names none."""
    found: object = getattr(event, "model_id", None) or getattr(event, "model", None)
    return found if isinstance(found, UUID) else None
