"""Between registering and the committee's answer: joint holders agree, a supplement is asked for and supplied."""

from tests.support.country import BODIES
from tests.support.rulebook.book import COMMITTEE, Book, Json, Page, Try, identity, who
from tests.support.rulebook.building import breaks_of, by_holders, by_officer, on, sets

SUPPLEMENTS_MAX = 1


def consents(_: Book, page: Page, n: int) -> Try | None:
    """Mostly one that has not agreed; at times one that has, the leading holder, or a stranger."""
    waiting = [one for one in page.joint if one not in page.agreed]
    body = waiting[0] if waiting and n % 5 else [*page.holders, "front"][n % (len(page.joint) + 2)]
    named, again = body in page.joint, body in page.agreed
    breaks = breaks_of(
        page,
        (not named, "not-a-joint-holder"),
        (
            not again and page.stage not in ("registered", "supplementing"),
            "registration-not-pending",
        ),
    )

    def happens(_: Json) -> list[str]:
        page.agreed.add(body)
        return [] if again else ["JointHolderConsented"]

    places = [("officer", COMMITTEE), *([("registrant", body)] if named else [])]
    may = who(*places) if page.registered else frozenset()
    return Try(on(page, "joint-consents"), {"holder": identity(body)}, may, breaks, happens)


def asks_supplement(_: Book, page: Page, __: int) -> Try:
    awaited = page.stage == "supplementing"
    breaks = breaks_of(
        page,
        (awaited, "supplement-awaited"),
        (page.stage not in ("registered", "supplementing"), "registration-not-pending"),
        (not awaited and page.supplements >= SUPPLEMENTS_MAX, "supplements-used-up"),
    )
    happens = sets(
        page,
        ["SupplementRequested"],
        stage="supplementing",
        supplements=page.supplements + 1,
    )
    form = {"missing": "Nguồn lực.", "reasons": "Chưa rõ nguồn lực."}
    return Try(on(page, "supplement-request"), form, by_officer(page), breaks, happens)


def supplies(_: Book, page: Page, n: int) -> Try:
    """With an item that reads otherwise now, or with an answer alone. What changed is compared and agreed to anew."""
    form: Json = {"answer": f"Nhân dân góp công, {n}."}
    if n % 2:
        form["changes"] = {"basis": f"Nghị quyết của {BODIES[page.holder].name}, {n}."}
    breaks = breaks_of(page, (page.stage != "supplementing", "supplement-not-asked"))

    def happens(_: Json) -> list[str]:
        page.stage = "registered"
        if "changes" not in form:
            return ["SupplementSupplied"]
        page.agreed, page.alike = set(), set()
        return ["SupplementSupplied", "ModelRegistered"]

    return Try(on(page, "supplement"), form, by_holders(page), breaks, happens)
