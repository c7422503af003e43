"""The course of a model through the year in a wandering: what usually comes next, and when nothing goes on."""

from datetime import date
from typing import Final

from tests.support.country import YEAR
from tests.support.rulebook.book import (
    CRITERIA,
    POSTING_WORKING_DAYS,
    REGISTERING,
    Book,
    Page,
    working_days_after,
)

COMPLAINTS: Final = 3
"""About one refusal, before it is left alone."""
ENDORSED_BY: Final = 4
TEAM_EVERY: Final = 3
"""Of so many models one is appraised by a team."""
SLOW: Final = 3
"""The page whose results come late, after the session was missed."""
STUCK: Final = frozenset({"surveyed", "returned", "withdrawn", "ended"})
"""With these nothing goes on once registration is over."""


def waits(page: Page, book: Book) -> bool:
    """Whether nothing goes on with it, or not yet."""
    if page.stage in STUCK and book.today > REGISTERING[1]:
        return True
    if page.stage == "surveyed" and book.has_no_place_for(page):
        return book.today.day % 2 > 0  # it asks again every second day
    if page.stage == "running" and page.number == SLOW and not page.results:
        return date(YEAR, 8, 1) <= book.today < page.due
    if page.stage == "running" and page.results and page.session is not None:
        return book.today < page.session and (page.counts or not page.late)
    if page.advice is not None:
        return _rests(page, book)
    if page.posting_closed:
        return page.discontinued or page.decides not in book.councils
    if page.posted is None:
        return page.discontinued
    over = working_days_after(page.posted, POSTING_WORKING_DAYS)
    return page.discontinued or (book.today <= over and all(page.opinions.values()))


def _rests(page: Page, book: Book) -> bool:
    """Whether its case is done with, or waits for others."""
    if page.case_discontinued or page.fell:
        return True
    if not page.competent:
        return book.today.day % 3 > 0  # it is tried in vain every third day
    if page.decision is None:
        standing = any(one.aim == "model" and one.stands for one in book.advised)
        homeless = page.review is None or bool(page.fallen)
        return page.aim == "exemplar" and homeless and not standing
    if page.decision == "declined":
        return len(page.complaints) >= COMPLAINTS and all(page.complaints.values())
    resting = [one for one in book.pages if page in one.rests_on and not one.fallen]
    if any(one.decision is None and not _rests(one, book) for one in resting):
        return True  # until what rests on it is decided
    return page.certificate and not (page.revocation or page.fallen or resting)


def next_of(page: Page, book: Book) -> list[str]:
    """What usually comes next for a model; nothing where anything may be tried."""
    if not page.id:
        return ["surveys"]
    match page.stage:
        case "surveyed" | "returned":
            return ["registers"]
        case "registered":
            if page.agreed != {*page.joint}:
                return ["consents"] * 4 + ["accepts", "returns"]
            return ["accepts"] * 6 + ["numbers", "returns", "asks_supplement", "asks_supplement"]
        case "supplementing":
            return ["supplies"]
        case "accepted":
            return ["plans", "assigns_team"]
        case "running":
            return _next_in_the_year(page, book)
        case "reported":
            return _next_in_october(page, book)
        case _:
            return []


def _next_in_the_year(page: Page, book: Book) -> list[str]:
    if page.suspended:
        return ["resumes"]
    if book.today < date(YEAR, 8, 1):
        return ["progresses", "revises", "praises", "raises_difficulty", "resolves_difficulty"]
    if not page.results:
        return ["submits_results", "calls_session", "extends"]
    if page.late and not page.late_accepted:
        return ["accepts_late"]
    called = page.session is not None and page.session <= book.today
    return ["holds_session"] if called else ["calls_session"]


def _next_in_october(page: Page, book: Book) -> list[str]:
    if page.gate is None:
        return ["checks_gate"]
    if len(page.scores) < CRITERIA:
        return _next_scores(page)
    if not all(page.apart.values()):
        return ["discusses"] * 3 + ["completes"]
    if page.meets is None:
        return ["completes"] * 3 + ["scores"]
    if page.posted is None:
        return ["posts"]
    if not page.posting_closed:
        waiting = book.today <= working_days_after(page.posted, POSTING_WORKING_DAYS)
        soon = ["opines", "closes_posting"] if waiting else ["closes_posting"] * 3
        return [*soon, *(["answers_opinion"] * 4 if not all(page.opinions.values()) else [])]
    if page.advice is None:
        ballot = page.ballots[-1] if page.ballots else None
        if ballot is None:
            return ["opens_sitting"]
        if ballot.closed and len(ballot.signed) < 2:
            return ["signs_minutes"] * 4 + ["opens_sitting"] * ballot.quorum_missed
        if ballot.quorum_missed:
            return ["opens_sitting"]
        if ballot.present is None:
            return ["notes_attendance"]
        left = len(ballot.seats) - len(ballot.votes)
        return ["votes"] * 4 * left + ["notes_attendance", "closes_sitting"]
    return _next_of_the_case(page, book)


def _next_scores(page: Page) -> list[str]:
    if page.appraisers:
        return ["seals"] * 12 + ["scores", "assigns_team_of_appraisers", "completes"]
    if page.number % TEAM_EVERY == 1 and not page.scores:
        return ["assigns_team_of_appraisers"]
    return ["scores"] * 9 + ["completes"]


def _next_of_the_case(page: Page, book: Book) -> list[str]:
    if page.decision is None:
        if page.aim == "exemplar" and (page.review is None or page.fallen):
            return ["puts_forward"] if book.reviews_for(page) else ["opens_review"]
        if page.aim == "exemplar" and list(page.endorsed.values()).count(True) < ENDORSED_BY:
            return ["endorses"] * 4 + ["recognises"]
        idle = any(one.stands for one in book.before(page))
        return ["recognises"] * 3 + ["declines"] * (3 if idle else 1)
    if page.decision == "declined":
        unanswered = "" in page.complaints.values()
        return ["answers_complaint" if unanswered else "complains"] * 4 + ["amends"]
    if page.fallen:
        return ["decides_anew"]
    if page.revocation:
        return ["revokes"] * 4 + ["acquits"]
    resting = [one for one in book.pages if page in one.rests_on and not one.fallen]
    if resting:
        return ["certifies", "accuses", "accuses"]
    return ["certifies", "certifies", "complains", "answers_complaint", "amends"]
