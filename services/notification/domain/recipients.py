"""Who is told of what by default: one table of events and the relations in which recipients stand to what happened.

The guideline lists the recipients of itself (clause N): a rule set and its new versions go to the bodies its own
setting `recipients` names. Who is told of a model's course is practice, after that list: holder, proposer,
committee, the board above, the Office.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import msgspec

from shared.contracts.appraisal import (
    AdviceIssued,
    DossierCorrected,
    PostingOpened,
    SiteVisitScheduled,
)
from shared.contracts.evaluation import RuleSetAdopted
from shared.contracts.event import Event
from shared.contracts.exemplar import DependentRecognitionDecided, DependentRecognitionSuspended
from shared.contracts.holding import HolderChanged, JointHolderConsented
from shared.contracts.inspection import (
    FindingRecorded,
    FindingsCommented,
    InspectionConcluded,
    InspectionOpened,
    InspectionWithdrawn,
    RemedyAccepted,
    RemedyReported,
    RemedyReturned,
)
from shared.contracts.notification import (
    BodyUrged,
    DeadlineApproached,
    DeadlineMissed,
    Escalated,
    Matter,
    PeriodicReportIssued,
    Relation,
)
from shared.contracts.recognition import (
    CaseReopened,
    ComplaintAnswered,
    ComplaintLodged,
    DecidingBodyNamed,
    DecisionAmended,
    Declined,
    DuplicateFound,
    DuplicateWithdrawn,
    ProposalReturned,
    RecognitionRevoked,
    Recognized,
    RevocationDismissed,
    RevocationProposed,
)
from shared.contracts.registration import (
    ModelRegistered,
    ModelWithdrawn,
    RegistrationAccepted,
    RegistrationReturned,
    ReportingSessionMissed,
    ReportingSessionScheduled,
    ResultsReported,
    SupplementRequested,
    SupplementSupplied,
)
from shared.contracts.running import (
    DifficultyRaised,
    EvidenceWithdrawn,
    ExtensionGranted,
    ExtensionRefused,
    FeedbackAnswered,
    FeedbackRaised,
    HelpAssigned,
    ModelFellQuiet,
    ModelPraised,
    PlanRevised,
)
from shared.contracts.sitting import MinutesDrafted, ReservationEntered
from shared.contracts.term import TermChanged, TermYearBegun
from shared.contracts.values import OrganizationId


class RecipientRule(msgspec.Struct, frozen=True):
    """Whom an event concerns, most concerned first, and where the rule comes from."""

    event_type: type[Event]
    relations: tuple[Relation, ...]
    source: str

    @property
    def kind(self) -> str:
        """The event's name, as notices carry it."""
        return self.event_type.__name__


_PRACTICE: Final = "practice: recipients"
_DECISION: Final = "practice: recipients of decisions, after guideline N"
_INSPECTION: Final = "guideline IV.2"
_OF_DECISIONS: Final[tuple[Relation, ...]] = (
    "holder",
    "committee",
    "appraising_unit",
    "launching_body",
)

