"""The HTTP API of rule sets and criteria: adopting them, and reading what holds."""

from msgspec.structs import asdict

from services.evaluation import issuing_queries, rule_facts, rule_queries
from services.evaluation.ballot_queries import NoParameters
from services.evaluation.domain.criteria import (
    CRITERIA,
    AdoptCriteria,
    AdoptCriteriaForm,
    AdoptCriteriaVersion,
    CriteriaVersionForm,
)
from services.evaluation.domain.ruleset import (
    RULE_SET,
    AdoptRuleSet,
    AdoptRuleSetForm,
    AdoptRuleSetVersion,
    RuleSetVersionForm,
)
from shared.contracts.values import CriteriaSetId, RuleSetId
from shared.host.service import Api, Call, NotFoundError, Outcome, Page


async def adopt_rule_set(call: Call[AdoptRuleSetForm]) -> Outcome:
    """Adopt a rule set as your body's (clause IV.1). `GET /presets` has one to start from."""
    rule_set, body = RuleSetId(call.new_id), call.body
    known, cites = await rule_facts.for_rule_set(call, body.adopted_by, None, body)
    command = AdoptRuleSet(**asdict(body), rule_set_id=rule_set, known=known, at=call.now)
    return await call.execute(RULE_SET, rule_set, command, cites=cites)


async def adopt_rule_set_version(call: Call[RuleSetVersionForm]) -> Outcome:
    """Adopt a new version. Dossiers stamped with a former version stay under it."""
    rule_set, body = call.path_id("rule_set_id"), call.body
    versions = (await call.load(RULE_SET, rule_set)).state.versions
    if not versions:
        raise NotFoundError("rule set")
    known, cites = await rule_facts.for_rule_set(call, versions[-1].adopted_by, rule_set, body)
    command = AdoptRuleSetVersion(**asdict(body), known=known, at=call.now)
    return await call.execute(RULE_SET, rule_set, command, cites=cites)


async def adopt_criteria(call: Call[AdoptCriteriaForm]) -> Outcome:
    """Adopt criteria as your body's: all five common ones made concrete, none weakened (clause II)."""
    criteria_set, body = CriteriaSetId(call.new_id), call.body
    known, cites = await rule_facts.for_criteria(call, body.adopted_by, None, body)
    command = AdoptCriteria(**asdict(body), criteria_set_id=criteria_set, known=known, at=call.now)
    return await call.execute(CRITERIA, criteria_set, command, cites=cites)


async def adopt_criteria_version(call: Call[CriteriaVersionForm]) -> Outcome:
    """Adopt a new version. Appraisals opened under a former version stay under it."""
    criteria_set, body = call.path_id("criteria_set_id"), call.body
    versions = (await call.load(CRITERIA, criteria_set)).state.versions
    if not versions:
        raise NotFoundError("criteria set")
    known, cites = await rule_facts.for_criteria(call, versions[-1].adopted_by, criteria_set, body)
    command = AdoptCriteriaVersion(**asdict(body), known=known, at=call.now)
    return await call.execute(CRITERIA, criteria_set, command, cites=cites)


def routes(api: Api) -> None:
    """Declare the routes of rule sets and criteria."""
    _rule_routes(api)
    _criteria_routes(api)


def _rule_routes(api: Api) -> None:
    tag = "rules"
    api.read(
        "/presets",
        NoParameters,
        rule_queries.list_presets,
        answer=rule_queries.Presets,
        tag=tag,
        public=True,
    )
    api.write(
        "/rule-sets",
        AdoptRuleSetForm,
        adopt_rule_set,
        command=AdoptRuleSet,
        tag=tag,
        creates=True,
    )
    api.write(
        "/rule-sets/{rule_set_id}/versions",
        RuleSetVersionForm,
        adopt_rule_set_version,
        command=AdoptRuleSetVersion,
        tag=tag,
    )
    api.read(
        "/rule-sets",
        rule_queries.ListAdopted,
        rule_queries.list_rule_sets,
        answer=Page[rule_queries.RuleSetRow],
        tag=tag,
        public=True,
    )
    api.read(
        "/rule-sets/{rule_set_id}",
        NoParameters,
        rule_queries.get_rule_set,
        answer=rule_queries.RuleSetView,
        tag=tag,
        public=True,
    )
    api.read(
        "/rule-sets/{rule_set_id}/versions/{version}",
        NoParameters,
        issuing_queries.get_rule_set_version,
        answer=issuing_queries.RuleSetVersionView,
        tag=tag,
        public=True,
    )
    api.read(
        "/issuers",
        issuing_queries.ListIssuers,
        issuing_queries.list_issuers,
        answer=Page[issuing_queries.IssuerRow],
        tag=tag,
        public=True,
    )


def _criteria_routes(api: Api) -> None:
    tag = "rules"
    api.write(
        "/criteria-sets",
        AdoptCriteriaForm,
        adopt_criteria,
        command=AdoptCriteria,
        tag=tag,
        creates=True,
    )
    api.write(
        "/criteria-sets/{criteria_set_id}/versions",
        CriteriaVersionForm,
        adopt_criteria_version,
        command=AdoptCriteriaVersion,
        tag=tag,
    )
    api.read(
        "/criteria-sets",
        rule_queries.ListAdopted,
        rule_queries.list_criteria_sets,
        answer=Page[rule_queries.CriteriaSetRow],
        tag=tag,
        public=True,
    )
    api.read(
        "/criteria-sets/{criteria_set_id}",
        NoParameters,
        rule_queries.get_criteria_set,
        answer=rule_queries.CriteriaSetView,
        tag=tag,
        public=True,
    )
    api.read(
        "/criteria-sets/{criteria_set_id}/versions/{version}",
        issuing_queries.CriteriaScope,
        issuing_queries.get_criteria_set_version,
        answer=issuing_queries.CriteriaSetVersionView,
        tag=tag,
        public=True,
    )
