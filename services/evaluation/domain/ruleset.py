"""A body's rule set in its versions: rules as data, each with its source. Stream `ruleset-<id>`."""

from collections.abc import Iterator
from datetime import date
from types import MappingProxyType
from typing import Final

from services.evaluation.domain.adopted import Adopted, evolve, following
from shared.contracts.evaluation import Fraction, RuleSetAdopted, RuleSettings
from shared.contracts.values import Line, OrganizationId, RuleSetId
from shared.domain.decider import Decider, Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

RuleSet = Adopted[RuleSetAdopted]
RuleSetEvent = RuleSetAdopted

# --- commands ---------------------------------------------------------------------------------


class RuleSetVersionForm(Request, frozen=True, kw_only=True):
    """A version of a rule set as the document that adopts it says."""

    title: Line
    document_number: Line
    effective_on: date
    settings: RuleSettings
    expires_on: date | None = None


class AdoptRuleSetForm(RuleSetVersionForm, frozen=True, kw_only=True):
    """A first version, and the body that adopts it (clause IV.1)."""

    adopted_by: OrganizationId


class AdoptRuleSet(AdoptRuleSetForm, frozen=True, kw_only=True):
    """Adopt a rule set."""

    rule_set_id: RuleSetId
    at: Instant


class AdoptRuleSetVersion(RuleSetVersionForm, frozen=True, kw_only=True):
    """Adopt a further version. Dossiers stamped with a former one stay under it."""

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
EXPIRY_TOO_EARLY: Final = Refusal(
    "rule-set-expires-before-effect",
    vi="Ngày hết hiệu lực {expires_on} phải sau ngày có hiệu lực {effective_on}.",
    en="The expiry {expires_on} must lie after the day of effect {effective_on}.",
)
VERSION_BACKDATED: Final = Refusal(
    "rule-set-version-backdated",
    vi="Phiên bản mới không thể có hiệu lực trước phiên bản trước ({former}). Hãy sửa ngày có hiệu lực.",
    en="A new version cannot take effect before the former one ({former}). Correct the day of effect.",
)
SOURCE_UNCLEAR: Final = Refusal(
    "setting-source-unclear",
    vi="Thiết lập «{setting}» phải ghi nguồn: «guideline <điều>» hoặc «practice: <văn bản>».",
    en="The setting “{setting}” names its source: “guideline <clause>” or “practice: <document>”.",
)
NO_CATEGORIES: Final = Refusal(
    "categories-missing",
    vi="Hãy liệt kê các đối tượng được đăng ký (tập thể, cá nhân).",
    en="List the categories of those who may register (collectives, individuals).",
    clause="I.1.1",
)
CATEGORY_TWICE: Final = Refusal(
    "category-twice",
    vi="Mã đối tượng «{category}» ghi hai lần. Hãy bỏ dòng trùng.",
    en="The category “{category}” stands there twice. Remove one.",
)
NOT_PUBLIC: Final = Refusal(
    "selection-not-public",
    vi="Phải công khai, dân chủ trong bình chọn: hãy quy định niêm yết công khai hoặc bỏ phiếu.",
    en="Selection is public and democratic: provide for a public posting or a ballot.",
    clause="I.2.1b",
)
SHARE_OUT_OF_RANGE: Final = Refusal(
    "share-out-of-range",
    vi="«{setting}» phải lớn hơn 0 và không quá toàn bộ, nay ghi {numerator}/{denominator}.",
    en="“{setting}” is more than none and no more than all; it says {numerator}/{denominator}.",
)


def decide(state: RuleSet, command: RuleSetCommand) -> tuple[RuleSetEvent, ...]:
    """What follows from `command`. Raises RefusedError."""
    match command:
        case AdoptRuleSet():
            if state.versions:
                raise ALREADY_EXISTS()
            _check(command)
            return (_adopted(command, command.rule_set_id, command.adopted_by, 1),)
        case AdoptRuleSetVersion():
            if not state.versions:
                raise UNKNOWN()
            _check(command)
            former = state.versions[-1]
            event = _adopted(command, former.rule_set_id, former.adopted_by, former.version + 1)
            return following(former, event, VERSION_BACKDATED)


def _adopted(
    form: RuleSetVersionForm, rule_set_id: RuleSetId, adopted_by: OrganizationId, version: int
) -> RuleSetAdopted:
    return RuleSetAdopted(
        rule_set_id=rule_set_id,
        version=version,
        adopted_by=adopted_by,
        title=form.title,
        document_number=form.document_number,
        effective_on=form.effective_on,
        expires_on=form.expires_on,
        settings=form.settings,
    )


def _check(form: RuleSetVersionForm) -> None:
    if form.expires_on is not None and form.expires_on <= form.effective_on:
        raise EXPIRY_TOO_EARLY(
            expires_on=form.expires_on.isoformat(), effective_on=form.effective_on.isoformat()
        )
    settings = form.settings
    for name, source in _sources(settings):
        if not _names_source(source):
            raise SOURCE_UNCLEAR(setting=name)
    if not settings.categories.value:
        raise NO_CATEGORIES()
    seen: set[str] = set()
    for category in settings.categories.value:
        if category.id in seen:
            raise CATEGORY_TWICE(category=category.id)
        seen.add(category.id)
    if settings.ballot_mode.value == "none" and settings.posting_working_days.value == 0:
        raise NOT_PUBLIC()
    _check_share("quorum", settings.quorum.value)
    _check_share("threshold", settings.threshold.value)


def _sources(settings: RuleSettings) -> Iterator[tuple[str, str]]:
    for name in settings.__struct_fields__:
        yield name, getattr(settings, name).source


def _names_source(source: str) -> bool:
    kind, _, rest = source.partition(" ")
    return kind in ("guideline", "practice:") and rest.strip() != ""


def _check_share(setting: str, share: Fraction) -> None:
    if not 0 < share.numerator <= share.denominator:
        raise SHARE_OUT_OF_RANGE(
            setting=setting, numerator=share.numerator, denominator=share.denominator
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
