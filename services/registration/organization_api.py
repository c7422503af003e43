"""The HTTP API of organisations: what creates, changes and ends them, and what one reads of the graph."""

from typing import Final

from msgspec.structs import asdict

from services.registration import organization_facts as facts
from services.registration import organization_queries as queries
from services.registration.domain.organization import (
    ORGANIZATION,
    AssignCompetence,
    AssignCompetenceForm,
    ChangeLine,
    ChangeLineForm,
    CreateOrganization,
    CreateOrganizationForm,
    MoveOrganization,
    MoveOrganizationForm,
    RenameOrganization,
    RenameOrganizationForm,
)
from services.registration.domain.reorganization import (
    DissolveOrganization,
    DissolveOrganizationForm,
    MergeOrganization,
    MergeOrganizationForm,
    SplitOrganization,
    SplitOrganizationForm,
    SucceedCompetence,
    SucceedCompetenceForm,
)
from shared.contracts.values import OrganizationId
from shared.host.ids import organization_of_code
from shared.host.service import Api, Call, Outcome, Page

TAG: Final = "organizations"
ONE: Final = "/organizations/{organization_id}"


async def create_organization(call: Call[CreateOrganizationForm]) -> Outcome:
    """Create a body of the province with its lines. Its id follows from its code, where it has one: two
    bodies never share a code.
    """
    code = call.body.code
    organization = OrganizationId(call.new_id if code is None else organization_of_code(code))
    superiors = (entry.superior for entry in call.body.lines)
    around, cites = await facts.surroundings_of(call, organization, *superiors)
    command = CreateOrganization(
        **asdict(call.body), organization_id=organization, at=call.now, surroundings=around
    )
    return await call.execute(ORGANIZATION, organization, command, cites=cites)


async def change_line(call: Call[ChangeLineForm]) -> Outcome:
    """Change who stands above a body in a line, from a day on."""
    body = call.path_id("organization_id")
    around, cites = await facts.surroundings_of(call, body, call.body.superior)
    command = ChangeLine(**asdict(call.body), at=call.now, surroundings=around)
    return await call.execute(ORGANIZATION, body, command, cites=cites)


async def assign_competence(call: Call[AssignCompetenceForm]) -> Outcome:
    """Give a body a competence of clause I.2.2, with the unit that advises it."""
    body = call.path_id("organization_id")
    around, cites = await facts.surroundings_of(call, body, call.body.advised_by)
    command = AssignCompetence(**asdict(call.body), at=call.now, surroundings=around)
    return await call.execute(ORGANIZATION, body, command, cites=cites)


async def succeed_competence(call: Call[SucceedCompetenceForm]) -> Outcome:
    """Let a body succeed another in a competence of clause I.2.2, by a document that says so."""
    body, asked = call.path_id("organization_id"), call.body
    around, cites = await facts.surroundings_of(call, body, asked.former, asked.advised_by)
    command = SucceedCompetence(**asdict(asked), at=call.now, surroundings=around)
    return await call.execute(ORGANIZATION, body, command, cites=cites)


async def rename_organization(call: Call[RenameOrganizationForm]) -> Outcome:
    """Rename a body from a day on."""
    command = RenameOrganization(**asdict(call.body), at=call.now)
    return await call.execute(ORGANIZATION, call.path_id("organization_id"), command)


async def move_organization(call: Call[MoveOrganizationForm]) -> Outcome:
    """Move a body to another place or level from a day on."""
    command = MoveOrganization(**asdict(call.body), at=call.now)
    return await call.execute(ORGANIZATION, call.path_id("organization_id"), command)


async def dissolve_organization(call: Call[DissolveOrganizationForm]) -> Outcome:
    """Dissolve a body from a day on. Its duties go to the successor, or expressly to nobody."""
    body = call.path_id("organization_id")
    around, cites = await facts.surroundings_of(call, body, call.body.successor)
    command = DissolveOrganization(**asdict(call.body), at=call.now, surroundings=around)
    return await call.execute(ORGANIZATION, body, command, cites=cites)


async def merge_organization(call: Call[MergeOrganizationForm]) -> Outcome:
    """Merge a body into another from a day on; its duties go there."""
    body = call.path_id("organization_id")
    around, cites = await facts.surroundings_of(call, body, call.body.into)
    command = MergeOrganization(**asdict(call.body), at=call.now, surroundings=around)
    return await call.execute(ORGANIZATION, body, command, cites=cites)


async def split_organization(call: Call[SplitOrganizationForm]) -> Outcome:
    """Split a body into several from a day on; each takes the duties and models it names."""
    body = call.path_id("organization_id")
    named = (part.organization for part in call.body.parts)
    around, cites = await facts.surroundings_of(call, body, *named)
    command = SplitOrganization(**asdict(call.body), at=call.now, surroundings=around)
    return await call.execute(ORGANIZATION, body, command, cites=cites)


def routes(api: Api) -> None:
    """Declare the routes of organisations."""
    api.write(
        "/organizations",
        CreateOrganizationForm,
        create_organization,
        command=CreateOrganization,
        tag=TAG,
        creates=True,
    )
    api.write(f"{ONE}/lines", ChangeLineForm, change_line, command=ChangeLine, tag=TAG)
    api.write(
        f"{ONE}/competences",
        AssignCompetenceForm,
        assign_competence,
        command=AssignCompetence,
        tag=TAG,
    )
    api.write(
        f"{ONE}/competence-successions",
        SucceedCompetenceForm,
        succeed_competence,
        command=SucceedCompetence,
        tag=TAG,
    )
    api.write(
        f"{ONE}/names",
        RenameOrganizationForm,
        rename_organization,
        command=RenameOrganization,
        tag=TAG,
    )
    api.write(
        f"{ONE}/places", MoveOrganizationForm, move_organization, command=MoveOrganization, tag=TAG
    )
    _ending_routes(api)
    _reading_routes(api)


def _ending_routes(api: Api) -> None:
    api.write(
        f"{ONE}/dissolution",
        DissolveOrganizationForm,
        dissolve_organization,
        command=DissolveOrganization,
        tag=TAG,
    )
    api.write(
        f"{ONE}/merger",
        MergeOrganizationForm,
        merge_organization,
        command=MergeOrganization,
        tag=TAG,
    )
    api.write(
        f"{ONE}/split",
        SplitOrganizationForm,
        split_organization,
        command=SplitOrganization,
        tag=TAG,
    )


def _reading_routes(api: Api) -> None:
    api.read(
        "/organizations",
        queries.ListOrganizations,
        queries.list_organizations,
        answer=Page[queries.OrganizationRow],
        tag=TAG,
        public=True,
    )
    api.read(
        ONE,
        queries.AsAt,
        queries.get_organization,
        answer=queries.OrganizationView,
        tag=TAG,
        public=True,
    )
    api.read(
        f"{ONE}/history",
        queries.NoParameters,
        queries.get_organization_history,
        answer=queries.OrganizationHistory,
        tag=TAG,
        public=True,
    )
    api.read(
        f"{ONE}/successors",
        queries.AskSuccessor,
        queries.get_successors,
        answer=queries.Successors,
        tag=TAG,
        public=True,
    )
