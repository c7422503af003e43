"""A body's rule set in its versions: rules as data, each with its source. Stream `ruleset-<id>`."""

from types import MappingProxyType
from typing import Annotated, Final
from uuid import UUID

import msgspec

from services.evaluation.domain.adopted import (
    REPLACED_MAX,
    Adopted,
    AdoptionForm,
    check_among_others,
    check_answers,
    check_document,
    evolve,
    says_the_same,
)
from services.evaluation.domain.inheritance import (
    PARENT_MISSING,
    PARENT_UNKNOWN,
    GivenSettings,
    ParentRules,
    check_not_weakened,
    check_parent,
    inherited,
    settle,
    version_name,
)
from services.evaluation.domain.settings import check_settings
from shared.contracts.adopted import AdoptedVersion
from shared.contracts.evaluation import RuleSetAdopted, RuleSetVersion
from shared.contracts.values import Line, OrganizationId, RuleSetId
from shared.domain.decider import Decider
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

RuleSet = Adopted[RuleSetAdopted]
RuleSetEvent = RuleSetAdopted

# --- commands ---------------------------------------------------------------------------------


class RuleSetVersionForm(AdoptionForm, frozen=True, kw_only=True):
    """A version of a rule set as the document that adopts it says.

    `settings` are those the body decides itself; the others are the `parent`'s. `replaces` are other
    rule sets of the body that end when this version takes effect.
    """

    settings: GivenSettings = GivenSettings()
    parent: RuleSetVersion | None = None
    replaces: Annotated[tuple[RuleSetId, ...], msgspec.Meta(max_length=REPLACED_MAX)] = ()


class AdoptRuleSetForm(RuleSetVersionForm, frozen=True, kw_only=True):
    """A first version, and the body that adopts it (clause IV.1)."""

    adopted_by: OrganizationId


class RuleSetFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What else is known: the body's other rule sets, the version named as parent, None if there is none,
    the title of the province's rule set that holds on the day of effect, None for the province itself, and
    those of the cited feedbacks that were raised.
    """

    others: tuple[AdoptedVersion, ...] = ()
    parent_rules: ParentRules | None = None
    provinces: Line | None = None
    feedbacks: tuple[UUID, ...] = ()


class AdoptRuleSet(AdoptRuleSetForm, frozen=True, kw_only=True):
    """Adopt a rule set."""

    rule_set_id: RuleSetId
    known: RuleSetFacts
    at: Instant


class AdoptRuleSetVersion(RuleSetVersionForm, frozen=True, kw_only=True):
    """Adopt a further version. Dossiers stamped with a former one stay under it."""

    known: RuleSetFacts
    at: Instant


RuleSetCommand = AdoptRuleSet | AdoptRuleSetVersion

# --- rules ------------------------------------------------------------------------------------

ALREADY_EXISTS: Final = Refusal(
    "rule-set-exists",
    vi="Bộ quy định này đã có. Hãy ban hành phiên bản mới của nó.",
    en="This rule set already exists. Adopt a new version of it.",
)
UNKNOWN: Final = Refusal(
    "rule-set-unknown",
    vi="Chưa có bộ quy định này. Hãy ban hành trước.",
    en="There is no such rule set. Adopt it first.",
)
VERSION_BACKDATED: Final = Refusal(
    "rule-set-version-backdated",
    vi="Phiên bản mới không thể có hiệu lực trước phiên bản trước ({former}). Hãy sửa ngày có hiệu lực.",
    en="A new version cannot take effect before the former one ({former}). Correct the day of effect.",
)


def decide(state: RuleSet, command: RuleSetCommand) -> tuple[RuleSetEvent, ...]:
    """What follows from `command`. Raises RefusedError."""
    if isinstance(command, AdoptRuleSet):
        if state.versions:
            raise ALREADY_EXISTS()
        event = _adopted(command, command.rule_set_id, command.adopted_by, 1)
    else:
        if not state.versions:
            raise UNKNOWN()
        former = state.versions[-1]
        event = _adopted(command, former.rule_set_id, former.adopted_by, former.version + 1)
        if says_the_same(former, event):
            return ()
        if event.effective_on < former.effective_on:
            raise VERSION_BACKDATED(former=former.effective_on.isoformat())
    _check(command, event)
    return (event,)


def _adopted(
    command: RuleSetCommand, rule_set_id: RuleSetId, adopted_by: OrganizationId, version: int
) -> RuleSetAdopted:
    parent = command.known.parent_rules
    if command.parent is not None and parent is None:
        raise PARENT_UNKNOWN(parent=version_name(command.parent))
    return RuleSetAdopted(
        rule_set_id=rule_set_id,
        version=version,
        adopted_by=adopted_by,
        title=command.title,
        document_number=command.document_number,
        issued_on=command.issued_on,
        effective_on=command.effective_on,
        expires_on=command.expires_on,
        settings=settle(command.settings, parent),
        transition=command.transition,
        parent=command.parent,
        inherited=inherited(command.settings, parent),
        replaces=command.replaces,
        answers=command.answers,
    )


def _check(command: RuleSetCommand, event: RuleSetAdopted) -> None:
    check_document(command, command.at)
    check_settings(event.settings)
    known = command.known
    if known.parent_rules is not None:
        check_parent(known.parent_rules, event.adopted_by, event.effective_on)
        check_not_weakened(event.settings, known.parent_rules.settings)
    elif known.provinces is not None:
        raise PARENT_MISSING(title=known.provinces)
    check_among_others(as_adopted(event), known.others)
    check_answers(event.answers, known.feedbacks)


def as_adopted(event: RuleSetAdopted) -> AdoptedVersion:
    """The version as far as it matters for when it holds."""
    return AdoptedVersion(
        document=event.rule_set_id,
        version=event.version,
        title=event.title,
        effective_on=event.effective_on,
        expires_on=event.expires_on,
        replaces=event.replaces,
    )


RULE_SET: Final[Decider[RuleSet, RuleSetCommand, RuleSetEvent]] = Decider(
    category="ruleset",
    initial_state=RuleSet(),
    decide=decide,
    evolve=evolve,
    commands=MappingProxyType(
        {"AdoptRuleSet": AdoptRuleSet, "AdoptRuleSetVersion": AdoptRuleSetVersion}
    ),
)
