"""docs/reference/cli.md names every command and option there is, and no other."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperCommand, TyperGroup

from dvk import errors
from dvk.cli import application

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "cli.md"
EVERYWHERE = {"--help"}


def commands() -> dict[str, set[str]]:
    """The long options of each command of the program."""
    return {
        name: {flag for option in command.params for flag in option.opts if flag.startswith("--")}
        - EVERYWHERE
        for name, command in _leaves("", typer.main.get_group(application()))
    }


def _leaves(prefix: str, group: TyperGroup) -> Iterator[tuple[str, TyperCommand]]:
    """The commands that do something, with the words that call them."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _leaves(f"{prefix}{name} ", command)
        elif isinstance(command, TyperCommand):
            yield f"{prefix}{name}", command


@pytest.fixture(scope="module")
def sections() -> Mapping[str, str]:
    parts = re.split(r"^## dvk (.+)$", PAGE.read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_command_has_its_section(sections: Mapping[str, str]) -> None:
    assert sections.keys() == commands().keys()


@pytest.mark.parametrize("name", sorted(commands()))
def test_a_section_lists_the_options_of_its_command(sections: Mapping[str, str], name: str) -> None:
    listed = set(re.findall(r"^\| `(--[a-z-]+)", sections[name], flags=re.MULTILINE))
    assert listed == commands()[name]


def test_every_exit_code_is_explained() -> None:
    explained = {int(code) for code in re.findall(r"^\| (\d+) \|", PAGE.read_text(), re.MULTILINE)}
    declared = {value for name, value in vars(errors).items() if name.isupper()}
    assert explained == {0, *declared}
