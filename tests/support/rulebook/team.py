"""A team appraises: who may assign it, whom not, and what its hidden scores come to."""

from typing import Final

from tests.support.rulebook.book import CRITERIA, POINTS_MAX, Book, Json, Page, Try, identity, who
from tests.support.rulebook.judging import appraisers, at_dossier, gone

TEAMS: Final = (("section", "office"), ("section", "union-staff"))
"""Units that send an appraiser each: none of them works at a holder of the province, below it or above it."""
APART_MAX: Final = 6
"""Three tenths of a criterion's points."""


def assigns_team_of_appraisers(_: Book, page: Page, n: int) -> Try | None:
    """At times with somebody who works at one of those that hold the model."""
    if not page.appraisal:
        return None
    units = TEAMS[n % 2]
    tied, explained = n % 5 == 1, n % 3 != 1
    if tied:
        units = (units[0], page.holders[-1])
    same = page.appraisers == units
    breaks = frozenset(
        code
        for broken, code in (
            *gone(page),
            (page.opened and not same, "team-after-scores"),
            (tied, "appraiser-conflict"),
            (bool(page.appraisers) and not explained and not same, "team-change-unexplained"),
        )
        if broken
    )

    def happens(_: Json) -> list[str]:
        if same:
            return []
        page.appraisers, page.scores = units, {}
        page.sealed = {key: points for key, points in page.sealed.items() if key[0] in units}
        return ["TeamAssigned"]

    members = [
        {
            "name": f"Cán bộ {unit} (mẫu)",
            "account": f"appraiser-of-{unit}",
            "organization": identity(unit),
        }
        for unit in units
    ]
    form: Json = {"members": members} | ({"reason": "Bận việc khác."} if explained else {})
    may = appraisers(page) | who(("clerk", page.adviser))
    return Try(at_dossier(page, "team"), form, may, breaks, happens)


def seals(book: Book, page: Page, n: int) -> Try | None:
    """One of the team scores for himself; at times one of another body tries."""
    if not page.appraisers:
        return None
    left = [
        (unit, one)
        for unit in page.appraisers
        for one in range(CRITERIA)
        if (unit, one) not in page.sealed
    ]
    unit, criterion = left[0] if left and n % 7 else (page.appraisers[n % 2], n % CRITERIA)
    stranger = n % 29 == 1
    points = 12 + n % 10
    same = page.sealed.get((unit, criterion)) == points
    breaks = frozenset(
        code
        for broken, code in (
            *gone(page),
            (stranger, "not-an-appraiser"),
            (points > POINTS_MAX, "points-above-maximum"),
            (page.opened and not same, "scores-open"),
        )
        if broken
    )

    def happens(_: Json) -> list[str]:
        page.sealed[unit, criterion] = points
        sealed = [] if same else ["ScoreSealed"]
        if page.opened or len(page.sealed) < CRITERIA * len(page.appraisers):
            return sealed
        return [*sealed, *_opened(page)]

    form = {"criterion": book.criteria[criterion], "points": points, "evidence": "Biên bản số 3"}
    may = frozenset({f"appraiser-of-{'neighbour' if stranger else unit}"})
    return Try(at_dossier(page, "team/scores"), form, may, breaks, happens)


def _opened(page: Page) -> list[str]:
    """All are in: they open, and lie too far apart or come to their mean, halves rounded up."""
    page.opened = True
    for criterion in range(CRITERIA):
        given = [page.sealed[unit, criterion] for unit in page.appraisers]
        page.scores[criterion] = (2 * sum(given) + len(given)) // (2 * len(given))
        if max(given) - min(given) > APART_MAX:
            page.apart[criterion] = False
    opened = ["CriterionScored"] * len(page.sealed)
    return [*opened, *["DivergenceFlagged"] * len(page.apart)]


def discusses(book: Book, page: Page, n: int) -> Try | None:
    if not page.appraisers:
        return None
    criterion = [*page.apart][n % len(page.apart)] if page.apart and n % 7 else n % CRITERIA
    breaks = frozenset(
        code
        for broken, code in (*gone(page), (criterion not in page.apart, "divergence-unknown"))
        if broken
    )

    def happens(_: Json) -> list[str]:
        known, page.apart[criterion] = page.apart[criterion], True
        return [] if known else ["DivergenceResolved"]

    form = {"criterion": book.criteria[criterion], "discussion": "Đã trao đổi, giữ điểm."}
    return Try(at_dossier(page, "divergences"), form, appraisers(page), breaks, happens)
