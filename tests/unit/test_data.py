"""The demonstration's own data files: whole, consistent and free of personal data."""

import csv
import io
import json
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parents[2] / "dvk" / "data"
COLUMNS = [
    "key", "name", "holder", "holder_kind", "category", "category_reason", "place", "province", "field", "year",
    "figures", "source", "holder_body", "committee_body",
]  # fmt: skip
COLLECTIVE = {f"I.1.1-{n}" for n in range(1, 6)}
INDIVIDUAL = {"I.1.2-1", "I.1.2-2"}
FIELDS = {"economy", "culture-society", "security-defence", "political-system"}
LINES = ("party", "vertical", "territory")
ROLES = {
    "registrant", "committee_officer", "appraiser", "council_member", "secretary", "chair", "signer", "office_clerk",
    "auditor", "administrator",
}  # fmt: skip
COMMITTEES = {"provincial_party_committee", "direct_party_committee", "commune_party_committee"}
OFFICES = (
    "Bí thư", "Chuyên viên", "Chính trị viên", "Chủ tịch", "Cán bộ", "Hội viên", "Người dân", "Người đăng ký",
    "Phó", "Quản trị", "Thư ký", "Trưởng", "Trợ lý", "Văn thư", "Ủy viên",
)  # fmt: skip
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w")
PHONE = re.compile(r"(?<!\d)(?:\+84|0)(?:[ .-]?\d){9}(?!\d)")

Row = dict[str, str]
Record = dict[str, Any]


def text(name: str) -> str:
    return (DATA / name).read_bytes().decode("utf-8")


@pytest.fixture(scope="module")
def models() -> list[Row]:
    return list(csv.DictReader(io.StringIO(text("models.csv")), strict=True))


@pytest.fixture(scope="module")
def province() -> Record:
    document: Record = json.loads(text("province.json"))
    return document


@pytest.fixture(scope="module")
def bodies(province: Record) -> dict[str, Record]:
    return {body["key"]: body for body in province["bodies"]}


def above(bodies: dict[str, Record], key: str, line: str) -> list[str]:
    """The bodies over this one along a line, nearest first; fails on a cycle."""
    found: list[str] = []
    upper = bodies[key]["lines"][line]
    while upper is not None:
        assert upper != key and upper not in found, (
            f"{line} line of {key} runs in a circle at {upper}"
        )
        found.append(upper)
        upper = bodies[upper]["lines"][line]
    return found


