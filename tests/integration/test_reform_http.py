"""The reform of 1 July 2025 over HTTP: the districts end, communes and commissions are merged, and everything
that was under way goes on with the right body, while what was decided before stands as it was.
"""

from datetime import date
from pathlib import Path

from services.audit.domain.deciders import decode
from shared.contracts.registration import OrganizationMerged
from tests.support.reform import ADMIN, IDS, Province, province
from tests.support.replaying import follows_from_its_record

DECISION = {
    "decision_number": "15-QĐ",
    "signer_office": "Bí thư",
    "signer_name": "Người Ký Thử",
}
ANOTHER_WORK = {"reason": "Cùng địa điểm, nhưng là việc khác của chi bộ."}
LAST_DAY, FIRST_DAY = date(2025, 6, 30), date(2025, 7, 1)


async def test_the_reform_of_july_2025(tmp_path: Path) -> None:
    async with province(tmp_path) as played:
        await played.before_the_reform()
        await played.adopt()

        # 2024: the district recognises, because the cell lies in its area (clause I.2.2d).
        case_2024 = await recognised_by_the_district(played)

        # January 2025: the next model is registered with the commune, for the district to recognise.
        played.at(2025, 1, 6)
        await played.calendar(2025, user="clerk")
        model = await played.survey()
        registration = played.registration("Bản sạch", deciding_body="district")
        await played.register(model, registration)
        one = f"/registration/models/{model}"
        await played.ok(f"{one}/acceptance", user="mon-son-officer")

        # June: the reform is entered, with its day. Until then nothing changes.
        played.at(2025, 6, 16)
        await played.the_reform_is_entered()
        played.at(2025, 6, 30)
        await played.ok(f"{one}/register-number", {"register_number": "7/2025"}, user="clerk")
        assert (await played.refused(f"{one}/session", SESSION, user="commune-officer"))[
            "status"
        ] == 403
        await graph_of_both_days(played)

        # July: the merged commune and the merged commission do what the former ones did.
        played.at(2025, 7, 2)
        await nobody_acts_for_what_is_no_more(played)
        await played.build(model, 2025)
        await played.report(model, 2025, officer="commune-officer")
        opened = await played.appraise(model, 2025, appraiser="section-appraiser")
        assert opened["deciding_body"] == str(IDS["commune"])
        assert opened["appraising_unit"] == str(IDS["section"])

        # October: the commune recognises by itself, under both clauses that make it competent.
        played.at(2025, 10, 10)
        case, found = await played.case(model, 2025)
        assert found["competence"]["bodies"] == [
            {"organization": str(IDS["commune"]), "clause": clause}
            for clause in ("I.2.2b", "I.2.2d")
        ]
        deciding = f"/recognition/cases/{case}/recognition"
        assert (await played.refused(deciding, DECISION, user="district-signer"))["status"] == 403
        await played.ok(deciding, DECISION, user="commune-signer")
        recognized = (await played.here.get(f"/recognition/cases/{case}"))["recognized"]
        assert recognized["decided_by"] == str(IDS["commune"])
        assert recognized["clauses"] == ["I.2.2b", "I.2.2d"]

        # The commission of the day is told, and takes over what lay in the former one's inbox.
        await told(played, "new-clerk", "Recognized")
        await told(played, "new-clerk", "ModelRegistered")
        assert (await played.here.get("/notification/inbox", user="clerk"))["items"] == []

        # What was decided in 2024 is still what the rules say on the graph of its day.
        await still_follows_from_its_record(played, case_2024)


SESSION = {"held_on": "2025-09-20", "place": "Hội trường xã"}


async def recognised_by_the_district(played: Province) -> str:
    await played.calendar(2024, user="clerk")
    model = await played.survey()
    await played.register(model, played.registration("Đường hoa", deciding_body="district"))
    one = f"/registration/models/{model}"
    await played.ok(f"{one}/acceptance", user="mon-son-officer")
    await played.build(model, 2024)
    played.at(2024, 9, 18)
    await played.report(model, 2024, officer="mon-son-officer")
    await played.appraise(model, 2024, appraiser="board-appraiser")
    played.at(2024, 10, 10)
    case, found = await played.case(model, 2024)
    assert found["competence"]["bodies"] == [
        {"organization": str(IDS["district"]), "clause": "I.2.2d"}
    ]
    await played.ok(f"/recognition/cases/{case}/recognition", DECISION, user="district-signer")
    return f"case-{case}"


