"""What `docker-compose.yml` and the files beside it say, before anything runs."""

import asyncio
import re
from pathlib import Path

import pytest
import yaml

from dvk.services import SERVICES
from shared.host.settings import Settings
from tests.support.compose import (
    BASE,
    POSTGRES_EVENTS,
    ROOT,
    Composition,
    MissingVariableError,
    composition,
    demanded,
    variables,
)

BOTH = (BASE, POSTGRES_EVENTS)


def composed(*files: Path) -> Composition:
    return composition(files, dict.fromkeys(demanded(files), "s3cret"))


@pytest.fixture(scope="module")
def usual() -> Composition:
    return composed(BASE)


@pytest.fixture(scope="module")
def with_postgres_events() -> Composition:
    return composed(*BOTH)


def ending(file: Composition) -> set[str]:
    """The containers that prepare something and end."""
    return {name for name, one in file.services.items() if one.restart == "no"}


def test_every_service_there_is_has_a_container_of_its_own(usual: Composition) -> None:
    commands = {name: one.command for name, one in usual.services.items() if one.build}
    assert commands == {name: ("dvk", "serve", name) for name in SERVICES}


def test_each_container_is_checked_restarted_limited_and_of_a_pinned_image(
    with_postgres_events: Composition,
) -> None:
    once_only = ending(with_postgres_events)
    assert once_only == {"postgres-setup", "events-setup"}
    for name, one in with_postgres_events.services.items():
        tag = one.image.rpartition(":")[2]
        assert re.search(r"\d+\.\d+", tag) and tag != "latest", name
        assert (one.healthcheck is None) == (name in once_only), name
        assert one.restart == ("no" if name in once_only else "unless-stopped"), name
        assert one.cap_drop == ("ALL",) and one.security_opt == ("no-new-privileges:true",), name
        if one.healthcheck is not None:
            assert one.healthcheck.test[0] == "CMD", name


def test_our_containers_write_nothing_and_are_given_time_to_finish(usual: Composition) -> None:
    for name in SERVICES:
        one = usual.services[name]
        assert one.read_only and not one.cap_add and not one.ports
        # Evidence is the one thing that stands neither in the record nor in a database.
        assert one.volumes == (("registration-files:/files",) if name == "registration" else ())
        assert one.stop_grace_period == "30s"
        seconds = int(one.environment["DVK_SHUTDOWN_SECONDS_MAX"])
        assert 2 * seconds + 5 <= 30


def test_only_the_gateway_is_reached_from_outside(usual: Composition) -> None:
    assert [name for name, one in usual.services.items() if one.ports] == ["gateway"]
    assert {name for name, net in usual.networks.items() if net.internal} == {"inside", "record"}
    assert usual.services["eventstore"].networks == ("record",)
    on_record = {name for name, one in usual.services.items() if "record" in one.networks}
    assert on_record == {"eventstore", *SERVICES}


def test_everything_waits_for_what_it_needs(
    usual: Composition, with_postgres_events: Composition
) -> None:
    for name in SERVICES:
        needs = usual.services[name].depends_on
        assert needs["postgres-setup"].condition == "service_completed_successfully"
        assert needs["rabbitmq"].condition == "service_healthy"
        assert needs["eventstore"].condition == "service_healthy"
        assert "events-setup" in with_postgres_events.services[name].depends_on
    # Where it is not started it must not be waited for.
    assert "eventstore" not in with_postgres_events.started()
    assert not with_postgres_events.services["audit"].depends_on["eventstore"].required


def test_no_secret_has_a_default_and_each_missing_one_is_named_in_a_sentence() -> None:
    wanted = demanded(BOTH)
    assert {name for name in variables(BOTH) if "PASSWORD" in name} <= set(wanted)
    complete = dict.fromkeys(wanted, "s3cret")
    for name, sentences in wanted.items():
        assert len(sentences) == 1 and " " in next(iter(sentences)), name
        lacking = {other: value for other, value in complete.items() if other != name}
        for environment in (lacking, {**lacking, name: ""}):
            with pytest.raises(MissingVariableError) as refused:
                composition(BOTH, environment)
            assert refused.value.name == name
    with pytest.raises(MissingVariableError):
        composition((BASE,), {})


