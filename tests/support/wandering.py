"""Drives a province at random through the HTTP APIs, and holds every answer and every event against the rulebook.

A wandering follows from its seed alone. Where an answer or the record is not as the rules say, Strayed tells the
seed, the step, and the shortest way there that was found.
"""

import random
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Final
from uuid import UUID

from services.audit.domain.deciders import decode
from shared.eventstore.port import START
from tests.support import courses
from tests.support.country import ACCOUNTS, BODIES, YEAR, Country, country
from tests.support.replaying import record_follows
from tests.support.rulebook import building, intake, judging, recognising, team
from tests.support.rulebook.articles import Articles
from tests.support.rulebook.book import (
    MODELS_PER_UNIT,
    Book,
    Json,
    Page,
    Try,
    identity,
)

PAGES: Final = 8
USEFUL: Final = 0.84
"""How often the next step of somebody's course is taken, else any step at all."""
WRONG_ACTOR: Final = 0.08
JOINT: Final = 0.4
"""How often two hold a model together."""
TIME: Final = "time passes"
QUOTA: Final = {"at_least": 0, "at_most": MODELS_PER_UNIT}
ACTIONS: Final[Mapping[str, Callable[[Book, Page, int], Try | None]]] = MappingProxyType(
    {
        function.__name__: function
        for function in (
            building.surveys,
            building.registers,
            building.registers_unsurveyed,
            building.numbers,
            building.accepts,
            building.returns,
            intake.consents,
            intake.asks_supplement,
            intake.supplies,
            building.plans,
            building.revises,
            building.assigns_team,
            building.progresses,
            building.praises,
            building.raises_difficulty,
            building.resolves_difficulty,
            building.suspends,
            building.resumes,
            building.ends,
            building.withdraws,
            building.extends,
            building.calls_session,
            building.submits_results,
            building.accepts_late,
            building.holds_session,
            judging.checks_gate,
            judging.scores,
            team.assigns_team_of_appraisers,
            team.seals,
            team.discusses,
            judging.completes,
            judging.posts,
            judging.opines,
            judging.answers_opinion,
            judging.closes_posting,
            judging.opens_sitting,
            judging.notes_attendance,
            judging.votes,
            judging.closes_sitting,
            judging.signs_minutes,
            recognising.recognises,
            recognising.declines,
            recognising.certifies,
            recognising.complains,
            recognising.answers_complaint,
            recognising.amends,
            recognising.accuses,
            recognising.acquits,
            recognising.revokes,
            recognising.opens_review,
            recognising.closes_review,
            recognising.puts_forward,
            recognising.endorses,
            recognising.decides_anew,
        )
    }
)
RARE: Final = frozenset({"withdraws", "ends", "suspends", "closes_review"})
"""They would soon leave nothing to happen."""
OWN_VOICE: Final = frozenset(
    {"votes", "signs_minutes", "opines", "complains", "seals", "opens_review"}
)
"""Who acts is part of what is tried."""
COUNTED: Final = frozenset(
    {
        *("SiteSurveyed", "ModelRegistered", "LaunchingBodyRegistrationRecorded"),
        *("RegistrationAccepted", "RegistrationReturned", "PlanAdopted", "PlanRevised"),
        *("CoreTeamAssigned", "ProgressReported", "ModelPraised", "DifficultyRaised"),
        *("DifficultyResolved", "ModelSuspended", "ModelResumed", "ModelEnded", "ModelWithdrawn"),
        *("AppraisalDiscontinued", "CaseDiscontinued", "ExtensionGranted", "ResultsReported"),
        *("ReportingSessionScheduled", "ReportingSessionHeld", "WrittenResultsSubmitted"),
        *("LatenessRecorded", "LateReportAccepted", "AppraisalOpened", "GateChecked"),
        *("CriterionScored", "Appraised", "PostingOpened", "OpinionReceived", "OpinionAnswered"),
        *("PostingClosed", "SittingOpened", "AgendaSettled", "SittingAttendanceRecorded"),
        *(
            "SittingClosed",
            "SittingCounted",
            "MinutesDrafted",
            "MinutesSigned",
            "BallotOpened",
            "VoteCast",
            "BallotClosed",
        ),
        *("BallotTallied", "QuorumMissed", "AdviceIssued", "AchievementEntered", "CaseOpened"),
        *("DuplicateFound", "CompetenceDetermined", "Recognized", "Declined"),
        *("DecisionDepartedFromAdvice", "CertificateIssued", "ComplaintLodged"),
        *("ComplaintAnswered", "DecisionAmended", "RevocationProposed", "RevocationDismissed"),
        *("RecognitionRevoked", "DependentRecognitionSuspended", "DependentRecognitionDecided"),
        *("ReviewOpened", "ReviewClosed", "ExemplarPutForward", "EndorsementGiven"),
        *("EndorsementRefused", "JointHolderConsented", "SupplementRequested"),
        *("SupplementSupplied", "SimilarityFound", "QuotaPlaceTaken", "QuotaPlaceFreed"),
        *("TeamAssigned", "ScoreSealed", "DivergenceFlagged", "DivergenceResolved"),
        "CaseReopened",
    }
)
"""Events that the rulebook foresees, each in its number; others may stand beside them."""
_CALENDAR: Final = (
    (0.0, (1, 5)),
    (0.2, (3, 25)),
    (0.24, (9, 10)),
    (0.46, (10, 5)),
    (0.5, (10, 21)),
    (0.85, (10, 31)),
    (1.0, (12, 28)),
)
"""Which share of the steps is taken by which day: most in October."""