async def graph_of_both_days(played: Province) -> None:
    before, after = await played.graph(LAST_DAY), await played.graph(FIRST_DAY)
    assert {"Huyện ủy Con Cuông", "Đảng ủy xã Lục Dạ", "Ban Dân vận Tỉnh ủy"} <= set(before)
    assert "Ban Tuyên giáo và Dân vận Tỉnh ủy" in after
    assert not {"Huyện ủy Con Cuông", "Đảng ủy xã Lục Dạ", "Ban Dân vận Tỉnh ủy"} & set(after)
    cell = "Chi bộ bản Cửa Rào"
    assert before[cell]["party_superior"] == str(IDS["mon-son"])
    assert after[cell]["party_superior"] == str(IDS["commune"])

    old = f"/registration/organizations/{IDS['mon-son']}"
    for on, holder in ((LAST_DAY, "mon-son"), (FIRST_DAY, "commune")):
        answer = await played.here.get(f"{old}/successors", on=on, duty="committee")
        assert answer["holder"] == str(IDS[holder])
    nobody = await played.here.get(
        f"/registration/organizations/{IDS['district']}/successors", on=FIRST_DAY
    )
    assert nobody["holder"] is None
    history = await played.here.get(f"/registration/organizations/{IDS['commune']}/history")
    assert {one["organization"] for one in history["succeeded"]} == {
        str(IDS["mon-son"]),
        str(IDS["luc-da"]),
    }
    renamed = await played.here.get(f"/registration/organizations/{IDS['propaganda']}/history")
    assert [entry["valid_from"] for entry in renamed["names"]] == ["2010-01-01", "2025-07-01"]


async def nobody_acts_for_what_is_no_more(played: Province) -> None:
    """A body that was merged or dissolved registers nothing, is registered with nowhere, and is named by
    nobody any more.
    """
    model = await played.survey()
    path = f"/registration/models/{model}/registration"
    with_the_old = played.registration("Bếp ấm", deciding_body="commune")
    problem = await played.refused(path, with_the_old, user="cell-secretary")
    assert problem["type"].endswith("committee-not-of-holder")
    for_the_old = played.registration("Bếp ấm", deciding_body="district", committee="commune")
    problem = await played.refused(path, for_the_old, user="cell-secretary")
    assert problem["type"].endswith("named-deciding-body-ended")
    assert problem["clause"] == "I.2.2"
    right = played.registration("Bếp ấm", deciding_body="commune", committee="commune")
    await played.register(model, right)

    one = f"/registration/models/{model}"
    assert (await played.refused(f"{one}/acceptance", user="mon-son-officer"))["status"] == 403
    await played.ok(f"{one}/acceptance", ANOTHER_WORK, user="commune-officer")
    number = {"register_number": "8/2025"}
    assert (await played.refused(f"{one}/register-number", number, user="clerk"))["status"] == 403
    await played.ok(f"{one}/register-number", number, user="new-clerk")
    registered = (await played.here.get(one))["registration"]
    assert registered["launching_body"] == str(IDS["propaganda"])
    line = {"line": "party", "superior": str(IDS["district"]), "valid_from": "2025-07-01"}
    below = f"/registration/organizations/{IDS['cell']}/lines"
    problem = await played.refused(below, line, user=ADMIN)
    assert problem["type"].endswith("other-organization-ended")


async def told(played: Province, user: str, kind: str) -> None:
    """A notice of this kind lies in the inbox of whoever holds the duty on the day."""

    async def look() -> bool | None:
        inbox = await played.here.get("/notification/inbox", user=user)
        return any(notice["kind"] == kind for notice in inbox["items"]) or None

    assert await played.here.until(look)


async def still_follows_from_its_record(played: Province, stream: str) -> None:
    """Every command of the case, decided again on what stood before it, gives the events it gave; and the
    events it cites of the graph are older than the reform's.
    """
    events = list(await played.here.runtime.store.read_stream(stream))
    follows_from_its_record(events)
    merged = await played.here.runtime.store.read_stream(f"organization-{IDS['mon-son']}")
    ends = [stored.position for stored in merged if isinstance(decode(stored), OrganizationMerged)]
    assert ends and events[-1].position < ends[0]
