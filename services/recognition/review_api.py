"""The HTTP API of reviews, exemplars and awards (clause III.2.2)."""

from uuid import UUID

from msgspec.structs import asdict

from services.recognition import exemplar_facts, facts, review_queries
from services.recognition.domain.award import (
    AWARD,
    ExemplarStands,
    ProposeAward,
    ProposeAwardForm,
    RecordOutcome,
    RecordOutcomeForm,
)
from services.recognition.domain.case import CASE
from services.recognition.domain.exemplar import (
    DecideAnew,
    DecideAnewForm,
    GiveEndorsement,
    GiveEndorsementForm,
    PutForward,
    PutForwardForm,
    RefuseEndorsement,
    RefuseEndorsementForm,
    WaiveEndorsement,
    WaiveEndorsementForm,
)
from services.recognition.domain.review import (
    REVIEW,
    CloseReview,
    CloseReviewForm,
    OpenReview,
    OpenReviewForm,
)
from services.recognition.loading import acting, case_of, case_state
from services.recognition.queries import NoParameters
from shared.contracts.values import AwardId, OrganizationId, ReviewId
from shared.domain.time import legal_date
from shared.host.ids import derive_id
from shared.host.service import Api, Call, NotFoundError, Outcome, Page
from shared.host.text import fold

# --- reviews ----------------------------------------------------------------------------------

_NOBODY = OrganizationId(UUID(int=0))
"""Whom a caller without an organisation acts for: no row of the policy permits that."""


async def open_review(call: Call[OpenReviewForm]) -> Outcome:
    """Open an interim or final review of the movement, at which exemplars are recognised."""
    launching, cites = await exemplar_facts.launching_body(call.read, call.body.movement)
    review = ReviewId(call.new_id)
    command = OpenReview(
        **asdict(call.body),
        review_id=review,
        opened_by=acting(call, _NOBODY),
        movement_known=launching is not None,
        at=call.now,
    )
    return await call.execute(REVIEW, review, command, cites=cites)


async def close_review(call: Call[CloseReviewForm]) -> Outcome:
    """Close the review with its conclusions; nothing more is recognised at it."""
    review = call.path_id("review_id")
    if (await call.load(REVIEW, review)).state.opened is None:
        raise NotFoundError("review")
    command = CloseReview(**asdict(call.body), at=call.now)
    return await call.execute(REVIEW, review, command)


# --- exemplars --------------------------------------------------------------------------------


async def put_forward(call: Call[PutForwardForm]) -> Outcome:
    """Put an exemplar's case before a review, with the models it rests on."""
    case, opened = await case_of(call)
    found, cites = await exemplar_facts.of(call, call.body.review, call.body.models)
    settings, rules = await facts.settings_of(call.read, opened)
    command = PutForward(
        **asdict(call.body),
        facts=found,
        exemplar_basis=None if settings is None else settings.exemplar_basis.value,
    )
    name = facts.rule_set_name(opened)
    return await call.execute(CASE, case, command, cites=(*cites, *rules), rules=name)


async def give_endorsement(call: Call[GiveEndorsementForm]) -> Outcome:
    """Endorse the exemplar for the committee, government, Front or organisations of its place or unit;
    the committee may enter it from the document.
    """
    case, opened = await case_of(call)
    same, cites = await exemplar_facts.same_place(
        call.read, call.body.endorser, opened.holder, legal_date(call.now)
    )
    command = GiveEndorsement(**asdict(call.body), same_place=same, at=call.now)
    return await call.execute(CASE, case, command, cites=cites)


async def refuse_endorsement(call: Call[RefuseEndorsementForm]) -> Outcome:
    """Refuse to endorse the exemplar, with reasons."""
    case, opened = await case_of(call)
    same, cites = await exemplar_facts.same_place(
        call.read, call.body.endorser, opened.holder, legal_date(call.now)
    )
    command = RefuseEndorsement(**asdict(call.body), same_place=same, at=call.now)
    return await call.execute(CASE, case, command, cites=cites)


async def waive_endorsement(call: Call[WaiveEndorsementForm]) -> Outcome:
    """Record that a part does not apply to the exemplar's place or unit, with the reason."""
    case, _ = await case_of(call)
    command = WaiveEndorsement(**asdict(call.body), at=call.now)
    return await call.execute(CASE, case, command)


