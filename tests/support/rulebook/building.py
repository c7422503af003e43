"""January to September: who may survey, register, build and report, and what the rules say to it."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Final

from tests.support.country import BODIES, YEAR
from tests.support.rulebook.book import (
    COMMITTEE,
    LAUNCHING,
    REGISTERING,
    Book,
    Json,
    Page,
    Try,
    identity,
    nothing,
    who,
)

FROM_PAPER: Final = frozenset(
    {
        *("registers", "registers_unsurveyed", "plans", "revises", "assigns_team", "progresses"),
        *("raises_difficulty", "resolves_difficulty", "suspends", "resumes", "ends", "withdraws"),
        *("submits_results", "consents", "supplies"),
    }
)
"""What a committee's officer enters from the holder's paper alone, a consent from that of who agrees."""
Attempt = Callable[[Book, Page, int], Try | None]
TARGET: Final = "Hộ dân tham gia"
FLOOD: Final = "Mưa lũ cuối tháng 9."


def on(page: Page, what: str) -> str:
    return f"/registration/models/{page.id}/{what}"


def by_holders(page: Page) -> frozenset[str]:
    """Who enters for the holder: nobody for what is not registered."""
    if not page.registered:
        return frozenset()
    return who(*(("registrant", one) for one in page.holders), ("officer", COMMITTEE))


def by_officer(page: Page) -> frozenset[str]:
    return who(("officer", COMMITTEE)) if page.registered else frozenset()


def _clerk(page: Page) -> frozenset[str]:
    return who(("clerk", LAUNCHING)) if page.registered else frozenset()


def breaks_of(page: Page, *rules: tuple[bool, str], accepted: bool = False) -> frozenset[str]:
    """The rules that are broken: those given, and that nothing happens to what is no more."""
    always = [
        (page.stage == "withdrawn", "model-withdrawn"),
        (page.stage == "ended", "model-ended"),
        (
            accepted and page.stage in ("registered", "supplementing", "returned"),
            "registration-not-accepted",
        ),
    ]
    return frozenset(code for broken, code in (*always, *rules) if broken)


def sets(page: Page, events: Iterable[str] = (), **changed: object) -> Callable[[Json], list[str]]:
    def happens(_: Json) -> list[str]:
        for name, value in changed.items():
            setattr(page, name, value)
        return list(events)

    return happens


# --- choosing and registering (III.1.1) ---------------------------------------------------------


def surveys(book: Book, page: Page, _: int) -> Try | None:
    if page.id:
        return None
    form = {
        "surveyed_by": identity(page.holder),
        "surveyed_on": book.today.isoformat(),
        "place": "Bản Cửa Rào",
        "situation": "Đường lầy lội.",
        "advantages": "Dân đồng tình.",
        "difficulties": "Thiếu kinh phí.",
    }

    def happens(answer: Json) -> list[str]:
        page.id = answer["id"]
        return ["SiteSurveyed"]

    may = who(("registrant", page.holder), ("officer", page.holder))
    return Try("/registration/models", form, may, frozenset(), happens)


def _registration(book: Book, page: Page) -> Json:
    return {
        "movement": book.movement,
        "year": YEAR,
        "aim": page.aim,
        "name": page.name,
        "address": "Bản Cửa Rào",
        "field": "economy",
        "content": f"{page.name}, {page.number}: vận động từng hộ.",
        "basis": "Nguyện vọng của nhân dân.",
        "holder_kind": "collective",
        "holder": identity(page.holder),
        "holder_name": BODIES[page.holder].name,
        "category": BODIES[page.holder].category,
        "joint_holders": [
            {"organization": identity(one), "name": BODIES[one].name} for one in page.joint
        ],
        "committee": identity(COMMITTEE),
        "deciding_body": identity(page.decides),
    }


def registers(book: Book, page: Page, n: int) -> Try:
    form = _registration(book, page)
    foreign, unlisted = n % 17 == 1, n % 17 == 2
    if foreign:
        form["committee"] = identity("neighbour")
    if unlisted:
        form["category"] = "I.1.1-9"
    breaks = breaks_of(
        page,
        (page.stage not in ("surveyed", "returned"), "model-already-registered"),
        (not REGISTERING[0] <= book.today <= REGISTERING[1], "registration-closed"),
        (foreign, "committee-not-of-holder"),
        (unlisted, "category-not-listed"),
        (book.has_no_place_for(page), "quota-full"),
    )
    committees = {"neighbour"} if foreign else {COMMITTEE}
    if page.registered:
        committees &= {COMMITTEE}
    may = who(("registrant", page.holder), *(("officer", one) for one in committees))
    first = not page.registered

    def happens(_: Json) -> list[str]:
        page.stage, page.supplements, page.agreed = "registered", 0, set()
        page.alike = book.alike(page)
        found = ["SimilarityFound"] * len(page.alike)
        return ["ModelRegistered", *found, *(["QuotaPlaceTaken"] if first else [])]

    return Try(on(page, "registration"), form, may, breaks, happens)


def registers_unsurveyed(book: Book, page: Page, _: int) -> Try:
    closed = not REGISTERING[0] <= book.today <= REGISTERING[1]
    breaks = {"survey-missing", *(("registration-closed",) if closed else ())}
    may = who(("registrant", page.holder), ("officer", COMMITTEE))
    form = _registration(book, page)
    return Try("/registration/registrations", form, may, frozenset(breaks), nothing)


def numbers(_: Book, page: Page, n: int) -> Try:
    number = f"{page.number:03d}/{YEAR}" if n % 9 else f"{n}/{YEAR}"
    known = page.register_number
    breaks = breaks_of(page, (known not in (None, number), "register-number-differs"))
    events = ["LaunchingBodyRegistrationRecorded"] if known is None else []
    happens = sets(page, events, register_number=number)
    form = {"register_number": number}
    return Try(on(page, "register-number"), form, _clerk(page), breaks, happens)


def accepts(book: Book, page: Page, n: int) -> Try:
    fresh = book.alike(page) - page.alike if page.stage == "registered" else set[int]()
    form = {"reason": "Đã đối chiếu: là việc khác."} if n % 5 else {}
    breaks = breaks_of(
        page,
        (page.stage == "supplementing", "supplement-awaited"),
        (page.stage not in ("registered", "supplementing"), "registration-not-pending"),
        (page.stage == "registered" and page.agreed != {*page.joint}, "joint-consent-missing"),
        (bool(fresh | page.alike) and not form, "similarity-unanswered"),
    )

    def happens(_: Json) -> list[str]:
        page.stage = "accepted"
        page.alike |= fresh
        return [*["SimilarityFound"] * len(fresh), "RegistrationAccepted"]

    return Try(on(page, "acceptance"), form, by_officer(page), breaks, happens)


def returns(_: Book, page: Page, __: int) -> Try:
    pending = page.stage in ("registered", "supplementing")
    breaks = breaks_of(page, (not pending, "registration-not-pending"))
    happens = sets(page, ["RegistrationReturned"], stage="returned", agreed=set())
    form = {"reasons": "Chưa rõ nguồn lực."}
    return Try(on(page, "return"), form, by_officer(page), breaks, happens)


# --- building (III.1.2) -------------------------------------------------------------------------


def _plan(goal: int) -> Json:
    return {
        "targets": [{"name": TARGET, "unit": "hộ", "goal": str(goal)}],
        "measures": "Vận động từng hộ.",
        "milestones": [],
        "resources": "Nhân dân góp công.",
        "starts_on": f"{YEAR}-02-10",
        "ends_on": f"{YEAR}-12-15",
    }


def plans(_: Book, page: Page, n: int) -> Try:
    goal, empty = 60 + n % 2, n % 13 == 1
    form = _plan(goal)
    if empty:
        form["targets"] = []
    same = page.plan == 1 and page.goal == goal
    breaks = breaks_of(
        page,
        (page.suspended, "model-suspended"),
        (page.results, "results-already-in"),
        (empty, "plan-without-targets"),
        (page.plan > 0 and not same, "plan-already-adopted"),
        accepted=True,
    )
    happens = nothing if same else sets(page, ["PlanAdopted"], plan=1, goal=goal, stage="running")
    return Try(on(page, "plan"), form, by_holders(page), breaks, happens)


def revises(_: Book, page: Page, n: int) -> Try:
    goal = 60 + n % 4
    breaks = breaks_of(
        page,
        (page.suspended, "model-suspended"),
        (page.results, "results-already-in"),
        (not page.plan, "model-not-running"),
        accepted=True,
    )
    changed = sets(page, ["PlanRevised"], plan=page.plan + 1, goal=goal)
    happens = nothing if goal == page.goal else changed
    form = _plan(goal) | {"reason": "Thêm hộ tham gia."}
    return Try(on(page, "plan/revisions"), form, by_holders(page), breaks, happens)


def assigns_team(_: Book, page: Page, __: int) -> Try:
    team = [{"person": "Người nòng cốt (mẫu)", "role": "Trưởng nhóm", "group": "Tổ dân vận"}]
    breaks = breaks_of(page, (page.team, "core-team-already-assigned"), accepted=True)
    happens = sets(page, ["CoreTeamAssigned"], team=True)
    return Try(on(page, "core-team"), {"members": team}, by_holders(page), breaks, happens)


def progresses(book: Book, page: Page, n: int) -> Try:
    strange, ahead = n % 11 == 1, n % 11 == 2
    until = book.today + timedelta(days=int(ahead))
    form = {
        "until": until.isoformat(),
        "narrative": f"Theo kế hoạch, {n}.",
        "figures": [{"target": "Chỉ tiêu lạ" if strange else TARGET, "value": "30"}],
    }
    breaks = breaks_of(
        page,
        (page.suspended, "model-suspended"),
        (not page.plan, "model-not-running"),
        (strange and page.plan > 0, "figure-without-target"),
        (ahead, "report-in-future"),
        accepted=True,
    )
    happens = sets(page, ["ProgressReported"])
    return Try(on(page, "progress"), form, by_holders(page), breaks, happens)


def praises(_: Book, page: Page, n: int) -> Try:
    may = by_officer(page) | _clerk(page)
    form = {"reasons": f"Làm tốt, {n}."}
    breaks = breaks_of(page, accepted=True)
    return Try(on(page, "praises"), form, may, breaks, sets(page, ["ModelPraised"]))


def raises_difficulty(_: Book, page: Page, n: int) -> Try:
    def looked(seen: Json) -> None:
        for one in seen["difficulties"]:
            page.difficulties.setdefault(one["raised"]["difficulty_id"], "")

    look = (on(page, "support"), f"officer-of-{COMMITTEE}", looked)
    happens = sets(page, ["DifficultyRaised"])
    form = {"description": f"Thiếu cây giống, {n}."}
    breaks = breaks_of(page, accepted=True)
    return Try(on(page, "difficulties"), form, by_holders(page), breaks, happens, look)


def resolves_difficulty(_: Book, page: Page, n: int) -> Try | None:
    if not page.difficulties:
        return None
    one = sorted(page.difficulties)[n % len(page.difficulties)]
    resolution, known = f"Đã có cây, {n}.", page.difficulties[one]
    breaks = breaks_of(page, (known not in ("", resolution), "difficulty-resolved"), accepted=True)

    def happens(_: Json) -> list[str]:
        page.difficulties[one] = resolution
        return [] if known else ["DifficultyResolved"]

    form = {"resolution": resolution}
    path = on(page, f"difficulties/{one}/resolution")
    return Try(path, form, by_holders(page), breaks, happens)


def suspends(_: Book, page: Page, __: int) -> Try:
    breaks = breaks_of(page, (not page.plan, "model-not-running"), accepted=True)
    suspended = sets(page, ["ModelSuspended"], suspended=True)
    happens = nothing if page.suspended else suspended
    return Try(on(page, "suspension"), {"reason": "Mùa lũ."}, by_holders(page), breaks, happens)


def resumes(_: Book, page: Page, __: int) -> Try:
    breaks = breaks_of(page, accepted=True)
    happens = sets(page, ["ModelResumed"], suspended=False) if page.suspended else nothing
    return Try(on(page, "resumption"), {"reason": "Hết lũ."}, by_holders(page), breaks, happens)


def ends(book: Book, page: Page, n: int) -> Try:
    ended_on = book.today + timedelta(days=int(n % 5 == 1))
    ahead = ended_on > book.today and page.stage != "ended"
    breaks = breaks_of(page, (ahead, "model-end-in-future"), accepted=True) - {"model-ended"}
    happens = nothing if page.stage == "ended" else sets(page, ["ModelEnded"], stage="ended")
    form = {"ended_on": ended_on.isoformat(), "reason": "Đã xong việc."}
    return Try(on(page, "end"), form, by_holders(page), breaks, happens)


def withdraws(book: Book, page: Page, __: int) -> Try:
    breaks = breaks_of(page) - {"model-withdrawn"}

    def happens(_: Json) -> list[str]:
        if page.stage == "withdrawn":
            return []
        page.stage = "withdrawn"
        events = ["ModelWithdrawn", "QuotaPlaceFreed"]
        if page.appraisal and page.advice is None and not page.discontinued:
            page.discontinued = True
            events.append("AppraisalDiscontinued")
        if page in book.advised and page.decision is None and not page.case_discontinued:
            page.case_discontinued = True
            events.append("CaseDiscontinued")
        return events

    form = {"reason": "Chuyển nhiệm vụ."}
    return Try(on(page, "withdrawal"), form, by_holders(page), breaks, happens)


# --- reporting (III.2.1b) -----------------------------------------------------------------------


def extends(book: Book, page: Page, n: int) -> Try:
    due = date(YEAR, 9, 25) + timedelta(days=n % 20)
    reason = "Bão số 5."
    same = page.extended_for == reason and page.due == due
    breaks = breaks_of(
        page,
        (page.results and not same, "results-already-in"),
        (book.today >= page.due and not same, "extension-after-deadline"),
        (due <= page.due and not same, "extension-not-later"),
        accepted=True,
    )
    granted = sets(page, ["ExtensionGranted"], due=due, extended_for=reason)
    form = {"due_before": due.isoformat(), "reason": reason}
    happens = nothing if same else granted
    return Try(on(page, "extensions"), form, by_officer(page), breaks, happens)


def calls_session(book: Book, page: Page, n: int) -> Try:
    held_on = book.today + timedelta(days=n % 12)
    breaks = breaks_of(
        page,
        (page.suspended, "model-suspended"),
        (not page.plan, "model-not-running"),
        (page.held, "session-already-held"),
        (held_on >= page.due and not page.missed, "session-after-due-date"),
        accepted=True,
    )
    same = page.session == held_on
    happens = nothing if same else sets(page, ["ReportingSessionScheduled"], session=held_on)
    form = {"held_on": held_on.isoformat(), "place": "Hội trường xã"}
    return Try(on(page, "session"), form, by_officer(page), breaks, happens)


def submits_results(book: Book, page: Page, n: int) -> Try:
    late, reason = book.today >= page.due, n % 4 != 1
    form: Json = {"summary": "Đạt.", "figures": [{"target": TARGET, "value": "65"}]}
    if reason:
        form["reason"] = FLOOD
    breaks = breaks_of(
        page,
        (page.suspended, "model-suspended"),
        (not page.plan, "model-not-running"),
        (page.results, "results-already-in"),
        (late and not reason, "late-without-reason"),
        accepted=True,
    )

    def happens(_: Json) -> list[str]:
        page.results, page.late = True, late
        events = ["WrittenResultsSubmitted", *(["LatenessRecorded"] if late else [])]
        if page.missed and page.counts and page.stage == "running":
            events += book.is_reported(page)
        return events

    return Try(on(page, "results"), form, by_holders(page), breaks, happens)


def accepts_late(book: Book, page: Page, __: int) -> Try:
    breaks = breaks_of(page, (page.registered and not page.late, "no-late-report"))

    def happens(_: Json) -> list[str]:
        if page.late_accepted:
            return []
        page.late_accepted = True
        events = ["LateReportAccepted"]
        if page.stage == "running" and (page.held or page.missed):
            events += book.is_reported(page)
        return events

    form = {"reason": "Do thiên tai."}
    return Try(on(page, "late-acceptance"), form, by_officer(page), breaks, happens)


def holds_session(book: Book, page: Page, __: int) -> Try:
    early = page.session is not None and book.today < page.session
    breaks = breaks_of(
        page,
        (page.suspended, "model-suspended"),
        (not page.plan, "model-not-running"),
        (page.session is None, "session-not-scheduled"),
        (page.held, "session-already-held"),
        (not page.results, "results-missing"),
        (early, "session-not-yet"),
        accepted=True,
    )

    def happens(_: Json) -> list[str]:
        page.held = True
        reported = book.is_reported(page) if page.counts and page.stage == "running" else ()
        return ["ReportingSessionHeld", *reported]

    form = {"minutes": "Biên bản số 5"}
    return Try(on(page, "session/minutes"), form, by_officer(page), breaks, happens)
