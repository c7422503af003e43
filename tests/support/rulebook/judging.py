"""October: who may appraise, post, vote and count, and what the rules say to it."""

from typing import Final
from uuid import UUID

from shared.host.ids import derive_id
from tests.support.country import VOTERS, YEAR
from tests.support.rulebook.book import (
    BALLOT_ROUNDS_MAX,
    CRITERIA,
    POINTS_MAX,
    POINTS_REQUIRED,
    POSTING_WORKING_DAYS,
    Ballot,
    Book,
    Json,
    Page,
    Try,
    nothing,
    who,
    working_days_after,
)

EVERYBODY: Final = frozenset({"*"})
CHOICES: Final = ("approve", "approve", "approve", "reject", "abstain")


def _dossier(page: Page) -> str:
    return str(derive_id(UUID(page.id), "appraisal", str(YEAR)))


def at_dossier(page: Page, what: str) -> str:
    return f"/evaluation/appraisals/{_dossier(page)}/{what}"


def appraisers(page: Page) -> frozenset[str]:
    return who(("appraiser", page.adviser)) if page.appraisal else frozenset()


def _council(page: Page) -> str:
    """Whose council votes: of the bodies that have none, the commune's is tried in vain."""
    return page.decides if page.decides in ("commune", "union") else "commune"


def _table(page: Page) -> frozenset[str]:
    """Who runs the ballots: secretary or chair, of the council's body or of the advising unit."""
    return who(
        *(
            (role, body)
            for role in ("secretary", "chair")
            for body in (_council(page), page.adviser)
        )
    )


def _breaks(page: Page, *rules: tuple[bool, str]) -> frozenset[str]:
    over = (page.discontinued, "appraisal-discontinued")
    return frozenset(code for broken, code in (over, *rules) if broken)


def gone(page: Page) -> tuple[tuple[bool, str], ...]:
    """Whether nobody judges it any more."""
    return (
        (page.discontinued, "appraisal-discontinued"),
        (page.meets is not None, "already-appraised"),
    )


# --- appraising (II.2, I.2.1c) ------------------------------------------------------------------


def checks_gate(_: Book, page: Page, n: int) -> Try:
    passed = n % 7 != 1
    breaks = _breaks(page, (page.meets is not None, "already-appraised"))

    def happens(_: Json) -> list[str]:
        same, page.gate = page.gate == passed, passed
        return [] if same else ["GateChecked"]

    form = {"passed": passed, "finding": "Chấp hành tốt." if passed else "Chưa công khai."}
    return Try(at_dossier(page, "gate"), form, appraisers(page), breaks, happens)


def scores(book: Book, page: Page, n: int) -> Try:
    unscored = [one for one in range(CRITERIA) if one not in page.scores]
    criterion = unscored[0] if unscored and n % 3 else n % CRITERIA
    points = 12 + n % 10
    breaks = _breaks(
        page,
        (page.meets is not None, "already-appraised"),
        (bool(page.appraisers), "team-scores"),
        (points > POINTS_MAX, "points-above-maximum"),
    )

    def happens(_: Json) -> list[str]:
        same, page.scores[criterion] = page.scores.get(criterion) == points, points
        return [] if same else ["CriterionScored"]

    form = {"criterion": book.criteria[criterion], "points": points, "evidence": "Biên bản số 3"}
    return Try(at_dossier(page, "scores"), form, appraisers(page), breaks, happens)


def completes(_: Book, page: Page, __: int) -> Try:
    done = page.meets is not None and not page.discontinued
    breaks = _breaks(
        page,
        (page.gate is None, "gate-unchecked"),
        (len(page.scores) < CRITERIA, "criteria-unscored"),
        (not all(page.apart.values()), "divergence-unresolved"),
    )

    def happens(_: Json) -> list[str]:
        page.meets = bool(page.gate) and sum(page.scores.values()) >= POINTS_REQUIRED
        return ["Appraised"]

    # The same conclusion once more changes nothing, whatever happened since.
    again = page.meets is not None
    form = {"summary": "Đã thẩm định."}
    path, may = at_dossier(page, "completion"), appraisers(page)
    return Try(
        path, form, may, frozenset() if again or done else breaks, nothing if again else happens
    )


# --- posting (I.2.1b) ---------------------------------------------------------------------------


def posts(book: Book, page: Page, _: int) -> Try:
    breaks = _breaks(
        page, (page.meets is None, "not-appraised"), (page.posted is not None, "already-posted")
    )

    def happens(_: Json) -> list[str]:
        page.posted = book.today
        return ["PostingOpened"]

    return Try(
        at_dossier(page, "posting"), {"where": "Nhà văn hóa"}, appraisers(page), breaks, happens
    )


