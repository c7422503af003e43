"""Gathers what adopting a rule set or criteria rests on: what the body has, and what it builds on."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, FromClause, Row, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.evaluation.domain.criteria import (
    CRITERIA,
    CriteriaFacts,
    CriteriaVersionForm,
    ParentStandard,
    points_total,
)
from services.evaluation.domain.criteria import as_adopted as criteria_as_adopted
from services.evaluation.domain.inheritance import ParentRules
from services.evaluation.domain.ruleset import (
    RULE_SET,
    RuleSetFacts,
    RuleSetVersionForm,
    as_adopted,
)
from services.evaluation.readmodel import competences, criteria_sets, feedbacks, rule_sets
from shared.contracts.adopted import AdoptedVersion, ends_on, in_force
from shared.contracts.evaluation import CriteriaSetVersion, RuleSetVersion
from shared.contracts.values import Line, OrganizationId
from shared.host.service import Work

VERSIONS_MAX: Final = 300
"""Versions a body may have that are looked at, the latest effective first; a year has one or two."""

COMMISSIONS_MAX: Final = 20
"""Bodies that ever held the province's competence (clause I.2.2a)."""

Cites = tuple[UUID, ...]


async def for_rule_set(
    work: Work, adopted_by: OrganizationId, own: UUID | None, form: RuleSetVersionForm
) -> tuple[RuleSetFacts, Cites]:
    """What a version of the rule set `own` rests on; None is a new one."""
    parent = form.parent
    others, cites = await _others(work.read, rule_sets, adopted_by, own)
    parent_rules, cited = await _parent_rules(work, parent)
    provinces, offered = None, Cites()
    if parent is None:
        provinces, offered = await _provinces(work.read, adopted_by, form.effective_on)
    raised, raising = await _feedbacks(work.read, form.answers)
    known = RuleSetFacts(
        others=others, parent_rules=parent_rules, provinces=provinces, feedbacks=raised
    )
    return known, (*cites, *cited, *offered, *raising)


async def for_criteria(
    work: Work, adopted_by: OrganizationId, own: UUID | None, form: CriteriaVersionForm
) -> tuple[CriteriaFacts, Cites]:
    """What a version of the criteria `own` rests on; None is a new set."""
    others, cites = await _others(work.read, criteria_sets, adopted_by, own)
    standard, cited = await _parent_standard(work, form.parent)
    raised, raising = await _feedbacks(work.read, form.answers)
    known = CriteriaFacts(others=others, parent_standard=standard, feedbacks=raised)
    return known, (*cites, *cited, *raising)


async def adopted_versions(
    read: AsyncConnection, table: Table, bodies: Sequence[OrganizationId | str]
) -> dict[str, list[tuple[AdoptedVersion, Row[Any]]]]:
    """Every version each of these bodies adopted, with its row."""
    statement = (
        select(table)
        .where(table.c.adopted_by.in_([str(body) for body in bodies]))
        .order_by(table.c.effective_on.desc(), table.c.position.desc())
        .limit(VERSIONS_MAX * len(bodies))
    )
    found: dict[str, list[tuple[AdoptedVersion, Row[Any]]]] = {}
    for row in (await read.execute(statement)).all():
        found.setdefault(row.adopted_by, []).append((version_of(row), row))
    return found


async def held_by(
    read: AsyncConnection, table: Table, body: OrganizationId | str, on: date
) -> Row[Any] | None:
    """The row of the version of a body that holds on a day."""
    versions = (await adopted_versions(read, table, (body,))).get(str(body), [])
    held = in_force((version for version, _ in versions), on)
    return next((row for version, row in versions if version == held), None)


def document_column(table: FromClause) -> ColumnElement[str]:
    """The id of a document in `rule_sets` or `criteria_sets`, or in an alias of one."""
    return table.c["rule_set_id" if "rule_set_id" in table.c else "criteria_set_id"]


