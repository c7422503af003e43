"""Values that occur in the contracts of several services."""

from typing import Annotated, Final, Literal, NewType
from uuid import UUID

import msgspec

OrganizationId = NewType("OrganizationId", UUID)
MovementId = NewType("MovementId", UUID)
ModelId = NewType("ModelId", UUID)
DifficultyId = NewType("DifficultyId", UUID)
FeedbackId = NewType("FeedbackId", UUID)
RuleSetId = NewType("RuleSetId", UUID)
CriteriaSetId = NewType("CriteriaSetId", UUID)
AppraisalId = NewType("AppraisalId", UUID)
TeamId = NewType("TeamId", UUID)
CouncilId = NewType("CouncilId", UUID)
BallotId = NewType("BallotId", UUID)
SittingId = NewType("SittingId", UUID)
CaseId = NewType("CaseId", UUID)
AchievementId = NewType("AchievementId", UUID)
ReviewId = NewType("ReviewId", UUID)
AwardId = NewType("AwardId", UUID)
NoticeId = NewType("NoticeId", UUID)
InspectionId = NewType("InspectionId", UUID)
FindingId = NewType("FindingId", UUID)

# Python and ECMAScript, whose patterns OpenAPI has, must read them alike: they disagree on what `\s` and,
# before a line break that ends the text, `$` are.
_VISIBLE: Final = r"[^\x00-\x20\x7f-\xa0\s\ufeff]"

Line = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=200,
        pattern=rf"^[^\x00-\x1f\x7f-\x9f]*{_VISIBLE}[^\x00-\x1f\x7f-\x9f]*$(?!\n)",
    ),
]
"""One line of text that says something: 1 to 200 characters, no control characters."""

Text = Annotated[
    str,
    msgspec.Meta(min_length=1, max_length=4000, pattern=rf"^[^\x00]*{_VISIBLE}[^\x00]*$"),
]
"""Some paragraphs: 1 to 4,000 characters, no NUL."""

Year = Annotated[int, msgspec.Meta(ge=2000, le=2100)]

WorkField = Literal["economy", "culture-society", "security-defence", "political-system"]
"""The four fields of guideline clause II.1."""

Aim = Literal["model", "exemplar"]
"""What a registration aims at (clause III.1.1c)."""

HolderKind = Literal["collective", "individual"]


CouncilRole = Literal["chair", "secretary", "member"]
DelegationId = NewType("DelegationId", UUID)
PaperId = NewType("PaperId", UUID)

OfficeId = NewType("OfficeId", UUID)

OfficeRole = Literal[
    "registrant",
    "committee_officer",
    "appraiser",
    "secretary",
    "chair",
    "signer",
    "office_clerk",
]
"""The roles in which a person acts for an organisation. Council members sit for themselves; auditors and
administrators are named by whoever runs the issuer."""

Account = Line
"""The subject that tokens carry for a person: an id, given to nobody else, and no name."""


class Forgettable(msgspec.Struct, frozen=True):
    """Personal data kept outside the log: where it lies, and a salted commitment to it.

    `commitment` is HMAC-SHA-256 in hex under a 32-byte salt kept with the payload. Erasing deletes
    payload and salt; the commitment then says nothing and every proof over the event still verifies.
    """

    payload: UUID
    commitment: str


ENTRY_TEXT_BUDGET_BYTES: Final = 48_000
"""What the texts of one command may weigh together, so that its event fits a log entry."""

LineKind = Literal["party", "vertical", "territory"]
"""The three kinds of lines in the organisation graph: leadership by party committees, an organisation's
own system, and the committee of the area."""

Level = Literal["province", "district", "commune", "grassroots"]
"""The levels of bodies. The district level ended on 1 July 2025; a graph before that day still has it."""

Duty = Literal["committee", "holder", "launching_body", "deciding_body", "appraising_unit"]
"""What a body is to a model, and passes on to a successor when it ends."""

CompetenceClause = Literal["I.2.2a", "I.2.2b", "I.2.2c", "I.2.2d"]
"""The clauses that give a body the competence to recognise."""

CategoryId = Annotated[
    str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9.\-]+$(?!\n)")
]
"""Id of a category of registrants in a rule set (clauses I.1.1 and I.1.2)."""

OrganizationCode = Annotated[
    str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[A-Z0-9][A-Z0-9._/\-]*$(?!\n)")
]
"""What a province calls a body in its own lists, in capitals, unique among its bodies (practice: the
identification codes of agencies, Decision 20/2020/QĐ-TTg, like H40.12.3)."""

SurveyGate = Literal["before_registration", "before_plan"]
"""Whether the survey of clause III.1.1b stands before registering or only before the plan (rule set)."""

Choice = Literal["approve", "reject", "abstain"]
"""What a vote says."""

WrittenVotes = Literal["allowed", "none"]
"""Whether council members who are absent are asked in writing and vote (rule set; practice)."""

LatenessEffect = Literal["mark", "accept_with_reason", "ineligible"]
"""What late written results lead to (rule set; practice)."""

Alike = Annotated[int, msgspec.Meta(ge=50, le=100)]


class Likeness(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From which shares, in percent, two models look like the same work: the place's, and the name's or the
    content's.
    """

    name_percent: Alike
    place_percent: Alike
    content_percent: Alike
