"""Writes what is generated from the code: AsyncAPI, OpenAPI, the policy table, the stages of aggregates, the broker's
definitions, golden files.

A golden file that exists is never written again: its bytes are in somebody's log.
"""

import json
from functools import cache
from pathlib import Path

import msgspec

from dvk.services import SERVICES
from scripts.policy_page import policy_page
from scripts.states_page import states_page
from shared.bus.topology import definitions
from shared.contracts.asyncapi import asyncapi
from shared.contracts.event import Catalogue
from shared.host.app import service_document
from shared.host.commands import SOFTWARE
from shared.host.service import Service
from shared.host.settings import Settings
from tests.support.arrows import Arrow, arrows
from tests.support.examples import example

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "golden"
STATES = ROOT / "docs" / "reference" / "states.md"


def services() -> list[Service]:
    """Every service, with settings that start nothing."""
    settings = Settings.of({})
    return [make(settings) for make in SERVICES.values()]


def catalogues() -> list[Catalogue]:
    """The contracts of the services that publish."""
    return [service.catalogue for service in services() if service.catalogue.current]


@cache
def documents() -> dict[Path, str]:
    """Every generated document by its path."""
    reference = ROOT / "docs" / "reference"
    version = SOFTWARE.rpartition(" ")[2]
    found = {reference / "asyncapi.json": _json(asyncapi(catalogues(), version))}
    for service in services():
        found[reference / "openapi" / f"{service.name}.json"] = _json(service_document(service))
    found[reference / "policy.md"] = policy_page(services())
    subscriptions = {
        service.name: sorted(catalogue.service for catalogue in service.consumes)
        for service in services()
        if service.consumes
    }
    found[ROOT / "deploy" / "rabbitmq" / "definitions.json"] = definitions(subscriptions)
    return found


@cache
def found_arrows() -> frozenset[Arrow]:
    """The arrows between stages: apart from the other documents, because it takes seconds."""
    return arrows()


def states() -> str:
    """The page of STATES."""
    return states_page(services(), found_arrows())


def missing_golden_files() -> dict[Path, bytes]:
    """Golden files of stored types that have none yet."""
    return {
        path: msgspec.json.encode(example(struct))
        for catalogue in catalogues()
        for name, struct in catalogue.current.items()
        if not (path := GOLDEN / f"dvk.{catalogue.service}.{name}.json").exists()
    }


def _json(document: object) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write what differs."""
    for path, text in {**documents(), STATES: states()}.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    GOLDEN.mkdir(exist_ok=True)
    for path, data in missing_golden_files().items():
        path.write_bytes(data)


if __name__ == "__main__":
    main()
