"""docs/reference/policy.md: who may do what, as the services' policy tables and routes say it."""

from collections.abc import Iterator, Sequence
from typing import Final

from shared.host.operations import Operation, Operations, ReadOperation, WriteOperation
from shared.host.policy import ANY, Grant, Role
from shared.host.service import Service

_BEGINNING: Final = """\
# Who may do what

One table decides: command × role × relation of the organisation acted for to the thing. What no row allows is denied, with the same
answer for a thing that is another's and one that does not exist. Generated from `services/*/policy.py` and the routes; a test
keeps it in step, another (`tests/integration/test_authorisation_matrix.py`) tries every write route in every role and relation.

How to read it: *signer of the deciding body* is whoever has the role `signer` and acts for the organisation that is the thing's
`deciding_body`. *Any administrator* needs no relation. *Everyone* is a citizen without an account; a token that is sent is not read.
Roles come from the token, from an office taken over and from delegations, on their day
([who acts for whom](../adr/0007-every-service-knows-who-acts-for-whom.md)). A relation that ends in `_there` is the
organisation where the office in question is held: one delegates and hands over the own role alone. *From paper* asks for the header
`Dvk-Paper`: the scan of a paper which the body signed in whose name is entered ([ADR 0012](../adr/0012-entry-on-behalf-comes-from-a-signed-paper.md)).
"""


def policy_page(services: Sequence[Service]) -> str:
    """The page."""
    lines = [_BEGINNING]
    for service in services:
        lines += _service(service)
    return "\n".join(lines) + "\n"


def _service(service: Service) -> Iterator[str]:
    operations = Operations.of(service)
    yield f"## {service.name}\n"
    if service.rules:
        yield "| command | over HTTP | who may |"
        yield "|---|---|---|"
        for rules in service.rules:
            for command in rules.decider.commands.values():
                routes = ", ".join(
                    _route(service, operation)
                    for operation in operations
                    if isinstance(operation, WriteOperation) and operation.command is command
                )
                who = _who(rules.grants.get(command, ()))
                yield f"| `{command.__name__}` | {routes or 'none'} | {who} |"
        yield ""
    yield "| reading | who may |"
    yield "|---|---|"
    for operation in operations:
        if isinstance(operation, ReadOperation):
            yield f"| {_route(service, operation)} | {_readers(operation)} |"
    yield ""


def _route(service: Service, operation: Operation) -> str:
    return f"`{operation.method} /{service.name}{operation.path}`"


def _who(grants: Sequence[Grant]) -> str:
    if not grants:
        return "nobody: it follows from an event or from time"
    return "; ".join(_row(grant) for grant in grants)


def _row(grant: Grant) -> str:
    if grant.role is Role.PUBLIC:
        return "everyone"
    if grant.relation == ANY:
        return f"any {_words(grant.role)}"
    behalf = (
        "" if grant.paper_of is None else f", on behalf of the {_words(grant.paper_of)} from paper"
    )
    return f"{_words(grant.role)} of the {_words(grant.relation)}{behalf}"


def _readers(operation: ReadOperation) -> str:
    if operation.public:
        return "everyone"
    if not operation.roles:
        return "whoever is signed in"
    return ", ".join(sorted(_words(role) for role in operation.roles))


def _words(name: str) -> str:
    return name if name.endswith("_there") else str(name).replace("_", " ")