RULES: Final[tuple[RecipientRule, ...]] = (
    RecipientRule(ModelRegistered, ("committee", "launching_body", "joint_holder"), _PRACTICE),
    RecipientRule(RegistrationAccepted, ("holder",), _PRACTICE),
    RecipientRule(RegistrationReturned, ("holder",), _PRACTICE),
    RecipientRule(SupplementRequested, ("holder",), _PRACTICE),
    RecipientRule(SupplementSupplied, ("committee",), _PRACTICE),
    RecipientRule(ReportingSessionScheduled, ("holder",), "guideline III.2.1b"),
    RecipientRule(ReportingSessionMissed, ("organizer", "launching_body"), "guideline IV.2"),
    RecipientRule(ResultsReported, ("appraising_unit",), "guideline III.2.1c"),
    RecipientRule(DossierCorrected, ("appraising_unit",), _PRACTICE),
    RecipientRule(SiteVisitScheduled, ("holder", "committee"), _PRACTICE),
    RecipientRule(PostingOpened, ("holder", "committee"), _PRACTICE),
    RecipientRule(MinutesDrafted, ("council_body",), "practice: minutes"),
    RecipientRule(ReservationEntered, ("council_body",), "practice: minutes"),
    RecipientRule(AdviceIssued, ("deciding_body",), "guideline III.2.1c"),
    RecipientRule(Recognized, _OF_DECISIONS, _DECISION),
    RecipientRule(Declined, _OF_DECISIONS, _DECISION),
    RecipientRule(JointHolderConsented, ("committee", "holder"), _PRACTICE),
    RecipientRule(HolderChanged, ("holder", "launching_body"), _PRACTICE),
    RecipientRule(TermYearBegun, ("holder", "committee"), _PRACTICE),
    RecipientRule(TermChanged, ("holder", "launching_body"), _PRACTICE),
    RecipientRule(PlanRevised, ("committee",), _PRACTICE),
    RecipientRule(ModelPraised, ("holder", "committee"), "guideline III.2.1a"),
    RecipientRule(DifficultyRaised, ("committee", "launching_body"), "guideline III.2.1a"),
    RecipientRule(ModelFellQuiet, ("holder", "committee"), "guideline III.2.1a"),
    RecipientRule(HelpAssigned, ("helper", "holder"), "guideline III.2.1a"),
    RecipientRule(EvidenceWithdrawn, ("committee", "appraising_unit"), _PRACTICE),
    RecipientRule(ExtensionGranted, ("holder",), _PRACTICE),
    RecipientRule(ExtensionRefused, ("holder",), _PRACTICE),
    RecipientRule(FeedbackRaised, ("launching_body",), "guideline IV.3"),
    RecipientRule(FeedbackAnswered, ("feedback_giver",), "guideline IV.3"),
    RecipientRule(DecidingBodyNamed, ("deciding_body", "committee"), _PRACTICE),
    RecipientRule(DuplicateFound, ("deciding_body", "appraising_unit"), _PRACTICE),
    RecipientRule(DuplicateWithdrawn, ("deciding_body", "appraising_unit"), _PRACTICE),
    RecipientRule(ProposalReturned, ("submitting_unit", "holder"), _PRACTICE),
    RecipientRule(ComplaintLodged, ("deciding_body", "appraising_unit"), _PRACTICE),
    RecipientRule(ComplaintAnswered, ("holder", "committee", "appraising_unit"), _DECISION),
    RecipientRule(CaseReopened, _OF_DECISIONS, _DECISION),
    RecipientRule(DecisionAmended, _OF_DECISIONS, _DECISION),
    RecipientRule(RevocationProposed, ("deciding_body", "holder", "committee"), _PRACTICE),
    RecipientRule(RevocationDismissed, ("holder", "committee", "appraising_unit"), _DECISION),
    RecipientRule(RecognitionRevoked, _OF_DECISIONS, _DECISION),
    RecipientRule(
        DependentRecognitionSuspended, ("deciding_body", "holder", "committee"), _DECISION
    ),
    RecipientRule(DependentRecognitionDecided, _OF_DECISIONS, _DECISION),
    RecipientRule(RuleSetAdopted, ("body_above", "body_beside", "body_below"), "guideline N"),
    RecipientRule(DeadlineApproached, ("responsible",), "practice: reminder_days"),
    RecipientRule(DeadlineMissed, ("responsible", "committee", "launching_body"), "guideline IV.2"),
    RecipientRule(BodyUrged, ("responsible",), "guideline IV.2"),
    RecipientRule(Escalated, ("superior", "responsible"), "guideline IV.2"),
    RecipientRule(
        PeriodicReportIssued,
        ("reported_body", "issuing_body", "body_above"),
        "guideline IV.2",
    ),
    RecipientRule(InspectionOpened, ("inspected_body",), _INSPECTION),
    RecipientRule(FindingRecorded, ("inspected_body",), _INSPECTION),
    RecipientRule(FindingsCommented, ("inspecting_body",), _INSPECTION),
    RecipientRule(InspectionConcluded, ("inspected_body", "body_above"), _INSPECTION),
    RecipientRule(InspectionWithdrawn, ("inspected_body",), _INSPECTION),
    RecipientRule(RemedyReported, ("inspecting_body",), _INSPECTION),
    RecipientRule(RemedyReturned, ("inspected_body",), _INSPECTION),
    RecipientRule(RemedyAccepted, ("inspected_body",), _INSPECTION),
    RecipientRule(
        ModelWithdrawn,
        ("committee", "appraising_unit", "deciding_body", "launching_body"),
        _PRACTICE,
    ),
)

FROM_PAPER: Final = "EnteredFromPaper"
FROM_PAPER_SOURCE: Final = "practice: entry on behalf of others, from paper"
"""The kind of the notice that tells a body what was entered in its name, whatever the event: nobody enters for
others unseen (practice: entry on behalf; ADR 0012).
"""

RESPONSIBLE: Final[Mapping[Matter, Relation]] = MappingProxyType(
    {
        "written_results": "holder",
        "reporting_session": "organizer",
        "registration_answer": "committee",
        "help_assignment": "committee",
        "help": "helper",
        "revocation": "deciding_body",
        "remedy": "inspected_body",
    }
)
"""Who has to act before a deadline."""

BY_KIND: Final[Mapping[str, RecipientRule]] = MappingProxyType({rule.kind: rule for rule in RULES})


def kind_of(event: Event) -> str:
    """What a notice of an event carries as its kind: of a deadline also what is due."""
    name = type(event).__name__
    match event:
        case DeadlineApproached() | DeadlineMissed():
            return f"{name}.{event.matter}"
        case _:
            return name


def source_of(event: Event) -> str:
    """What a notice of an event cites: the clauses that the event itself names, else what says who is told of it."""
    match event:
        case Recognized() | Declined():
            return f"guideline {', '.join(event.clauses)}"
        case FindingRecorded() if event.about is not None:
            return event.about if event.about.startswith("practice") else f"guideline {event.about}"
        case _:
            return BY_KIND[type(event).__name__].source


def recipients(
    relations: Sequence[Relation], parties: Mapping[Relation, Sequence[OrganizationId]]
) -> tuple[tuple[OrganizationId, Relation], ...]:
    """Each organisation once, in the first of `relations` it stands in: a commune committee that is
    both committee and deciding body is told once.
    """
    found: dict[OrganizationId, Relation] = {}
    for relation in relations:
        for organization in parties.get(relation, ()):
            found.setdefault(organization, relation)
    return tuple(found.items())
