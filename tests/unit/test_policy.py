"""Who may do what stands in one table: every command has its row, every route its command's row."""

from typing import Any

import pytest

from dvk.services import SERVICES
from shared.host.operations import Operations, ReadOperation, WriteOperation
from shared.host.policy import Rules
from shared.host.service import Service
from shared.host.settings import Settings

ALL = [make(Settings.of({})) for make in SERVICES.values()]
TABLES = [(service, rules) for service in ALL for rules in service.rules]
WRITES = [
    (service, operation)
    for service in ALL
    for operation in Operations.of(service)
    if isinstance(operation, WriteOperation)
]


@pytest.mark.parametrize(
    "service,rules", TABLES, ids=[f"{s.name}-{r.decider.category}" for s, r in TABLES]
)
def test_every_command_has_a_row(service: Service, rules: Rules[Any, Any, Any]) -> None:
    assert set(rules.grants) == set(rules.decider.commands.values())
    assert rules.decider.category in service.catalogue.categories


@pytest.mark.parametrize("service,operation", WRITES, ids=[f"{s.name}-{o.id}" for s, o in WRITES])
def test_every_route_is_granted_to_someone(service: Service, operation: WriteOperation) -> None:
    assert operation.grants, f"{service.name} {operation.path}: nobody may call it"


def test_what_no_row_grants_has_no_route() -> None:
    routed = {operation.command for _, operation in WRITES}
    by_time_alone = {
        command for _, rules in TABLES for command, grants in rules.grants.items() if not grants
    }
    assert not routed & by_time_alone


def test_every_service_that_takes_commands_honours_delegations_and_offices() -> None:
    for service in ALL:
        if service.rules:
            assert service.standing is not None, service.name
            assert set(service.standing.handlers) <= set(service.read_model.handlers), service.name
            followed = {service.name, *(source.service for source in service.consumes)}
            assert "registration" in followed, service.name


def test_operation_ids_are_unique_within_a_service() -> None:
    for service in ALL:
        names = [operation.id for operation in Operations.of(service)]
        assert len(names) == len(set(names))


def test_reads_that_are_not_public_name_who_may_read_or_take_any_signed_in_caller() -> None:
    private = {
        (service.name, operation.path)
        for service in ALL
        for operation in Operations.of(service)
        if isinstance(operation, ReadOperation) and not operation.public
    }
    # A read that becomes private or public is a decision to look at: change this list with it.
    assert private == PRIVATE_READS


PRIVATE_READS = {
    ("evaluation", "/appraisals"),
    ("evaluation", "/appraisals/mine"),
    ("evaluation", "/appraisals/waiting"),
    ("evaluation", "/appraisals/{appraisal_id}"),
    ("evaluation", "/appraisals/{appraisal_id}/opinions"),
    ("evaluation", "/appraisals/{appraisal_id}/scores"),
    ("evaluation", "/appraisals/{appraisal_id}/team"),
    ("evaluation", "/appraisals/{appraisal_id}/team/{appraiser}/sheet"),
    ("evaluation", "/ballots/{ballot_id}/electorate"),
    ("evaluation", "/sittings/{sitting_id}/roll"),
    ("evaluation", "/sittings/{sitting_id}/seats/{seat}/paper"),
    ("evaluation", "/sittings/{sitting_id}/seats/{seat}/signature"),
    ("evaluation", "/sittings/{sitting_id}/minutes/text"),
    ("evaluation", "/councils/{council_id}/members"),
    ("evaluation", "/teams/{unit}"),
    ("evaluation", "/visits"),
    ("notification", "/inbox"),
    ("notification", "/notices"),
    ("notification", "/issued-reports"),
    ("notification", "/issued-reports/{report_id}"),
    ("notification", "/issued-reports/{report_id}/content"),
    ("notification", "/urging-drafts"),
    ("notification", "/urging-letters"),
    ("notification", "/reports"),
    ("notification", "/reports/xlsx"),
    ("notification", "/reports/entries"),
    ("notification", "/subscriptions/own"),
    ("recognition", "/cases/{case_id}/complaints"),
    ("registration", "/delegations"),
    ("registration", "/overdue-answers"),
    ("registration", "/units-below-quota"),
    ("registration", "/difficulties"),
    ("registration", "/duplicates"),
    ("registration", "/feedback"),
    ("registration", "/feedback/{feedback_id}"),
    ("registration", "/models/{model_id}/core-team"),
    ("registration", "/models/{model_id}/evidence/{hash}"),
    ("registration", "/models/{model_id}/support"),
    ("registration", "/papers/{paper_id}/scan"),
    ("registration", "/quiet-models"),
    ("registration", "/unattested-models"),
    ("registration", "/offices/handovers"),
}