def test_the_example_settings_name_every_variable_and_hold_no_secret() -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    listed = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", example, re.MULTILINE))
    assert listed.keys() == variables(BOTH).keys()
    assert {name for name, value in listed.items() if not value} >= demanded(BOTH).keys()


def test_the_how_to_fills_in_the_passwords_with_its_one_command(tmp_path: Path) -> None:
    how_to = (ROOT / "docs" / "how-to" / "deploy.md").read_text("utf-8")
    (block,) = re.findall(r"```sh\n((?:.*\n)*?.*token_hex(?:.*\n)*?)```", how_to)
    (tmp_path / ".env.example").write_bytes((ROOT / ".env.example").read_bytes())
    done = asyncio.run(_shell(block, tmp_path))
    assert done == 0
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    lines = (tmp_path / ".env").read_text("utf-8")
    filled = dict(re.findall(r"^([A-Z_]+)=(.+)$", lines, re.MULTILINE))
    passwords = {name: filled[name] for name in demanded(BOTH) if name.endswith("PASSWORD")}
    assert len(set(passwords.values())) == len(passwords) >= 7
    assert all(re.fullmatch(r"[0-9a-f]{48}", value) for value in passwords.values())


async def _shell(commands: str, folder: Path) -> int:
    process = await asyncio.create_subprocess_exec("sh", "-euc", commands, cwd=folder)
    return await process.wait()


def test_every_setting_of_the_file_is_one_the_services_know(
    with_postgres_events: Composition,
) -> None:
    known = {f"DVK_{name.upper()}" for name in Settings.model_fields}
    for name in SERVICES:
        assert with_postgres_events.services[name].environment.keys() <= known


def test_the_gateway_leads_to_every_service_and_hides_its_figures() -> None:
    caddyfile = (ROOT / "deploy" / "gateway" / "Caddyfile").read_text("utf-8")
    routes = re.findall(r"handle /(\w+)/\* \{\n\t\treverse_proxy (\w+):8080\n", caddyfile)
    assert routes == [(name, name) for name in SERVICES]
    assert "(metrics|health/.*)$" in caddyfile


def test_what_the_image_is_made_of_exists_and_reaches_the_builder() -> None:
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
    copied = re.findall(r"^COPY (?!--from)(\S+) ", dockerfile, re.MULTILINE)
    let_in = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in let_in
    for path in copied:
        assert (ROOT / path).exists()
        assert f"!{path}" in let_in
    assert "--require-hashes" in dockerfile and "requirements/run.lock" in copied
    assert (
        re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE) == ["python:3.11.14-slim-bookworm"] * 2
    )
    assert dockerfile.rindex("\nUSER 10001") > dockerfile.rindex("\nFROM")


def test_the_image_is_named_after_this_version() -> None:
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version is not None
    assert variables(BOTH)["DVK_IMAGE"] == f"dan-van-kheo:{version[1]}"


def test_the_files_read_as_one_mapping_each_without_doubled_keys() -> None:
    for file in BOTH:
        tree = yaml.compose(file.read_text("utf-8"), Loader=yaml.SafeLoader)
        assert isinstance(tree, yaml.MappingNode)
        waiting: list[yaml.Node] = [tree]
        while waiting:
            node = waiting.pop()
            if isinstance(node, yaml.MappingNode):
                keys = [key.value for key, _ in node.value]
                assert len(keys) == len(set(keys)), f"{file}:{node.start_mark.line + 1}"
                waiting += [value for _, value in node.value]
            elif isinstance(node, yaml.SequenceNode):
                waiting += node.value