def version_of(row: Row[Any]) -> AdoptedVersion:
    """A row of `rule_sets` or `criteria_sets` as far as it matters for when it holds."""
    return msgspec.convert(
        {
            "document": row[0],  # the first column of either table
            "version": row.version,
            "title": row.title,
            "effective_on": row.effective_on,
            "expires_on": row.expires_on,
            "replaces": row.replaces.split(),
        },
        AdoptedVersion,
    )


async def _others(
    read: AsyncConnection, table: Table, adopted_by: OrganizationId, own: UUID | None
) -> tuple[tuple[AdoptedVersion, ...], Cites]:
    versions = (await adopted_versions(read, table, (adopted_by,))).get(str(adopted_by), [])
    others = [(version, row) for version, row in versions if version.document != own]
    return (
        tuple(version for version, _ in others),
        tuple(UUID(row.event_id) for _, row in others),
    )


async def _parent_rules(
    work: Work, parent: RuleSetVersion | None
) -> tuple[ParentRules | None, Cites]:
    if parent is None:
        return None, ()
    loaded = await work.load(RULE_SET, parent.rule_set)
    adopted = loaded.state.version(parent.version)
    if adopted is None or loaded.event_id is None:
        return None, ()
    others, cites = await _others(work.read, rule_sets, adopted.adopted_by, parent.rule_set)
    own = (as_adopted(version) for version in loaded.state.versions)
    rules = ParentRules(
        rules=parent,
        adopted_by=adopted.adopted_by,
        effective_on=adopted.effective_on,
        ends_on=ends_on(as_adopted(adopted), (*own, *others)),
        settings=adopted.settings,
        inherited=adopted.inherited,
    )
    return rules, (loaded.event_id, *cites)


async def _parent_standard(
    work: Work, parent: CriteriaSetVersion | None
) -> tuple[ParentStandard | None, Cites]:
    if parent is None:
        return None, ()
    loaded = await work.load(CRITERIA, parent.criteria_set)
    adopted = loaded.state.version(parent.version)
    if adopted is None or loaded.event_id is None:
        return None, ()
    others, cites = await _others(work.read, criteria_sets, adopted.adopted_by, parent.criteria_set)
    own = (criteria_as_adopted(version) for version in loaded.state.versions)
    standard = ParentStandard(
        adopted_by=adopted.adopted_by,
        effective_on=adopted.effective_on,
        ends_on=ends_on(criteria_as_adopted(adopted), (*own, *others)),
        points_required=adopted.points_required,
        points_total=points_total(adopted.criteria),
    )
    return standard, (loaded.event_id, *cites)


async def _feedbacks(
    read: AsyncConnection, answers: tuple[UUID, ...]
) -> tuple[tuple[UUID, ...], Cites]:
    if not answers:
        return (), ()
    asked = [str(one) for one in answers]
    statement = select(feedbacks).where(feedbacks.c.feedback_id.in_(asked))
    rows = (await read.execute(statement)).all()
    return (
        tuple(UUID(row.feedback_id) for row in rows),
        tuple(UUID(row.event_id) for row in rows),
    )


async def _provinces(
    read: AsyncConnection, adopted_by: OrganizationId, on: date
) -> tuple[Line | None, Cites]:
    """The rule set of the body that holds the province's competence (clause I.2.2a) on a day."""
    statement = (
        select(competences.c.organization, competences.c.event_id)
        .where(competences.c.clause == "I.2.2a", competences.c.valid_from <= on.isoformat())
        .order_by(competences.c.valid_from.desc(), competences.c.position.desc())
        .limit(COMMISSIONS_MAX)
    )
    for holder in (await read.execute(statement)).all():
        if holder.organization == str(adopted_by):
            return None, ()
        row = await held_by(read, rule_sets, holder.organization, on)
        if row is not None:
            return row.title, (UUID(holder.event_id), UUID(row.event_id))
    return None, ()