async def decide_anew(call: Call[DecideAnewForm]) -> Outcome:
    """Decide a suspended recognition anew: it holds on what is left, or has ended. The signer's name is
    kept apart and can be erased.
    """
    case, state, opened = await case_state(call)
    models = () if state.forward is None else state.forward.rests_on
    basis, cites = await exemplar_facts.basis_of(call, [one.model for one in models])
    settings, rules = await facts.settings_of(call.read, opened)
    terms = asdict(call.body)
    signer = await call.keep("signer", terms.pop("signer_name").encode())
    command = DecideAnew(
        **terms,
        signer=signer,
        at=call.now,
        basis=basis,
        exemplar_basis=None if settings is None else settings.exemplar_basis.value,
    )
    name = facts.rule_set_name(opened)
    return await call.execute(CASE, case, command, cites=(*cites, *rules), rules=name)


# --- awards -----------------------------------------------------------------------------------


async def propose_award(call: Call[ProposeAwardForm]) -> Outcome:
    """Propose an award for a recognised exemplar; each award once."""
    case, state, opened = await case_state(call)
    award = AwardId(derive_id(case, "award", " ".join(fold(call.body.award).split())))
    decision = state.decision
    stands = ExemplarStands(
        case_id=opened.case_id,
        model=opened.model,
        aim=opened.aim,
        holder=opened.holder,
        decided_by=opened.deciding_body if decision is None else decision.decided_by,
        stands=state.stands,
    )
    command = ProposeAward(**asdict(call.body), award_id=award, exemplar=stands, at=call.now)
    last = (await call.load(CASE, case)).event_id
    return await call.execute(AWARD, award, command, cites=() if last is None else (last,))


async def record_outcome(call: Call[RecordOutcomeForm]) -> Outcome:
    """Record what became of an award proposal. It is granted only while its exemplar stands."""
    award = call.path_id("award_id")
    proposed = (await call.load(AWARD, award)).state.proposed
    if proposed is None:
        raise NotFoundError("award")
    exemplar = await call.load(CASE, proposed.case_id)
    command = RecordOutcome(**asdict(call.body), stands=exemplar.state.stands, at=call.now)
    cites = () if exemplar.event_id is None else (exemplar.event_id,)
    return await call.execute(AWARD, award, command, cites=cites)


def routes(api: Api) -> None:
    """Declare every route on reviews, exemplars and awards."""
    _review_routes(api)
    _exemplar_routes(api)
    _award_routes(api)


def _review_routes(api: Api) -> None:
    tag, one = "reviews", "/reviews/{review_id}"
    api.write("/reviews", OpenReviewForm, open_review, command=OpenReview, tag=tag, creates=True)
    api.write(f"{one}/closure", CloseReviewForm, close_review, command=CloseReview, tag=tag)
    api.read(
        "/reviews",
        review_queries.ListReviews,
        review_queries.list_reviews,
        answer=Page[review_queries.ReviewRow],
        tag=tag,
        public=True,
    )
    api.read(
        one,
        NoParameters,
        review_queries.get_review,
        answer=review_queries.ReviewView,
        tag=tag,
        public=True,
    )


def _exemplar_routes(api: Api) -> None:
    tag, one = "exemplars", "/cases/{case_id}"
    api.write(f"{one}/review", PutForwardForm, put_forward, command=PutForward, tag=tag)
    endorsing = f"{one}/endorsements"
    api.write(endorsing, GiveEndorsementForm, give_endorsement, command=GiveEndorsement, tag=tag)
    api.write(
        f"{endorsing}/refusals",
        RefuseEndorsementForm,
        refuse_endorsement,
        command=RefuseEndorsement,
        tag=tag,
    )
    api.write(
        f"{endorsing}/waivers",
        WaiveEndorsementForm,
        waive_endorsement,
        command=WaiveEndorsement,
        tag=tag,
    )
    api.write(
        f"{one}/suspension/decision", DecideAnewForm, decide_anew, command=DecideAnew, tag=tag
    )


def _award_routes(api: Api) -> None:
    tag, one = "awards", "/awards/{award_id}"
    api.write(
        "/cases/{case_id}/awards", ProposeAwardForm, propose_award, command=ProposeAward, tag=tag
    )
    api.write(f"{one}/outcome", RecordOutcomeForm, record_outcome, command=RecordOutcome, tag=tag)
    api.read(
        "/awards",
        review_queries.ListAwards,
        review_queries.list_awards,
        answer=Page[review_queries.AwardRow],
        tag=tag,
        public=True,
    )
    api.read(
        one,
        NoParameters,
        review_queries.get_award,
        answer=review_queries.AwardView,
        tag=tag,
        public=True,
    )
