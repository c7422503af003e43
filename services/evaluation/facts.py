"""Gathers what evaluation's rules need to know of other aggregates, with the events to cite."""

from collections.abc import Mapping
from typing import Any, Final, Literal, Protocol, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.evaluation.domain.appraisal_state import Appraisal
from services.evaluation.domain.ballot import AppraisalFacts, BallotRules
from services.evaluation.domain.criteria import CRITERIA, criteria_for
from services.evaluation.domain.ruleset import RULE_SET
from services.evaluation.domain.scoring import OpenAppraisal, Standard
from services.evaluation.readmodel import (
    appraisals,
    models,
    reported,
    rule_sets,
)
from services.evaluation.successors import criteria_of, deciding_on, standing_for
from shared.contracts.appraisal import AppraisalOpened
from shared.contracts.evaluation import RuleSettings
from shared.contracts.values import AppraisalId, BallotId, ModelId, OrganizationId, RuleSetId
from shared.domain.decider import Decider
from shared.domain.time import Instant, legal_date
from shared.host.ids import derive_id
from shared.host.service import Loaded, NotFoundError

S = TypeVar("S")

Missing = Literal["model-not-known", "rule-set-not-known", "no-adviser", "no-criteria"]
Reason = Literal[Missing, "opens-shortly"]

SENTENCES: Final[dict[Reason, tuple[str, str]]] = {
    "model-not-known": (
        "Chưa nhận được đăng ký của mô hình này.",
        "The model's registration has not arrived here.",
    ),
    "rule-set-not-known": (
        "Chưa có phiên bản quy định ghi trong đăng ký.",
        "The rule-set version named in the registration does not exist here.",
    ),
    "no-adviser": (
        "Cơ quan quyết định hoặc cơ quan kế thừa chưa có đơn vị tham mưu: hãy giao thẩm quyền kèm đơn vị.",
        "The deciding body or its successor has no advising unit yet: assign its competence with the unit.",
    ),
    "no-criteria": (
        "Cơ quan quyết định và cơ quan phát động chưa ban hành bộ tiêu chí có hiệu lực.",
        "Neither the deciding nor the launching body has adopted criteria that are in force.",
    ),
    "opens-shortly": (
        "Đã đủ điều kiện, hồ sơ đang được mở.",
        "Everything is there; the appraisal is being opened.",
    ),
}
"""Why an appraisal is not open yet, in Vietnamese and English."""


class Loading(Protocol):
    """Folds aggregates: commands, reactions and reads can all do it."""

    async def load(self, decider: Decider[S, Any, Any], aggregate_id: UUID | str) -> Loaded[S]:
        """See Work.load."""
        ...


class Opening(msgspec.Struct, frozen=True):
    """The command that opens an appraisal and the events it rests on."""

    command: OpenAppraisal
    cites: tuple[UUID, ...]


def appraisal_id(model: ModelId, year: int) -> AppraisalId:
    """The one appraisal of a model's year."""
    return AppraisalId(derive_id(model, "appraisal", str(year)))


def ballot_id(appraisal: AppraisalId, round_number: int) -> BallotId:
    """The one ballot of an appraisal in a round, so that no two can be open side by side."""
    return BallotId(derive_id(appraisal, "ballot", str(round_number)))


def rule_set_name(dossier: AppraisalOpened) -> str:
    """How metadata names the rule-set version."""
    return f"{dossier.rule_set}/{dossier.rule_set_version}"


async def rules_of(
    source: Loading, rule_set: RuleSetId, version: int
) -> tuple[RuleSettings, tuple[UUID, ...]]:
    """The settings a dossier is stamped with. Raises NotFoundError."""
    loaded = await source.load(RULE_SET, rule_set)
    adopted = loaded.state.version(version)
    if adopted is None:
        raise NotFoundError("rule set")
    return adopted.settings, _cited(loaded)


async def standard_of(
    source: Loading, dossier: AppraisalOpened
) -> tuple[Standard, tuple[UUID, ...]]:
    """The criteria a dossier is stamped with. Raises NotFoundError."""
    loaded = await source.load(CRITERIA, dossier.criteria_set)
    adopted = loaded.state.version(dossier.criteria_set_version)
    if adopted is None:
        raise NotFoundError("criteria set")
    criteria = criteria_for(adopted.criteria, dossier.field, dossier.committee)
    standard = Standard(criteria=criteria, points_required=adopted.points_required)
    return standard, _cited(loaded)


def _cited(loaded: Loaded[S]) -> tuple[UUID, ...]:
    return () if loaded.event_id is None else (loaded.event_id,)


