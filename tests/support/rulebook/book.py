"""What the rulebook knows of the province: a page for each model, and what one attempts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, Literal

from tests.support.country import BODIES, IDS, YEAR, adviser_of

Json = dict[str, Any]

RESULTS_BEFORE: Final = date(YEAR, 10, 1)
MONTH: Final = (date(YEAR, 10, 1), date(YEAR, 10, 31))
REGISTERING: Final = (date(YEAR, 1, 2), date(YEAR, 3, 31))
POSTING_WORKING_DAYS: Final = 10
POINTS_MAX, POINTS_REQUIRED = 20, 70
CRITERIA: Final = 5
BALLOT_ROUNDS_MAX: Final = 4
MODELS_PER_UNIT: Final = 3
"""The preset has no limit; this province has."""
DAYS_OFF: Final = frozenset({date(YEAR, 9, 1), date(YEAR, 9, 2), date(YEAR + 1, 1, 1)})
"""From summer on, of the preset's list."""
COMMITTEE: Final = "commune"
LAUNCHING: Final = "commission"

Stage = Literal[
    "surveyed",
    "registered",
    "supplementing",
    "returned",
    "accepted",
    "running",
    "reported",
    "ended",
    "withdrawn",
]
Kind = Literal["model", "exemplar"]


def working_days_after(start: date, days: int) -> date:
    """The last of so many working days, counted from the day after `start`."""
    day = start
    while days:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in DAYS_OFF:
            days -= 1
    return day


@dataclass
class Ballot:
    """A round and its sitting's address: who was noted as there or asked, who voted how."""

    address: str
    seats: dict[str, str] = field(default_factory=dict)
    present: frozenset[str] | None = None
    asked: frozenset[str] = frozenset()
    votes: dict[str, str] = field(default_factory=dict)
    closed: bool = False
    quorum_missed: bool = False
    minutes: str | None = None
    signed: set[str] = field(default_factory=set)

    def adopted(self) -> bool:
        """At least 7 of 10 of those present or asked approve."""
        approve = list(self.votes.values()).count("approve")
        base = len((self.present or frozenset()) | self.asked)
        tied = approve == list(self.votes.values()).count("reject") > 0
        return base > 0 and 10 * approve >= 7 * base and not tied


@dataclass
class Page:
    """One model or exemplar as the rules see it."""

    number: int
    holder: str
    name: str
    aim: Kind
    decides: str
    joint: tuple[str, ...] = ()
    id: str = ""
    stage: Stage = "surveyed"
    agreed: set[str] = field(default_factory=set)
    supplements: int = 0
    alike: set[int] = field(default_factory=set)
    register_number: str | None = None
    plan: int = 0
    goal: int = 0
    team: bool = False
    suspended: bool = False
    due: date = RESULTS_BEFORE
    extended_for: str | None = None
    session: date | None = None
    held: bool = False
    missed: bool = False
    results: bool = False
    late: bool = False
    late_accepted: bool = False
    difficulties: dict[str, str] = field(default_factory=dict)
    # October
    appraisal: bool = False
    discontinued: bool = False
    gate: bool | None = None
    appraisers: tuple[str, ...] = ()
    sealed: dict[tuple[str, int], int] = field(default_factory=dict)
    opened: bool = False
    apart: dict[int, bool] = field(default_factory=dict)
    scores: dict[int, int] = field(default_factory=dict)
    meets: bool | None = None
    posted: date | None = None
    opinions: dict[str, bool] = field(default_factory=dict)
    posting_closed: bool = False
    ballots: list[Ballot] = field(default_factory=list)
    advice: Literal["recognise", "decline"] | None = None
    # decision
    named: set[int] = field(default_factory=set)
    case_discontinued: bool = False
    reopened: bool = False
    decision: Literal["recognised", "declined"] | None = None
    certificate: bool = False
    complaints: dict[str, str] = field(default_factory=dict)
    revocation: bool = False
    fell: bool = False
    review: "Review | None" = None
    rests_on: list["Page"] = field(default_factory=list)
    fallen: list["Page"] = field(default_factory=list)
    endorsed: dict[str, bool] = field(default_factory=dict)

    @property
    def registered(self) -> bool:
        """Whether it ever was."""
        return self.stage != "surveyed"

    @property
    def adviser(self) -> str:
        """Who advises the body it is meant for."""
        return adviser_of(self.decides)

    @property
    def competent(self) -> bool:
        """Whether that body is competent (I.2.2): the Commission for exemplars only, the Union for what women hold
        in its line, the commune committee for what lies under it; the neighbour for nothing here.
        """
        if self.decides == "commission":
            return self.aim == "exemplar"
        return self.decides == "commune" or (self.decides == "union" and self.holder == "women")

    @property
    def counts(self) -> bool:
        """Whether the written results may be considered: in time, or late and accepted for their reason."""
        return self.results and (not self.late or self.late_accepted)

    @property
    def stands(self) -> bool:
        """Whether it is recognised now."""
        return self.decision == "recognised" and not self.fell and not self.fallen

    @property
    def over_without_recognition(self) -> bool:
        """Whether nothing is recognised here, now or later."""
        return self.case_discontinued or self.fell or self.decision == "declined"

    @property
    def holders(self) -> tuple[str, ...]:
        """The one that leads, then those that hold it with it."""
        return (self.holder, *self.joint)

    def is_same_achievement(self, other: "Page") -> bool:
        """What is recognised once: the same work by some of the same hands."""
        same = (self.name, self.aim) == (other.name, other.aim)
        return same and not set(self.holders).isdisjoint(other.holders)