@dataclass(frozen=True)
class Step:
    """What somebody tried; `n` makes up what a form says. Of time, `user` is the day that came."""

    number: int
    action: str
    user: str
    page: int
    n: int

    def __str__(self) -> str:
        return f"{self.number:4d} {self.action} page={self.page} by {self.user} n={self.n}"


class Strayed(AssertionError):  # noqa: N818 - what happened
    """The services and the rulebook do not agree."""

    def __init__(self, seed: int, steps: Sequence[Step], why: str) -> None:
        told = "\n".join(map(str, steps))
        super().__init__(f"seed {seed}, {len(steps)} steps:\n{told}\n{why}")
        self.steps, self.why = steps, why


def _day_of(share: float) -> date:
    for (from_, first), (until, last) in pairwise(_CALENDAR):
        if share <= until:
            start, end = date(YEAR, *first), date(YEAR, *last)
            return start + (end - start) * ((share - from_) / (until - from_))
    raise ValueError(share)


class Wanderer:
    """One province on its way."""

    def __init__(self, told_in: Country, seed: int) -> None:
        self.here, self.country, self.seed = told_in.here, told_in, seed
        criteria = [one["id"] for one in told_in.criteria]
        self.book = Book(told_in.movement, told_in.councils, criteria, date(YEAR, 1, 2))
        self.articles, self.position = Articles(), START
        self.answers: Counter[str] = Counter()
        self.happened: Counter[str] = Counter()
        for number in range(PAGES):
            self.book.pages.append(_page(number, seed))

    # --- choosing -------------------------------------------------------------------------

    def choose(self, chance: random.Random, number: int, steps: int) -> Step:
        """The next step, by chance."""
        day = _day_of(number / steps)
        if day > self.book.today and chance.random() < 0.09:
            return Step(number, TIME, day.isoformat(), 0, 0)
        going = [page for page in self.book.pages if not courses.waits(page, self.book)]
        if not going and self.book.today < _day_of(1.0):
            return Step(number, TIME, (self.book.today + timedelta(days=1)).isoformat(), 0, 0)
        while True:
            useful = bool(going) and chance.random() < USEFUL
            page = chance.choice(going if useful else self.book.pages)
            action = chance.choice(
                courses.next_of(page, self.book) or [*ACTIONS] if useful else [*ACTIONS]
            )
            if action in RARE and chance.random() < 0.6:
                continue
            n = chance.randrange(1_000_000)
            tried = self._attempt(action, page, n)
            if tried is not None:
                return Step(number, action, self._actor(chance, action, tried), page.number, n)

    def _attempt(self, action: str, page: Page, n: int) -> Try | None:
        if not page.id and action != "surveys":
            return None
        return ACTIONS[action](self.book, page, n)

    def _actor(self, chance: random.Random, action: str, tried: Try) -> str:
        anybody = f"{chance.choice([*ACCOUNTS])}-of-{chance.choice([*BODIES])}"
        right = sorted(tried.may - {"*"})
        wrong = action not in OWN_VOICE and chance.random() < WRONG_ACTOR
        return anybody if wrong or not right else chance.choice(right)

    # --- taking ---------------------------------------------------------------------------

    async def take(self, step: Step) -> None:
        """Take a step; AssertionError where something is not as the rules say."""
        if step.action == TIME:
            await self._pass_time(date.fromisoformat(step.user))
            return
        page = self.book.pages[step.page]
        tried = self._attempt(step.action, page, step.n)
        if tried is None:
            return
        key = UUID(f"018f0001-{self.seed % 0xFFFF:04x}-7000-8000-{step.number:012x}")
        paper, tried = await self._from_paper(step, page, tried)
        answer = await self.here.post(tried.path, tried.form, user=step.user, key=key, paper=paper)
        said = "accepted" if answer.is_success else _code(answer.status_code, answer.json())
        self.answers[said] += 1
        allowed = step.user in tried.may or "*" in tried.may
        if not allowed:
            assert said == "forbidden", f"{step.action}: {said}, but {step.user} may not"
        elif tried.breaks:
            assert said in tried.breaks, f"{step.action}: {said}, but it breaks {set(tried.breaks)}"
        else:
            assert said == "accepted", f"{step.action}: {said}, but no rule is broken"
        done = allowed and not tried.breaks
        foreseen = Counter(tried.happens(answer.json())) if done else Counter[str]()
        await self._compare(foreseen)
        if done and tried.look is not None:
            path, user, looked = tried.look
            path = path.replace("{id}", str(answer.json().get("id")))
            looked(await self.here.get(path, user=user))
        if done and step.action == "resumes":
            await self._pass_time(self.book.today)
        await self._same_stage(page)

    async def _from_paper(self, step: Step, page: Page, tried: Try) -> tuple[str | None, Try]:
        """The hash of the paper that an officer enters from, the holder's or of who agrees; now and then he has none."""
        entering = step.action in building.FROM_PAPER and step.user.startswith("officer-of-")
        if not entering or step.user not in tried.may:
            return None, tried
        if step.n % 7 == 3:
            return None, replace(tried, breaks=frozenset({"paper-needed"}))
        signer = tried.form["holder"] if step.action == "consents" else identity(page.holder)
        scan = f"%PDF-1.4\n% {signer}, {self.book.today}\n".encode()
        body = {
            "what": "Văn bản giấy có chữ ký",
            "signed_by": [signer],
            "content": b64encode(scan).decode(),
        }
        kept = await self.here.post("/registration/papers", body, user=step.user)
        assert kept.is_success, kept.text
        return sha256(scan).hexdigest(), tried

    async def _pass_time(self, day: date) -> None:
        await self.country.on(day)
        self.here.clock.pin(self.here.clock.now() + timedelta(seconds=1))
        self.book.today = day
        waiting = {
            page.id
            for page in self.book.pages
            if page.stage == "running" and page.plan and not page.suspended
            if not (page.held or page.missed) and day >= page.due
        }

        async def all_missed() -> bool | None:
            await self._compare(Counter())
            missed = {page.id for page in self.book.pages if page.missed}
            return waiting <= missed or None

        await self.here.until(all_missed)

    async def _compare(self, foreseen: Counter[str]) -> None:
        """The events since the last look are those foreseen, and break no principle."""
        await self.here.until(self.here.is_settled)
        seen: Counter[str] = Counter()
        pages = {page.id: page for page in self.book.pages}
        while (log := await self.here.runtime.store.read_log(after=self.position)).events:
            for stored in log.events:
                event, name = decode(stored), decode(stored).__class__.__name__
                self.articles.take(stored, event)
                if name == "ReportingSessionMissed":
                    foreseen.update(self.book.is_missed(pages[stored.stream.partition("-")[2]]))
                if name in COUNTED:
                    seen[name] += 1
                    self.happened[name] += 1
            self.position = log.scanned_to
        self.here.position = max(self.here.position, self.position)
        assert seen == foreseen, f"events: missing {foreseen - seen}, unforeseen {seen - foreseen}"
        self.articles.at_rest()

    async def _same_stage(self, page: Page) -> None:
        if page.registered:
            seen = await self.here.get(f"/registration/models/{page.id}")
            assert seen["status"] == page.stage, (seen["status"], page.stage)


