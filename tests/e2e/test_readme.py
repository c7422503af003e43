"""What the READMEs tell a newcomer to type works as it stands, in one terminal, one line after another."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.serving import DVK, Serving, serving_demo

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving_demo(tmp_path_factory.mktemp("readme") / "data", 12) as server:
        server.wait_until_said("Stop with Ctrl-C")
        yield server


def type_in(typed: str, server: Serving) -> str:
    """What a terminal shows for these lines, which name the usual port."""
    port = server.address.rpartition(":")[2]
    done = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", typed.replace("127.0.0.1:8080", f"127.0.0.1:{port}")],
        cwd=ROOT,
        env={**os.environ, "DVK_PORT": port, "PATH": f"{DVK.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("readme", ["README.md", "README.vi.md"])
def test_what_it_tells_to_type_works(readme: str, server: Serving) -> None:
    blocks = BLOCK.findall((ROOT / readme).read_text())
    assert [block for block in blocks if block.startswith("make ")] == ["make run\n", "make test\n"]
    typed = "\n".join(block for block in blocks if not block.startswith("make "))
    assert "dvk replay" in typed
    shown = type_in(typed, server)
    for said in ('"decision_number"', '"items"', '"notice_id"'):
        assert said in shown


@pytest.mark.parametrize(
    "role, said",
    [
        ("auditor", '"pseudonym"'),
        ("citizen", '"dvk.registration.SiteSurveyed.v1"'),
        ("commune-officer", "FeedbackRaised"),
        ("council-member", '"tallied":{'),
        ("office-clerk", '"figures"'),
        ("secretary", '"voted_in_writing"'),
        ("signer", "CertificateIssued"),
    ],
)
def test_what_a_role_is_told_to_type_works(role: str, said: str, server: Serving) -> None:
    page = (ROOT / "docs" / "how-to" / f"{role}.md").read_text()
    shown = type_in("\n".join(BLOCK.findall(page)), server)
    assert said in shown, shown