def ballot_facts(
    state: Appraisal,
    dossier: AppraisalOpened,
    settings: RuleSettings,
    standing: Mapping[str, OrganizationId],
) -> tuple[AppraisalFacts, BallotRules]:
    """What a ballot on an appraisal rests on. `standing` says who holds the dossier's duties today."""
    posted = settings.posting_working_days.value == 0 or state.posting_closed is not None
    about = AppraisalFacts(
        appraisal_id=dossier.appraisal_id,
        model=dossier.model,
        appraising_unit=standing["appraising_unit"],
        deciding_body=standing["deciding_body"],
        ready=state.appraised is not None and posted,
        discontinued=state.discontinued is not None,
        rule_set=dossier.rule_set,
        rule_set_version=dossier.rule_set_version,
    )
    rules = BallotRules(
        mode=settings.ballot_mode.value,
        quorum=settings.quorum.value,
        threshold=settings.threshold.value,
        threshold_denominator=settings.threshold_denominator.value,
        tie_rule=settings.tie_rule.value,
        repeats_max=settings.ballot_repeats_max.value,
        makeup=settings.council.value,
    )
    return about, rules


# --- opening appraisals ------------------------------------------------------------------------


class Reported(msgspec.Struct, frozen=True):
    """A model's year whose results are in."""

    model_id: ModelId
    year: int


UNOPENED: Final[Select[*tuple[object, ...]]] = (
    select(reported.c.model_id, reported.c.year)
    .outerjoin(
        appraisals,
        and_(appraisals.c.model == reported.c.model_id, appraisals.c.year == reported.c.year),
    )
    .outerjoin(models, models.c.model_id == reported.c.model_id)
    .where(appraisals.c.appraisal_id.is_(None), models.c.withdrawn_event.is_(None))
)
"""Models' years whose results are in, that are not withdrawn and not yet appraised."""


async def unopened(
    read: AsyncConnection, limit: int, after: Reported | None = None
) -> list[Reported]:
    """The next of them `after` one, ascending by model and year."""
    statement = UNOPENED.order_by(reported.c.model_id, reported.c.year).limit(limit)
    if after is not None:
        model = str(after.model_id)
        same = and_(reported.c.model_id == model, reported.c.year > after.year)
        statement = statement.where(or_(reported.c.model_id > model, same))
    rows = (await read.execute(statement)).all()
    return msgspec.convert(rows, list[Reported], strict=False, from_attributes=True)


async def reported_years(read: AsyncConnection, model: ModelId) -> list[int]:
    """The years whose results a model reported."""
    statement = select(reported.c.year).where(reported.c.model_id == str(model))
    return sorted((await read.execute(statement)).scalars())


async def opening_of(
    read: AsyncConnection, model: ModelId, year: int, at: Instant
) -> Opening | Missing:
    """How the appraisal of a model's year opens, or why it does not yet.

    It is appraised by the unit that advises its deciding body on that day, under the deciding body's
    latest criteria in force, else the launching body's.
    """
    on = legal_date(at)
    row = (
        await read.execute(
            select(models, reported.c.event_id.label("reported_event"))
            .join(reported, and_(reported.c.model_id == models.c.model_id, reported.c.year == year))
            .where(models.c.model_id == str(model))
        )
    ).one_or_none()
    if row is None:
        return "model-not-known"
    if not await _rule_set_exists(read, row.rule_set, row.rule_set_version):
        return "rule-set-not-known"
    deciding = await deciding_on(
        read,
        named=OrganizationId(UUID(row.deciding_body)),
        committee=OrganizationId(UUID(row.committee)),
        model=model,
        on=on,
    )
    if deciding is None:
        return "no-adviser"
    launching = OrganizationId(UUID(row.launching_body))
    launched, _ = await standing_for(read, {"launching_body": launching}, model, on)
    criteria = await criteria_of(read, deciding.deciding_body, on) or await criteria_of(
        read, launched["launching_body"], on
    )
    if criteria is None:
        return "no-criteria"
    command = msgspec.convert(
        {
            "appraisal_id": appraisal_id(model, year),
            "model": model,
            "year": year,
            "movement": row.movement,
            "aim": row.aim,
            "holder": row.holder,
            "joint_holders": msgspec.json.decode(row.joint_holders),
            "committee": row.committee,
            "appraising_unit": deciding.appraising_unit,
            "deciding_body": deciding.deciding_body,
            "rule_set": row.rule_set,
            "rule_set_version": row.rule_set_version,
            "criteria_set": criteria.criteria_set_id,
            "criteria_set_version": criteria.version,
            "field": row.field,
            "at": at,
        },
        OpenAppraisal,
    )
    events = dict.fromkeys((row.event_id, row.holder_event, row.reported_event, criteria.event_id))
    return Opening(command, (*(UUID(str(event)) for event in events), *deciding.cites))


async def _rule_set_exists(read: AsyncConnection, rule_set: str, version: int) -> bool:
    statement = select(rule_sets.c.event_id).where(
        rule_sets.c.rule_set_id == rule_set, rule_sets.c.version == version
    )
    return (await read.execute(statement)).one_or_none() is not None


async def withdrawal_of(read: AsyncConnection, model: ModelId) -> tuple[str, UUID] | None:
    """Reason and event of a model's withdrawal."""
    statement = select(models.c.withdrawn_reason, models.c.withdrawn_event).where(
        models.c.model_id == str(model), models.c.withdrawn_event.is_not(None)
    )
    row = (await read.execute(statement)).one_or_none()
    return None if row is None else (row.withdrawn_reason, UUID(row.withdrawn_event))
