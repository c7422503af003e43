"""The decision and what becomes of it: who may, and what the rules say to it (I.2.2, III.2.1c, III.2.2)."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from shared.host.ids import derive_id
from tests.support.country import YEAR
from tests.support.rulebook.book import (
    COMMITTEE,
    LAUNCHING,
    MONTH,
    Book,
    Json,
    Page,
    Review,
    Try,
    identity,
    place_of,
    who,
)
from tests.support.rulebook.judging import EVERYBODY

PARTS: Final = {
    "committee": "commune",
    "government": "people",
    "front": "front",
    "organisations": "women",
}


def _at(page: Page, what: str) -> str:
    return f"/recognition/cases/{derive_id(UUID(page.id), 'case', str(YEAR))}/{what}"


def _by(page: Page, *places: tuple[str, str]) -> frozenset[str]:
    """Nobody for what no advice opened."""
    return who(*places) if page.advice else frozenset()


def _signer(page: Page) -> frozenset[str]:
    return _by(page, ("signer", page.decides))


def _deciding(page: Page) -> frozenset[str]:
    return _by(page, ("signer", page.decides), ("clerk", page.decides))


def _submitting(page: Page) -> frozenset[str]:
    return _by(page, ("appraiser", page.adviser), ("officer", COMMITTEE))


def _codes(*rules: tuple[bool, str]) -> frozenset[str]:
    return frozenset(code for broken, code in rules if broken)


def _document(page: Page, n: int) -> Json:
    return {
        "decision_number": f"{page.number}.{n}-QĐ",
        "signer_office": "Bí thư",
        "signer_name": "Người Ký Thử",
    }


# --- deciding -----------------------------------------------------------------------------------


def _waits(page: Page) -> list[tuple[bool, str]]:
    return [
        (page.decision is not None, "case-decided"),
        (page.case_discontinued, "case-discontinued"),
    ]


def _decision_rules(book: Book, page: Page, form: Json, follows: str) -> list[tuple[bool, str]]:
    in_month = MONTH[0] <= book.today <= MONTH[1]
    late = page.aim == "model" and not in_month and "outside_month_reason" not in form
    departs = page.advice != follows
    return [
        *_waits(page),
        (not page.competent, "body-not-competent"),
        (departs and "departure_reason" not in form, "departure-reason-missing"),
        (not departs and "departure_reason" in form, "departure-reason-idle"),
        (late, "outside-month"),
    ]


def _reasons(page: Page, n: int, follows: str) -> Json:
    """The reasons as they should be given, mostly; at times forgotten, or too many."""
    reasons: Json = {}
    if (page.advice != follows) != (n % 6 == 1):
        reasons["departure_reason"] = "Nhân dân đồng tình."
    if n % 6 != 2:
        reasons["outside_month_reason"] = "Chờ xác minh."
    return reasons


def recognises(book: Book, page: Page, n: int) -> Try:
    form = _document(page, n) | _reasons(page, n, "recognise")
    earlier = book.before(page) if page in book.advised else []
    before = [one for one in earlier if not one.over_without_recognition]
    rules = [
        *_decision_rules(book, page, form, "recognise"),
        (not page.meets, "ground-standard-missing"),
        (any(one.decision is None for one in before), "achievement-under-consideration"),
        (any(one.decision is not None for one in before), "achievement-recognised"),
        *(_exemplar_rules(page) if page.aim == "exemplar" else []),
    ]

    def happens(_: Json) -> list[str]:
        page.decision, page.reopened = "recognised", False
        departed = page.advice != "recognise"
        return ["Recognized", *(["DecisionDepartedFromAdvice"] if departed else [])]

    return Try(_at(page, "recognition"), form, _signer(page), _codes(*rules), happens)


def _exemplar_rules(page: Page) -> list[tuple[bool, str]]:
    given = page.endorsed
    return [
        (page.review is None, "review-missing"),
        (page.review is not None and page.review.closed, "review-closed"),
        (bool(page.fallen), "basis-fallen"),
        (not all(one.stands for one in page.rests_on), "basis-not-recognised"),
        (False in given.values(), "endorsement-refused"),
        (len(given) < len(PARTS), "endorsement-missing"),
    ]


def declines(book: Book, page: Page, n: int) -> Try:
    form = _document(page, n) | _reasons(page, n, "decline") | {"reasons": "Chưa đủ điều kiện."}
    rules = _decision_rules(book, page, form, "decline")

    def happens(_: Json) -> list[str]:
        page.decision, page.reopened = "declined", False
        departed = page.advice != "decline"
        return ["Declined", *(["DecisionDepartedFromAdvice"] if departed else [])]

    return Try(_at(page, "refusal"), form, _signer(page), _codes(*rules), happens)


# --- after the decision -------------------------------------------------------------------------


def _recognition(page: Page) -> list[tuple[bool, str]]:
    return [
        (page.decision is None, "case-undecided"),
        (page.decision == "declined", "not-recognised"),
        (page.fell, "recognition-revoked"),
    ]


def certifies(_: Book, page: Page, n: int) -> Try:
    rules = [
        *_recognition(page),
        (bool(page.fallen), "recognition-suspended"),
        (page.certificate, "certificate-issued"),
    ]

    def happens(_: Json) -> list[str]:
        page.certificate = True
        return ["CertificateIssued"]

    form = {"certificate_number": f"GCN-{page.number}-{n}"}
    return Try(_at(page, "certificate"), form, _deciding(page), _codes(*rules), happens)


def complains(_: Book, page: Page, n: int) -> Try | None:
    if not page.advice or not page.competent:
        return None

    def looked(seen: Json) -> None:
        for one in seen["complaints"]:
            page.complaints.setdefault(one["complaint_id"], "")

    look = (_at(page, "complaints"), f"clerk-of-{page.decides}", looked)
    form = {"name": "Người Dân Thử", "address": "Bản", "words": f"Ghi sai tên, {n}."}
    breaks = _codes((page.decision is None, "case-undecided"))
    return Try(
        _at(page, "complaints"), form, EVERYBODY, breaks, lambda _: ["ComplaintLodged"], look
    )


def answers_complaint(book: Book, page: Page, n: int) -> Try | None:
    if not page.complaints:
        return None
    one = sorted(page.complaints)[n % len(page.complaints)]
    upheld, forgotten, anew = n % 2 == 0, n % 7 == 1, n % 3 != 1
    form: Json = {"outcome": "upheld" if upheld else "dismissed", "answer": "Đã xem xét."}
    if upheld != forgotten:
        form["remedy"] = "new_decision" if anew else "amendment"
    refused = page.decision == "declined" or page.reopened
    rules = [
        (page.complaints[one] != "", "complaint-answered"),
        (upheld and forgotten, "remedy-missing"),
        (not upheld and forgotten, "remedy-idle"),
        (form.get("remedy") == "new_decision" and not refused, "remedy-for-refusals"),
    ]

    def happens(_: Json) -> list[str]:
        page.complaints[one] = form.get("remedy", "dismissed")
        if page.complaints[one] != "new_decision" or page.decision is None:
            return ["ComplaintAnswered"]
        page.decision, page.reopened = None, True
        events = ["ComplaintAnswered", "CaseReopened", *book.enters(page)]
        if page.stage == "withdrawn":
            page.case_discontinued = True
            events.append("CaseDiscontinued")
        return events

    path = _at(page, f"complaints/{one}/answer")
    return Try(path, form, _signer(page), _codes(*rules), happens)


def amends(_: Book, page: Page, n: int) -> Try:
    form = {
        "amendment_number": f"SĐ-{n}",
        "changes": "Tên chủ thể.",
        "reasons": "Ghi sai.",
        "signer_office": "Bí thư",
        "signer_name": "Người Ký Thử",
    }
    named = sorted(page.complaints)[n % len(page.complaints)] if page.complaints and n % 2 else None
    wrong = named is not None and page.complaints[named] != "amendment"
    if named is not None:
        form["complaint"] = named
    rules = [
        (page.decision is None, "case-undecided"),
        (page.fell, "recognition-revoked"),
        (wrong, "amendment-complaint"),
    ]

    def happens(_: Json) -> list[str]:
        if named is not None:
            page.complaints[named] = "amended"
        return ["DecisionAmended"]

    return Try(_at(page, "amendments"), form, _signer(page), _codes(*rules), happens)


def accuses(book: Book, page: Page, n: int) -> Try:
    ahead = n % 5 == 1
    reported = {
        "ground": "false_achievements",
        "finding": "Khai khống.",
        "concluded_on": (book.today + timedelta(days=int(ahead))).isoformat(),
    }
    rules = [
        *_recognition(page),
        (page.revocation, "revocation-pending"),
        (ahead, "conclusion-ahead"),
    ]

    def happens(_: Json) -> list[str]:
        page.revocation = True
        return ["RevocationProposed"]

    may = _submitting(page) | _deciding(page)
    return Try(_at(page, "revocation"), {"reported": reported}, may, _codes(*rules), happens)


def acquits(_: Book, page: Page, __: int) -> Try:
    rules = [*_recognition(page), (not page.revocation, "no-revocation")]

    def happens(_: Json) -> list[str]:
        page.revocation = False
        return ["RevocationDismissed"]

    form = {"reasons": "Không đủ căn cứ."}
    return Try(_at(page, "revocation/dismissal"), form, _signer(page), _codes(*rules), happens)


def revokes(book: Book, page: Page, n: int) -> Try:
    rules = [*_recognition(page), (not page.revocation, "no-revocation")]

    def happens(_: Json) -> list[str]:
        page.revocation, page.fell = False, True
        fallen = [one for one in book.pages if page in one.rests_on]
        events = ["RecognitionRevoked"]
        for one in fallen:
            if page not in one.fallen and not one.over_without_recognition:
                one.fallen.append(page)
                events.append("DependentRecognitionSuspended")
        return events

    form = _document(page, n) | {"reasons": "Gian dối."}
    path = _at(page, "revocation/decision")
    return Try(path, form, _signer(page), _codes(*rules), happens)


# --- exemplars at a review (III.2.2) ------------------------------------------------------------


def opens_review(book: Book, _: Page, n: int) -> Try:
    by = (LAUNCHING, "union")[n % 2]

    def happens(answer: Json) -> list[str]:
        book.reviews.append(Review(answer["id"], by))
        return ["ReviewOpened"]

    form = {"movement": book.movement, "occasion": "interim", "title": f"Sơ kết, {n}"}
    return Try("/recognition/reviews", form, who(("clerk", by)), frozenset(), happens)


def closes_review(book: Book, _: Page, n: int) -> Try | None:
    if not book.reviews:
        return None
    review = book.reviews[n % len(book.reviews)]

    def happens(_: Json) -> list[str]:
        review.closed = True
        return ["ReviewClosed"]

    path, may = f"/recognition/reviews/{review.id}/closure", who(("clerk", review.by))
    breaks = _codes((review.closed, "review-closed"))
    return Try(path, {"conclusions": "Hoàn thành."}, may, breaks, happens)


def puts_forward(book: Book, page: Page, n: int) -> Try | None:
    models = [one for one in book.advised if one.aim == "model"]
    if not book.reviews or not models:
        return None
    fitting = book.reviews_for(page) if n % 5 else []
    review = (fitting or book.reviews)[n % len(fitting or book.reviews)]
    standing = [one for one in models if one.stands] or models
    basis = [(standing if n % 4 else models)[n % len(standing if n % 4 else models)]]
    rules = [
        *_waits(page),
        (page.aim == "model", "not-an-exemplar"),
        (review.by not in (page.decides, LAUNCHING), "review-elsewhere"),
        (review.closed, "review-closed"),
        (not all(one.stands for one in basis), "basis-not-recognised"),
    ]

    def happens(_: Json) -> list[str]:
        page.review, page.rests_on, page.fallen = review, basis, []
        return ["ExemplarPutForward"]

    form = {"review": review.id, "models": [one.id for one in basis]}
    may = _submitting(page) | _deciding(page)
    return Try(_at(page, "review"), form, may, _codes(*rules), happens)


def endorses(_: Book, page: Page, n: int) -> Try:
    """By the part that is still missing, mostly; at times it refuses, or one of another place speaks."""
    missing = [part for part in PARTS if not page.endorsed.get(part)]
    part = missing[0] if missing and n % 5 else list(PARTS)[n % len(PARTS)]
    body, refused = ("neighbour" if n % 13 == 1 else PARTS[part]), n % 8 == 3
    rules = [
        *_waits(page),
        (page.aim == "model", "not-an-exemplar"),
        (page.review is None, "review-missing"),
        (place_of(body) != place_of(page.holder), "endorser-elsewhere"),
    ]

    def happens(_: Json) -> list[str]:
        page.endorsed[part] = not refused
        return ["EndorsementRefused" if refused else "EndorsementGiven"]

    form: Json = {"part": part, "endorser": identity(body)}
    form |= {"reasons": "Chưa rõ."} if refused else {"document_number": "5-CV"}
    path = _at(page, "endorsements/refusals" if refused else "endorsements")
    may = _by(page, ("signer", body), ("officer", body), ("officer", COMMITTEE))
    return Try(path, form, may, _codes(*rules), happens)


def decides_anew(book: Book, page: Page, n: int) -> Try:
    holds = n % 3 == 1
    rules = [
        *_recognition(page),
        (not page.fallen, "not-suspended"),
        (holds and not any(one.stands for one in page.rests_on), "basis-gone"),
    ]

    def happens(_: Json) -> list[str]:
        page.fallen = []
        page.fell = page.fell or not holds
        return ["DependentRecognitionDecided"]

    form = _document(page, n) | {"holds": holds, "reasons": "Xét lại cơ sở."}
    path = _at(page, "suspension/decision")
    return Try(path, form, _signer(page), _codes(*rules), happens)
