"""Every service in October: each kind of thing is there, models and dossiers in the states requests meet."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeVar
from uuid import UUID

import msgspec

from dvk.services import SERVICES
from services.evaluation.facts import appraisal_id
from services.recognition.reactions import case_id
from shared.contracts import evaluation, recognition, registration
from shared.contracts.event import Event
from shared.contracts.exemplar import AwardProposed, ReviewOpened
from shared.contracts.recognition import ComplaintLodged, Recognized
from shared.contracts.registration import (
    ModelWithdrawn,
    MovementLaunched,
    RegistrationAccepted,
    RegistrationReturned,
    ReportingSessionScheduled,
    ResultsReported,
    SiteSurveyed,
    WrittenResultsSubmitted,
)
from shared.contracts.running import CoreTeamAssigned, PlanAdopted, ProgressReported
from shared.contracts.values import ModelId, RuleSetId
from shared.host.issuer import User
from shared.host.policy import Role
from shared.host.settings import Settings
from tests.support import evaluating, story
from tests.support.evaluating import Evaluation
from tests.support.examples import example
from tests.support.recorded import World, world
from tests.support.story import MODEL, YEAR

E = TypeVar("E", bound=Event)

BODIES: Final = {
    "cell": story.CELL,
    "committee": story.COMMITTEE,
    "section": story.SECTION,
    "office": story.OFFICE,
    "elsewhere": story.ELSEWHERE,
}
ALL_ROLES: Final = tuple(role for role in Role if role is not Role.PUBLIC)
USERS: Final = (
    *evaluating.USERS,
    *(
        User(user=f"all-of-{name}", subject=f"all-of-{name}", roles=ALL_ROLES, organization=body)
        for name, body in BODIES.items()
    ),
)
"""The users of one role each and, for every body, one who has all roles there."""


def _model(number: int) -> ModelId:
    return ModelId(UUID(f"018f0000-0000-7000-8000-0000000000e{number}"))


_SURVEYED: Final = _model(0)
_SCORED, _POSTED, _ADVISED = _model(1), _model(2), _model(3)
_RUNNING: Final = (RegistrationAccepted, PlanAdopted, CoreTeamAssigned, ProgressReported)
_STATES: Final[dict[ModelId, Sequence[type[Event]]]] = {
    _SCORED: (*_RUNNING, ResultsReported),
    _POSTED: (*_RUNNING, ResultsReported),
    _ADVISED: (*_RUNNING, ResultsReported),
    MODEL: (*_RUNNING, ResultsReported),
    _model(4): (),
    _model(5): _RUNNING,
    _model(6): (*_RUNNING, WrittenResultsSubmitted, ReportingSessionScheduled),
    _model(7): (RegistrationReturned,),
    _model(8): (*_RUNNING, ModelWithdrawn),
}
"""What follows the registration of each model. MODEL gets as far as its ballot."""


async def record_october(folder: Path) -> None:
    """Record it in the SQLite files of `folder`, with all that follows by itself."""
    services = [make(Settings.of({})) for make in SERVICES.values()]
    async with world(folder, services, (), USERS, evaluating.RESULTS_IN) as here:
        played = await Evaluation.of(here)
        for name, body in BODIES.items():
            above = None if body == story.OFFICE else story.OFFICE
            await here.record(
                registration.EVENTS,
                f"organization-{body}",
                story.created(body, f"Đơn vị {name}"),
                story.line(body, "party", above),
            )
        rule_set = RuleSetId(UUID(await played.adopt_rules()))
        await played.adopt_criteria()
        await played.assign_competence()
        launched = msgspec.structs.replace(
            _example(MovementLaunched),
            movement_id=story.MOVEMENT,
            first_year=YEAR,
            launching_body=story.OFFICE,
            rule_set=rule_set,
            rule_set_version=1,
        )
        stream = f"movement-{story.MOVEMENT}"
        await here.record(registration.EVENTS, stream, launched, story.CALENDAR)
        await _record_models(played, rule_set)
        await _play_dossiers(played)
        await here.until(here.is_ready)
        await _record_recognition(here)
        await here.until(here.is_ready)


async def _record_recognition(here: World) -> None:
    """The advised model is recognised, with a complaint about it; a review is open, an award proposed."""
    case = case_id(_ADVISED, YEAR)
    review = msgspec.structs.replace(
        _example(ReviewOpened), movement=story.MOVEMENT, opened_by=story.OFFICE
    )
    await here.record(recognition.EVENTS, f"review-{review.review_id}", review)
    about = {"case_id": case, "model": _ADVISED}
    recognized = msgspec.structs.replace(
        _example(Recognized), **about, decided_by=story.COMMITTEE, committee=story.COMMITTEE
    )
    complaint = msgspec.structs.replace(_example(ComplaintLodged), **about)
    await here.record(recognition.EVENTS, f"case-{case}", recognized, complaint)
    award = msgspec.structs.replace(_example(AwardProposed), **about, proposed_by=story.COMMITTEE)
    await here.record(recognition.EVENTS, f"award-{award.award_id}", award)


async def _record_models(played: Evaluation, rule_set: RuleSetId) -> None:
    surveyed = msgspec.structs.replace(
        _example(SiteSurveyed), model_id=_SURVEYED, surveyed_by=story.CELL
    )
    await played.here.record(registration.EVENTS, f"model-{_SURVEYED}", surveyed)
    for model, steps in _STATES.items():
        registered = msgspec.structs.replace(story.registered(model), rule_set=rule_set)
        events = [msgspec.structs.replace(_example(step), model_id=model) for step in steps]
        await played.here.record(registration.EVENTS, f"model-{model}", registered, *events)


async def _play_dossiers(played: Evaluation) -> None:
    """One dossier with its scores open, one posted with an opinion, one advised, one at its ballot."""
    here = played.here
    posted, ballot = _dossier(_POSTED), _dossier(MODEL)
    await played.appraisal(one=_dossier(_SCORED))
    for one in (posted, ballot):
        await played.appraisal(one=one)
        await played.appraise(one=one)
    advised = appraisal_id(_ADVISED, YEAR)
    await played.appraisal(one=_dossier(_ADVISED))
    advice = story.advice_issued(model=_ADVISED, appraisal=advised)
    await here.record(evaluation.EVENTS, f"appraisal-{advised}", advice)
    here.clock.pin(evaluating.POSTED)
    where = {"where": "Nhà văn hóa bản"}
    await played.ok(f"{ballot}/posting", where, user="appraiser")
    here.clock.pin(evaluating.AFTER_POSTING)
    await played.ok(f"{ballot}/posting/closure", user="appraiser")
    await played.ballot()
    await played.ok(f"{posted}/posting", where, user="appraiser")
    opinions = f"/evaluation/postings/{appraisal_id(_POSTED, YEAR)}/opinions"
    await played.ok(opinions, evaluating.CITIZEN, user="registrant")


def _dossier(model: ModelId) -> str:
    return f"/evaluation/appraisals/{appraisal_id(model, YEAR)}"


def _example(kind: type[E]) -> E:
    made = example(kind)
    assert isinstance(made, kind)
    return made
