"""A model of a former year goes on as a model of its own: who may be continued, and what is carried over (practice:
"continue last year's model"; clause II.5).
"""

from datetime import date
from typing import Final

import msgspec

from services.registration.domain.plan import Plan
from shared.contracts.particulars import Particulars
from shared.contracts.registration import SiteSurveyed
from shared.contracts.running import Milestone, PlanAdopted
from shared.contracts.term import CarriedPlan, ModelContinued
from shared.contracts.values import ModelId
from shared.domain.refusal import Refusal


class Forerunner(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the model that is to be continued. `lives` where it was accepted and not withdrawn; `last_year` is the
    last in which it ran; `plan` the one to carry over, if any.
    """

    model: ModelId
    lives: bool
    first_year: int
    last_year: int
    survey: SiteSurveyed | None
    plan: Plan | None


_PRACTICE: Final = "continue last year's model"

NOT_CONTINUABLE: Final = Refusal(
    "forerunner-not-accepted",
    vi="Mô hình này chưa được cấp ủy chấp nhận hoặc đã rút, nên không tiếp tục được. Hãy đăng ký mô hình mới.",
    en="This model was not accepted, or was withdrawn; it cannot be continued. Register a model anew.",
    practice=_PRACTICE,
)
STILL_IN_TERM: Final = Refusal(
    "forerunner-still-runs",
    vi="Mô hình còn trong thời hạn đến hết năm {last_year}. Hãy tiếp tục vào năm sau đó, hoặc kéo dài thời hạn.",
    en="The model's own term runs until {last_year}. Continue it in a later year, or have its term extended.",
    practice=_PRACTICE,
)
ALREADY_CONTINUED: Final = Refusal(
    "already-continued",
    vi="Mô hình đã được tiếp tục cho năm {year}. Hãy mở đăng ký đó.",
    en="The model has been continued for {year} already. Open that registration.",
    practice=_PRACTICE,
)


def check(forerunner: Forerunner, year: int) -> None:
    """Whether a model may be continued in `year`. Raises RefusedError."""
    if not forerunner.lives:
        raise NOT_CONTINUABLE()
    if year <= forerunner.last_year:
        raise STILL_IN_TERM(last_year=forerunner.last_year)


def surveyed(forerunner: Forerunner, model: ModelId) -> tuple[SiteSurveyed, ...]:
    """The survey of the forerunner's place, with its own date, as the record of the model that continues it."""
    known = forerunner.survey
    return () if known is None else (msgspec.structs.replace(known, model_id=model),)


def continued(forerunner: Forerunner, model: ModelId, year: int) -> ModelContinued:
    """What stands beside the registration."""
    plan, years = forerunner.plan, year - forerunner.first_year
    return ModelContinued(
        model_id=model,
        continues=forerunner.model,
        former_last_year=forerunner.last_year,
        plan=None
        if plan is None
        else CarriedPlan(
            targets=plan.targets,
            measures=plan.measures,
            milestones=tuple(
                Milestone(name=one.name, due_on=_moved(one.due_on, years))
                for one in plan.milestones
            ),
            resources=plan.resources,
            starts_on=_moved(plan.starts_on, years),
            ends_on=_moved(plan.ends_on, years),
        ),
    )


def planned(event: ModelContinued) -> tuple[PlanAdopted, ...]:
    """The plan that is adopted together with the acceptance, if one was carried over (clause III.1.2a)."""
    plan = event.plan
    if plan is None:
        return ()
    return (
        PlanAdopted(
            model_id=event.model_id,
            targets=plan.targets,
            measures=plan.measures,
            milestones=plan.milestones,
            resources=plan.resources,
            starts_on=plan.starts_on,
            ends_on=plan.ends_on,
        ),
    )


def moved(stated: Particulars, years: int) -> Particulars:
    """What a registration states, its time so many years later."""
    return msgspec.structs.replace(
        stated,
        begins_on=None if stated.begins_on is None else _moved(stated.begins_on, years),
        ends_on=None if stated.ends_on is None else _moved(stated.ends_on, years),
    )


def _moved(day: date, years: int) -> date:
    """The same day so many years later; of 29 February the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