def opines(book: Book, page: Page, n: int) -> Try | None:
    if not page.appraisal:
        return None
    over = page.posted is not None and book.today > working_days_after(
        page.posted, POSTING_WORKING_DAYS
    )
    breaks = _breaks(
        page,
        (page.posted is None, "forbidden"),
        (page.posted is None or page.posting_closed, "not-posted"),
        (over, "posting-over"),
    )

    def looked(seen: Json) -> None:
        for one in seen["opinions"]:
            page.opinions.setdefault(one["opinion_id"], False)

    form = {"name": "Người Dân Thử", "address": "Bản", "words": f"Ai chăm sóc, {n}?"}
    path = f"/evaluation/postings/{_dossier(page)}/opinions"
    look = (at_dossier(page, "opinions"), f"appraiser-of-{page.adviser}", looked)
    return Try(path, form, EVERYBODY, breaks, lambda _: ["OpinionReceived"], look)


def answers_opinion(_: Book, page: Page, n: int) -> Try | None:
    if not page.opinions:
        return None
    one = sorted(page.opinions)[n % len(page.opinions)]
    answered = page.opinions[one]
    breaks = _breaks(page, (page.posting_closed, "not-posted"))

    def happens(_: Json) -> list[str]:
        page.opinions[one] = True
        return [] if answered else ["OpinionAnswered"]

    form = {"answer": "Bản thay phiên nhau."}
    return Try(at_dossier(page, f"opinions/{one}/answer"), form, appraisers(page), breaks, happens)


def closes_posting(book: Book, page: Page, _: int) -> Try:
    runs = page.posted is not None and book.today <= working_days_after(
        page.posted, POSTING_WORKING_DAYS
    )
    breaks = _breaks(
        page,
        (page.posted is None, "not-posted"),
        (runs, "posting-runs"),
        (not all(page.opinions.values()), "opinions-unanswered"),
    )

    def happens(_: Json) -> list[str]:
        page.posting_closed = True
        return ["PostingClosed"]

    again = page.posting_closed
    breaks, happens_now = (frozenset(), nothing) if again else (breaks, happens)
    return Try(at_dossier(page, "posting/closure"), {}, appraisers(page), breaks, happens_now)


# --- sittings, each on one dossier ----------------------------------------------------------------


def opens_sitting(book: Book, page: Page, _: int) -> Try | None:
    if not page.appraisal:
        return None
    last = page.ballots[-1] if page.ballots else None
    ready = page.meets is not None and page.posting_closed
    used_up = last is not None and last.quorum_missed and len(page.ballots) >= BALLOT_ROUNDS_MAX
    rules = [
        (page.discontinued, "ballot-appraisal-discontinued"),
        (not ready, "ballot-before-posting-closed"),
        (_council(page) != page.decides, "foreign-council"),
        (last is not None and not last.quorum_missed, "ballot-exists"),
        (used_up, "ballot-repeats-exhausted"),
    ]
    form: Json = {
        "council": book.councils[_council(page)],
        "appraisals": [_dossier(page)],
        "question": "Đề nghị công nhận?",
    }

    def happens(answer: Json) -> list[str]:
        page.ballots.append(Ballot(f"/evaluation/sittings/{answer['id']}"))
        return ["SittingOpened", "BallotOpened", "AgendaSettled"]

    def looked(seen: Json) -> None:
        voters = (one for one in seen["seats"] if one["role"] != "secretary")
        page.ballots[-1].seats.update({one["account"]: one["seat"] for one in voters})

    look = (
        "/evaluation/sittings/{id}/roll",
        f"secretary-of-{_council(page)}",
        looked,
    )
    breaks = frozenset(code for broken, code in rules if broken)
    return Try("/evaluation/sittings", form, _table(page), breaks, happens, look)


def notes_attendance(_: Book, page: Page, n: int) -> Try | None:
    if not page.ballots:
        return None
    ballot = page.ballots[-1]
    accounts = [f"{one}-of-{page.decides}" for one in VOTERS]
    there = frozenset(accounts[: 6 - n % 3])
    asked = frozenset(accounts[-1:]) - there
    form = {
        "present": sorted(ballot.seats[one] for one in there),
        "consulted": [ballot.seats[one] for one in asked],
    }
    breaks = frozenset({"sitting-already-closed"}) if ballot.closed else frozenset()
    same = (ballot.present, ballot.asked) == (there, asked)

    def happens(_: Json) -> list[str]:
        ballot.present, ballot.asked = there, asked
        return [] if same else ["SittingAttendanceRecorded"]

    return Try(f"{ballot.address}/attendance", form, _table(page), breaks, happens)