def _code(status: int, problem: Json) -> str:
    refusal: str = problem["type"].rpartition("/")[2]
    return "forbidden" if status in (403, 404) else refusal


def _page(number: int, seed: int) -> Page:
    chance = random.Random(f"{seed}/{number}")  # noqa: S311 - repeatable
    holder = ("cell", "people", "women", "women")[number % 4]
    aim = "exemplar" if number % 3 == 2 else "model"
    bodies = ["commune"] * 6 + (["union"] * 4 if holder == "women" else ["union"])
    bodies += ["commission"] if aim == "exemplar" or chance.random() < 0.2 else ["neighbour"]
    name = ("Đường hoa", "Bếp ấm")[chance.randrange(2)]
    others = [one for one in ("cell", "people", "women") if one != holder]
    return Page(
        number,
        holder,
        name,
        "exemplar" if aim == "exemplar" else "model",
        chance.choice(bodies),
        (chance.choice(others),) if chance.random() < JOINT else (),
    )


async def wander(folder: Path, seed: int, steps: int) -> Wanderer:
    """So many steps from January to December. Raises Strayed."""
    chance, taken = random.Random(seed), list[Step]()  # noqa: S311 - repeatable
    async with country(folder, models_per_unit=QUOTA) as told_in:
        wanderer = Wanderer(told_in, seed)
        try:
            for number in range(steps):
                taken.append(wanderer.choose(chance, number, steps))
                await wanderer.take(taken[-1])
            await record_follows(told_in.here.runtime.store)
        except (AssertionError, TimeoutError) as error:
            raise Strayed(seed, taken, str(error) or repr(error)) from error
    return wanderer


async def shortened(folder: Path, strayed: Strayed, seed: int) -> Strayed:
    """The same, by the steps alone that concern the last page, if that goes astray too."""
    last = strayed.steps[-1]
    own = [step for step in strayed.steps if step.action == TIME or step.page == last.page]
    async with country(folder, models_per_unit=QUOTA) as told_in:
        wanderer = Wanderer(told_in, seed)
        try:
            for step in own:
                await wanderer.take(step)
        except (AssertionError, TimeoutError) as error:
            return Strayed(seed, own, str(error) or repr(error))
    return strayed
