"""The house rules hold for the whole tree, and their checker sees what it is meant to see."""

from textwrap import dedent

import pytest

from tests.support.house_rules import (
    FUNCTION_LINES_MAX,
    MODULE_LINES_MAX,
    violations_of,
    violations_of_tree,
)

# (path, rule) → why this place may. An entry that allows nothing any more must go.
ALLOWED = {
    ("shared/host/clock.py", "clock"): "the one place where time comes from",
    ("services/audit/domain/deciders.py", "any"): "each category has a state type of its own",
    ("services/audit/domain/history.py", "any"): "it holds the states of every category",
    ("services/audit/domain/checks.py", "any"): "checks of different commands stand in one list",
}

SHELL = "shared/host/example.py"
DOMAIN = "services/registration/domain/example.py"


def test_the_tree_keeps_the_house_rules(pytestconfig: pytest.Config) -> None:
    found = list(violations_of_tree(pytestconfig.rootpath))
    broken = [str(v) for v in found if (v.path, v.rule) not in ALLOWED]
    assert not broken, "\n".join(["", *broken])
    unused = ALLOWED.keys() - {(v.path, v.rule) for v in found}
    assert not unused, f"these exceptions are no longer needed: {sorted(unused)}"


@pytest.mark.parametrize(
    "path,rule,source",
    [
        (SHELL, "clock", "from datetime import UTC, datetime\nnow = datetime.now(UTC)"),
        (SHELL, "clock", "import datetime as dt\nnow = dt.datetime.utcnow()"),
        (SHELL, "clock", "from datetime import date\ntoday = date.today()"),
        (SHELL, "clock", "import time\nnow = time.time()"),
        (SHELL, "clock", "from time import time_ns as ticks\nnow = ticks()"),
        (SHELL, "uuid", "import uuid\nkey = uuid.uuid4()"),
        (SHELL, "uuid", "from uuid import uuid4 as fresh\nkey = fresh()"),
        (SHELL, "random", "import random"),
        (SHELL, "random", "from random import shuffle"),
        (SHELL, "print", "print('xin chào')"),
        (SHELL, "bare-except", "try:\n    pass\nexcept:\n    raise"),
        (SHELL, "naive-datetime", "from datetime import datetime\nd = datetime(2025, 8, 4)"),
        (SHELL, "naive-datetime", "import datetime\nd = datetime.datetime(2025, 8, 4, 12, 30)"),
        (SHELL, "naive-datetime", "from datetime import datetime\nd = datetime.fromtimestamp(0)"),
        (DOMAIN, "any", "from typing import Any\nx: Any = 1"),
        (DOMAIN, "any", "import typing as t\ndef f(x: list[t.Any]) -> None: ..."),
        (DOMAIN, "impure-domain", "import asyncio"),
        (DOMAIN, "impure-domain", "import os.path"),
        (DOMAIN, "impure-domain", "from sqlalchemy import select"),
        (DOMAIN, "impure-domain", "from shared.host.clock import Clock"),
        (DOMAIN, "impure-domain", "from shared import eventstore"),
        (DOMAIN, "impure-domain", "from services.evaluation.domain import ballot"),
        (DOMAIN, "impure-domain", "from ..readmodel import Row"),
        (SHELL, "long-module", "x = 1\n" * (MODULE_LINES_MAX + 1)),
        (SHELL, "long-function", "def f():\n" + "    x = 1\n" * FUNCTION_LINES_MAX),
    ],
)
def test_a_planted_violation_is_found(path: str, rule: str, source: str) -> None:
    assert {violation.rule for violation in violations_of(path, source)} == {rule}


@pytest.mark.parametrize(
    "path,source",
    [
        (SHELL, "import time\nstarted = time.monotonic()"),
        (SHELL, "from typing import Any\nx: Any = 1"),
        (SHELL, "from uuid import UUID, uuid5\nkey = uuid5(UUID(int=0), 'a')"),
        (SHELL, "from datetime import UTC, datetime\nd = datetime(2025, 8, 4, tzinfo=UTC)"),
        (SHELL, "from datetime import UTC, datetime\nd = datetime.fromtimestamp(0, UTC)"),
        (SHELL, "def f(now):\n    return now()\ntry:\n    f(int)\nexcept ValueError:\n    raise"),
        (SHELL, "x = 1\n" * MODULE_LINES_MAX),
        (SHELL, "def f():\n" + "    x = 1\n" * (FUNCTION_LINES_MAX - 1)),
        (SHELL, 'def f():\n    """Say.\n' + "\n" * 99 + '    """\n    return 1'),
        (DOMAIN, "import msgspec\nfrom decimal import Decimal\nfrom shared.contracts import event"),
        (DOMAIN, "from shared.domain.refusal import Refusal\nfrom . import movement"),
        (DOMAIN, "from services.registration.domain.movement import Movement"),
    ],
)
def test_honest_code_passes(path: str, source: str) -> None:
    assert violations_of(path, source) == []


def test_a_violation_names_its_place_and_the_replacement() -> None:
    source = dedent("""\
        from uuid import uuid4

        key = uuid4()
    """)
    (violation,) = violations_of(SHELL, source)
    assert str(violation).startswith(f"{SHELL}:3: uuid: ")
    assert "shared.host.ids.new_key" in violation.advice