def votes(_: Book, page: Page, n: int) -> Try | None:
    """By one of the council that has not voted, mostly; at times by one that has, or by a stranger."""
    if not page.ballots:
        return None
    ballot = page.ballots[-1]
    accounts = [f"{one}-of-{page.decides}" for one in VOTERS]
    free = [one for one in accounts if one not in ballot.votes]
    voter = free[0] if free and n % 9 else accounts[n % 6]
    if n % 23 == 1:
        voter = "member-1-of-neighbour"
    choice = CHOICES[n % 2 if page.number % 3 else n % len(CHOICES)]
    before = ballot.votes.get(voter)
    breaks = frozenset(
        code
        for broken, code in (
            (voter not in ballot.seats, "not-a-voter"),
            (before not in (None, choice), "sheet-voted-otherwise"),
            (before is None and ballot.closed, "ballot-closed"),
        )
        if broken
    )

    def happens(_: Json) -> list[str]:
        ballot.votes[voter] = choice
        return [] if before == choice else ["VoteCast"]

    sheet = {"votes": [{"appraisal": _dossier(page), "choice": choice}]}
    return Try(f"{ballot.address}/sheets", sheet, frozenset({voter}), breaks, happens)


def closes_sitting(_: Book, page: Page, __: int) -> Try | None:
    if not page.ballots:
        return None
    ballot = page.ballots[-1]
    noted = (ballot.present or frozenset()) | ballot.asked
    breaks = frozenset(
        code
        for broken, code in (
            (ballot.present is None, "attendance-missing"),
            (not ballot.votes.keys() <= noted, "voted-unattended"),
        )
        if broken and not ballot.closed
    )

    def happens(_: Json) -> list[str]:
        ballot.closed = True
        ballot.quorum_missed = 3 * len(ballot.votes) < 2 * len(ballot.seats)
        result = "QuorumMissed" if ballot.quorum_missed else "BallotTallied"
        return ["SittingClosed", "BallotClosed", result, "SittingCounted", "MinutesDrafted"]

    def looked(seen: Json) -> None:
        ballot.minutes = seen["minutes"]

    happens_now = nothing if ballot.closed else happens
    look = (ballot.address, f"secretary-of-{page.decides}", looked)
    return Try(f"{ballot.address}/closure", {}, _table(page), breaks, happens_now, look)


def signs_minutes(book: Book, page: Page, n: int) -> Try | None:
    """By secretary and chair; at times by a member, or of minutes that do not stand."""
    if not page.ballots:
        return None
    ballot = page.ballots[-1]
    signers = [f"{role}-of-{page.decides}" for role in ("secretary", "chair")]
    free = [one for one in signers if one not in ballot.signed]
    signer = free[n % len(free)] if free and n % 7 else signers[n % 2]
    if n % 23 == 1:
        signer = f"member-1-of-{page.decides}"
    wrong = n % 19 == 1
    breaks = frozenset(
        code
        for broken, code in (
            (ballot.minutes is None, "minutes-not-drafted"),
            (signer not in signers, "minutes-not-yours"),
            (wrong, "minutes-changed"),
        )
        if broken
    )

    def happens(_: Json) -> list[str]:
        if signer in ballot.signed:
            return []
        ballot.signed.add(signer)
        if len(ballot.signed) < len(signers):
            return ["MinutesSigned"]
        if ballot.quorum_missed and len(page.ballots) < BALLOT_ROUNDS_MAX:
            return ["MinutesSigned"]
        adopted = not ballot.quorum_missed and ballot.adopted()
        return ["MinutesSigned", *_advised(book, page, adopted=adopted)]

    form = {"minutes": "0" * 64 if wrong or ballot.minutes is None else ballot.minutes}
    path = f"{ballot.address}/minutes/signatures"
    return Try(path, form, frozenset({signer}), breaks, happens)


def _advised(book: Book, page: Page, *, adopted: bool) -> list[str]:
    """The advice is derived: the standard met and the council agreed. A case is opened on it, behind all of the
    same achievement. What was withdrawn is not advised on.
    """
    if page.discontinued:
        return []
    page.advice = "recognise" if page.meets and adopted else "decline"
    return ["AdviceIssued", "CaseOpened", *book.enters(page), "CompetenceDetermined"]