def twice(values: list[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


@pytest.mark.parametrize("name", ["models.csv", "province.json", "README.md"])
def test_files_are_nfc_with_plain_line_ends(name: str) -> None:
    content = text(name)
    assert unicodedata.is_normalized("NFC", content)
    assert "\r" not in content and "\ufeff" not in content
    assert content.endswith("\n") and not content.endswith("\n\n")


def test_nothing_looks_like_a_private_address(models: list[Row]) -> None:
    without_sources = [
        value for row in models for column, value in row.items() if column != "source"
    ]
    for content in (*without_sources, text("province.json"), text("README.md")):
        assert not EMAIL.search(content)
        assert not PHONE.search(content)


def test_counts_are_those_promised(models: list[Row], province: Record) -> None:
    rows = re.findall(r"^\| (.+?) \| (\d+) \|$", text("README.md"), re.MULTILINE)
    promised = {name: int(count) for name, count in rows}
    refused = sum(row["category"] == "none" for row in models)
    assert promised == {
        "models": len(models),
        "models with a category": len(models) - refused,
        "models with category `none`": refused,
        "communes and wards": sum(unit["kind"] in ("xã", "phường") for unit in province["units"]),
        "bodies": len(province["bodies"]),
        "kinds": len(province["kinds"]),
        "competences": len(province["competences"]),
        "councils": len(province["councils"]),
        "users": len(province["users"]),
    }
    assert len(models) == 64
    assert len(models) - refused >= 45 and refused >= 8
    assert 24 <= promised["communes and wards"] <= 40
    assert 250 <= promised["bodies"] <= 400


def test_models_are_whole(models: list[Row]) -> None:
    assert text("models.csv").splitlines()[0] == ",".join(COLUMNS)
    assert not twice([row["key"] for row in models])
    for row in models:
        assert None not in row and None not in row.values(), row
        assert SLUG.fullmatch(row["key"]) and len(row["key"]) <= 40, row["key"]
        required = ("name", "holder", "category_reason", "place", "province", "committee_body")
        assert all(row[column] for column in required), row["key"]
        assert all(value == value.strip() for value in row.values()), row["key"]
        assert row["field"] in FIELDS, row["key"]
        assert re.fullmatch(r"(\d{4}(-\d{4})?)?", row["year"]), row["key"]
        assert row["source"].startswith(("http://", "https://")), row["key"]


def test_every_category_suits_its_holder(models: list[Row]) -> None:
    allowed = {"collective": COLLECTIVE | {"none"}, "individual": INDIVIDUAL | {"none"}}
    for row in models:
        assert row["category"] in allowed[row["holder_kind"]], row["key"]


def test_every_model_has_its_holder_and_committee(
    models: list[Row], province: Record, bodies: dict[str, Record]
) -> None:
    category = {kind["key"]: kind["category"] for kind in province["kinds"]}
    for row in models:
        committee = bodies[row["committee_body"]]
        assert committee["kind"] in COMMITTEES, row["key"]
        if row["category"] == "none":
            assert row["holder_body"] == "", row["key"]
        elif row["holder_kind"] == "individual":
            assert row["holder_body"] == row["committee_body"], row["key"]
        else:
            holder = bodies[row["holder_body"]]
            assert category[holder["kind"]] == row["category"], row["key"]
            line = above(bodies, holder["key"], "party")
            assert (
                next(key for key in line if bodies[key]["kind"] in COMMITTEES) == committee["key"]
            ), row["key"]


def test_keys_of_the_province_are_unique_and_plain(province: Record) -> None:
    for part in ("units", "bodies", "councils"):
        keys = [record["key"] for record in province[part]]
        assert not twice(keys)
        assert all(SLUG.fullmatch(key) for key in keys)
    assert not twice([user["id"] for user in province["users"]])
    assert all(SLUG.fullmatch(user["id"]) for user in province["users"])
    assert not twice([body["name"] for body in province["bodies"]])
    assert not twice([body["name_en"] for body in province["bodies"]])
    assert not twice([kind["key"] for kind in province["kinds"]])


def test_kinds_name_a_category_or_none(province: Record) -> None:
    assert {kind["category"] for kind in province["kinds"]} == COLLECTIVE | {None}
    assert {kind["key"] for kind in province["kinds"]} == {
        body["kind"] for body in province["bodies"]
    }


def test_units_hang_under_the_province(province: Record) -> None:
    assert [unit["key"] for unit in province["units"] if unit["parent"] is None] == [
        province["province"]
    ]
    assert all(unit["parent"] in (None, province["province"]) for unit in province["units"])


def test_bodies_are_whole_and_their_references_resolve(
    province: Record, bodies: dict[str, Record]
) -> None:
    units = {unit["key"] for unit in province["units"]}
    for body in bodies.values():
        assert set(body) == {"key", "name", "name_en", "kind", "level", "place", "basis", "lines"}
        assert body["name"] and body["name_en"].isascii(), body["key"]
        assert body["level"] in ("province", "commune", "grassroots"), body["key"]
        assert body["basis"] in ("published", "rule", "demo"), body["key"]
        assert body["place"] in units, body["key"]
        assert tuple(body["lines"]) == LINES, body["key"]
        assert all(upper is None or upper in bodies for upper in body["lines"].values()), body[
            "key"
        ]


@pytest.mark.parametrize("line", LINES)
def test_lines_do_not_run_in_circles(bodies: dict[str, Record], line: str) -> None:
    for key in bodies:
        above(bodies, key, line)


def test_party_and_territory_lead_to_the_provincial_committee(bodies: dict[str, Record]) -> None:
    for key, body in bodies.items():
        if body["kind"] == "provincial_party_committee":
            continue
        assert above(bodies, key, "territory")[-1] == "tinh-uy", key
        assert above(bodies, key, "party")[-1] == "tinh-uy", key


def test_every_commune_has_the_same_core(province: Record, bodies: dict[str, Record]) -> None:
    core = {
        "commune_party_committee", "commune_party_section", "commune_peoples_committee", "commune_front",
        "commune_womens_union", "commune_farmers_union", "commune_veterans_association", "commune_youth_union",
    }  # fmt: skip
    for unit in province["units"]:
        if unit["parent"] is not None:
            counts = Counter(
                body["kind"] for body in bodies.values() if body["place"] == unit["key"]
            )
            assert all(counts[kind] == 1 for kind in core), unit["key"]


def test_competences_follow_the_guideline(province: Record, bodies: dict[str, Record]) -> None:
    rules = {
        "I.2.2a": (["exemplar"], None, {"provincial_party_commission"}),
        "I.2.2b": (["model", "exemplar"], "party", COMMITTEES - {"provincial_party_committee"}),
        "I.2.2c": (["model", "exemplar"], "vertical", {
            "provincial_front", "provincial_womens_union", "provincial_farmers_union",
            "provincial_veterans_association", "provincial_youth_union", "provincial_labour_federation",
        }),
        "I.2.2d": (["model", "exemplar"], "territory", {"commune_party_committee"}),
    }  # fmt: skip
    held: dict[str, set[str]] = {}
    for competence in province["competences"]:
        aims, line, kinds = rules[competence["clause"]]
        assert (competence["aims"], competence["line"]) == (aims, line)
        assert bodies[competence["holder"]]["kind"] in kinds
        assert competence["source"] and competence["since"] == province["as_of"]
        holders = held.setdefault(competence["clause"], set())
        assert competence["holder"] not in holders
        holders.add(competence["holder"])
    assert len(held["I.2.2a"]) == 1
    for clause in ("I.2.2b", "I.2.2c", "I.2.2d"):
        assert held[clause] == {
            key for key, body in bodies.items() if body["kind"] in rules[clause][2]
        }


def test_users_are_offices_of_known_bodies(province: Record, bodies: dict[str, Record]) -> None:
    assert {user["role"] for user in province["users"]} == ROLES
    for user in province["users"]:
        assert set(user) == {"id", "title", "role", "organisation"}
        assert user["organisation"] in bodies, user["id"]
        assert user["title"].startswith(OFFICES), user["title"]


def test_councils_can_sit(province: Record, bodies: dict[str, Record]) -> None:
    users = {user["id"]: user for user in province["users"]}
    for council in province["councils"]:
        assert council["organisation"] in bodies and council["advising"] in bodies, council["key"]
        assert (
            users[council["chair"]]["role"] == "chair" and council["chair"] in council["members"]
        ), council["key"]
        assert users[council["secretary"]]["role"] == "secretary", council["key"]
        assert council["secretary"] not in council["members"], council["key"]
        assert len(set(council["members"])) == len(council["members"]) >= 7, council["key"]
        assert {users[member]["role"] for member in council["members"]} == {
            "chair",
            "council_member",
        }, council["key"]


def test_every_step_of_a_model_has_someone_to_take_it(models: list[Row], province: Record) -> None:
    acting = {(user["role"], user["organisation"]) for user in province["users"]}
    councils = {council["organisation"]: council for council in province["councils"]}
    for row in models:
        assert ("committee_officer", row["committee_body"]) in acting, row["key"]
        if row["category"] == "none":
            continue
        assert ("registrant", row["holder_body"]) in acting, row["key"]
        if row["committee_body"] != "tinh-uy":  # it holds no competence of I.2.2
            assert ("signer", row["committee_body"]) in acting, row["key"]
            assert ("appraiser", councils[row["committee_body"]]["advising"]) in acting, row["key"]