@dataclass
class Review:
    """An interim or final review."""

    id: str
    by: str
    closed: bool = False


@dataclass
class Book:
    """All pages, in the order they were begun; `advised` in the order their cases were opened."""

    movement: str
    councils: dict[str, str]
    criteria: list[str]
    today: date
    pages: list[Page] = field(default_factory=list)
    advised: list[Page] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)

    def before(self, page: Page) -> list[Page]:
        """The cases of the same achievement that stand before its own."""
        earlier = self.advised[: self.advised.index(page)]
        return [one for one in earlier if one.is_same_achievement(page)]

    def enters(self, page: Page) -> list[str]:
        """Its case goes to the end, and names those before it that it does not name yet."""
        if page in self.advised:
            self.advised.remove(page)
        self.advised.append(page)
        fresh = {one.number for one in self.before(page)} - page.named
        page.named |= fresh
        return ["AchievementEntered"] * len(page.holders) + ["DuplicateFound"] * len(fresh)

    def alike(self, page: Page) -> set[int]:
        """What may be the same work: all are in one place, so the same name is enough."""
        others = (one for one in self.pages if one is not page)
        return {
            one.number
            for one in others
            if (one.name, one.aim) == (page.name, page.aim)
            and one.stage not in ("surveyed", "returned", "withdrawn")
        }

    def has_no_place_for(self, page: Page) -> bool:
        """Whether its unit leads as many models as it may."""
        held = [
            one
            for one in self.pages
            if one.holder == page.holder and one.registered and one.stage != "withdrawn"
        ]
        return page not in held and len(held) >= MODELS_PER_UNIT

    def reviews_for(self, page: Page) -> list["Review"]:
        """Those that it may be put before."""
        wanted = (page.decides, LAUNCHING)
        return [one for one in self.reviews if one.by in wanted and not one.closed]

    def is_reported(self, page: Page) -> tuple[str, ...]:
        """The results lie before the system: somebody appraises."""
        page.stage = "reported"
        page.appraisal = True
        return ("ResultsReported", "AppraisalOpened")

    def is_missed(self, page: Page) -> tuple[str, ...]:
        """The session was not held in time, which is the organising body's failing and never the holder's."""
        assert self.today >= page.due
        assert page.plan and not page.held and not page.missed and not page.suspended
        page.missed = True
        return self.is_reported(page) if page.counts and page.stage == "running" else ()


@dataclass(frozen=True)
class Try:
    """Something attempted: who may, which rules it breaks, and what comes of it where it breaks none: the
    names of all events, those that follow by themselves included. `look` reads what ids were
    given, at an address where `{id}` is the id in the answer.
    """

    path: str
    form: Json
    may: frozenset[str]
    breaks: frozenset[str]
    happens: Callable[[Json], Iterable[str]]
    look: tuple[str, str, Callable[[Json], None]] | None = None


def nothing(_: Json) -> tuple[str, ...]:
    """It is so already."""
    return ()


def who(*places: tuple[str, str]) -> frozenset[str]:
    """Accounts by role and body."""
    return frozenset(f"{role}-of-{body}" for role, body in places)


def identity(body: str) -> str:
    """The id of a body."""
    return str(IDS[body])


def place_of(body: str) -> str:
    """Where a body is."""
    return BODIES[body].place
