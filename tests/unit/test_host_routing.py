"""Addresses lead to operations; what is not declared leads nowhere."""

import pytest

from shared.host.routing import PATH_CHARACTERS_MAX, Router


@pytest.fixture
def router() -> Router[str]:
    router: Router[str] = Router()
    router.add("GET", "/models", "list")
    router.add("POST", "/models", "create")
    router.add("GET", "/models/{model_id}", "one")
    router.add("GET", "/models/summary", "summary")
    router.add("POST", "/models/{model_id}/reports", "report")
    return router


@pytest.mark.parametrize(
    "path,methods,named",
    [
        ("/models", {"GET": "list", "POST": "create"}, {}),
        ("/models/", {"GET": "list", "POST": "create"}, {}),
        ("/models/7", {"GET": "one"}, {"model_id": "7"}),
        ("/models/summary", {"GET": "summary"}, {}),
        ("/models/7/reports", {"POST": "report"}, {"model_id": "7"}),
        ("/models//reports", {}, {}),
        ("/models/7/nix", {}, {}),
        ("/", {}, {}),
        ("/models/" + "x" * PATH_CHARACTERS_MAX, {}, {}),
    ],
)
def test_finding(
    router: Router[str], path: str, methods: dict[str, str], named: dict[str, str]
) -> None:
    found, segments = router.find(path)
    assert dict(found) == methods
    if methods:
        assert segments == named


def test_an_address_is_declared_once_and_its_segments_have_one_name(router: Router[str]) -> None:
    with pytest.raises(ValueError, match="declared twice"):
        router.add("GET", "/models", "again")
    with pytest.raises(ValueError, match="model_id"):
        router.add("GET", "/models/{other}/plans", "plans")
