"""`dvk` as scripts use it: what it answers, and the exit codes they can rely on."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.serving import Serving, dvk, free_port, serving_demo

USER = "cb-dan-van-do-luong"
HEADER = "Tên mô hình;Đơn vị thực hiện;Cá nhân;Đối tượng;Địa chỉ;Lĩnh vực;Nội dung;Căn cứ;Cấp ủy;Ngày khảo sát;Tình hình;Thuận lợi;Khó khăn;Ghi chú"  # fmt: skip
ROAD = "Đường hoa thôn 3;hoi lien hiep phu nu xa do luong;;;Xã Đô Lương;Văn hoá, xã hội;Trồng hoa 1,8 km;Nguyện vọng;ĐẢNG ỦY XÃ ĐÔ LƯƠNG;15/11/2026;Chưa có cây;Đồng tình;Kinh phí;abc"  # fmt: skip
EELS = "Nuôi lươn không bùn;Đảng ủy xã Đô Lương;Người trồng (thử);I.1.2-2;Xã Đô Lương;Kinh tế;Nuôi lươn;Thu nhập;Đảng ủy xã Đô Lương;2026-11-12;Ruộng trũng;Có nước;Giống;"  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A province, and no more than one refused model."""
    with serving_demo(tmp_path_factory.mktemp("cli") / "data", 1) as server:
        server.wait_until_said("Stop with Ctrl-C")
        # After the played year, whatever the machine's date is: models of 2027 are registered.
        server.get("/health/live", clock="2026-12-20T02:00:00Z")
        yield server


def registered(server: Serving) -> list[str]:
    models = server.get("/registration/models?year=2027&limit=200&sort=name")["items"]
    return [model["name"] for model in models]


def import_file(server: Serving, file: Path, *more: str) -> tuple[int, dict[str, object]]:
    scan = file.with_name("signed.pdf")
    if not scan.exists():
        scan.write_bytes(b"%PDF-1.4\n% the list, signed\n%%EOF\n")
    return import_without_paper(server, file, "--paper", str(scan), *more)


def import_without_paper(server: Serving, file: Path, *more: str) -> tuple[int, dict[str, object]]:
    done = dvk(
        "import", "models", str(file), "--user", USER, "--url", server.address, "--json", *more
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else {"said": done.stderr}


def test_every_fault_of_every_row_is_told_and_nothing_is_sent(
    server: Serving, tmp_path: Path
) -> None:
    file = tmp_path / "faults.csv"
    bad_field = ROAD.replace("Văn hoá, xã hội", "Bóng đá")
    bad_holder = ROAD.replace("phu nu xa do luong", "phụ nữ xã Không Có")
    foreign = ROAD.replace("ĐẢNG ỦY XÃ ĐÔ LƯƠNG", "Đảng ủy phường Cửa Lò")
    unlisted = EELS.replace("I.1.2-2", "I.1.1-2")
    undated = ROAD.replace("15/11/2026", "hôm qua").replace("Kinh phí", "")
    rows = [HEADER, ROAD, bad_field, bad_holder, foreign, unlisted, undated, ROAD]
    file.write_text("\n".join(rows), "utf-8-sig")
    code, told = import_file(server, file, "--yes")
    assert code == 1
    errors = told["errors"]
    assert isinstance(errors, list)
    assert [(error["line"], error["column"]) for error in errors] == [
        (3, "field"),
        (4, "holder"),
        (5, "committee"),
        (6, "category"),
        (7, "difficulties"),
        (7, "surveyed_on"),
        (8, "name"),
    ]
    assert registered(server) == []


def test_missing_columns_and_foreign_encodings_are_one_sentence(
    server: Serving, tmp_path: Path
) -> None:
    file = tmp_path / "columns.csv"
    file.write_text("Tên mô hình;Đơn vị\nA;B\n")
    code, told = import_file(server, file)
    assert code == 1 and "committee" in str(told["said"])
    file.write_bytes("Tên mô hình".encode("cp1258", "replace") + b"\xff")
    code, told = import_file(server, file)
    assert code == 1 and "UTF-8" in str(told["said"])


def test_a_check_sends_nothing(server: Serving, tmp_path: Path) -> None:
    file = tmp_path / "models.csv"
    file.write_text(f"{HEADER}\n{ROAD}\n{EELS}\n", "utf-16")
    code, told = import_file(server, file, "--check")
    assert (code, told["rows"], told["errors"]) == (0, 2, [])
    assert told["ignored_columns"] == ["Ghi chú"]
    assert registered(server) == []


def test_sending_again_repeats_nothing_and_adds_what_is_new(
    server: Serving, tmp_path: Path
) -> None:
    file = tmp_path / "models.csv"
    file.write_text(f"{HEADER}\n{ROAD}\n", "utf-8")
    code, told = import_without_paper(server, file, "--yes")
    assert (code, registered(server)) == (2, []), told
    assert "--paper" in str(told["said"])
    code, told = import_file(server, file, "--yes")
    assert (code, told.get("registered"), told.get("already")) == (0, 1, 0), told
    # Another separator, order, encoding and scan: what the rows say is the same.
    (tmp_path / "signed.pdf").write_bytes(b"%PDF-1.4\n% the list with one more, signed\n%%EOF\n")
    tabs = f"{HEADER}\n{EELS}\n{ROAD}\n".replace(";", "\t")
    file.write_text(tabs, "utf-16")
    code, told = import_file(server, file, "--yes")
    assert (code, told["registered"], told["already"]) == (0, 1, 1)
    assert registered(server) == ["Đường hoa thôn 3", "Nuôi lươn không bùn"]
    eels = server.get("/registration/models?q=nuoi+luon")["items"][0]
    assert (eels["holder_kind"], eels["holder_name"]) == ("individual", None)


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_template_can_be_imported_as_it_is(server: Serving, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"template.{suffix}"
    assert dvk("import", "models", "--template", str(file)).returncode == 0
    code, told = import_file(server, file, "--check")
    assert (code, told["errors"]) == (0, [])


def bodies(server: Serving, place: str) -> dict[str, dict[str, str]]:
    page = server.get(f"/registration/organizations?q={place}&limit=200")
    return {row["code"]: row for row in page["items"]}


def import_bodies(server: Serving, file: Path, *more: str) -> tuple[int, dict[str, object]]:
    done = dvk(
        *("import", "organizations", str(file), "--user", "quan-tri"),
        *("--url", server.address, "--json", *more),
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else {"said": done.stderr}


def test_a_provinces_bodies_come_from_a_table_and_again_change_nothing(
    server: Serving, tmp_path: Path
) -> None:
    file = tmp_path / "bodies.csv"
    head = "Mã;Tên;Loại;Cấp;Địa bàn;Ngày thành lập;Đối tượng;Tuyến Đảng;Cấp ủy địa bàn;Thẩm quyền;Đơn vị tham mưu;Căn cứ thẩm quyền"  # fmt: skip
    cell = "CB-1;Chi bộ thôn 1;Chi bộ;Thôn;Xã Mới;1/7/2025;I.1.1-4;du-1;du-1;;;"
    committee = "DU-1;Đảng ủy xã Mới;Đảng ủy xã, phường;Xã;Xã Mới;1/7/2025;I.1.1-2;Tinh uy Nghe An;;I.2.2b;B-1;QĐ 1"  # fmt: skip
    section = "B-1;Ban Xây dựng Đảng xã Mới;Ban;Xã;Xã Mới;1/7/2025;I.1.1-3;DU-1;;;;"
    file.write_text("\n".join([head, cell, committee, section.replace("DU-1", "DU-2")]))
    code, told = import_bodies(server, file, "--yes")
    errors = told["errors"]
    assert isinstance(errors, list) and code == 1
    assert [(error["line"], error["column"]) for error in errors] == [(4, "party_superior")]
    assert bodies(server, "xa+moi") == {}
    by_province = committee.replace("B-1;QĐ", "Tỉnh ủy Nghệ An;QĐ")
    file.write_text(f"{head}\n{cell}\n{by_province}")
    code, told = import_bodies(server, file, "--check")
    assert (code, told["rows"], told["there"], told["errors"]) == (0, 2, 0, [])
    assert bodies(server, "xa+moi") == {}
    code, told = import_bodies(server, file, "--yes")
    assert (told["created"], told["already"], told["competences"]) == (2, 0, 1)
    # As after a break: some rows are in, and one more.
    file.write_text(f"{head}\n{cell}\n{by_province}\n{section}")
    code, told = import_bodies(server, file, "--yes")
    assert (told["created"], told["already"], told["competences"]) == (1, 2, 0), told
    there = bodies(server, "xa+moi")
    assert there["CB-1"]["party_superior"] == there["DU-1"]["organization_id"]
    assert there["B-1"]["category"] == "I.1.1-3"


def test_a_table_is_taken_in_any_order_with_old_cells_and_lines_that_cross(
    server: Serving, tmp_path: Path
) -> None:
    file = tmp_path / "bodies.csv"
    rows = [
        "Mã;Tên;Loại;Cấp;Địa bàn;Ngày thành lập;Tuyến Đảng;Ngành dọc",
        "CB-9;Chi bộ bản cũ;Chi bộ;Thôn;Xã Chéo;1/1/1995;VP-9;",
        "VP-9;Văn phòng;Ban;Xã;Xã Chéo;2/7/2025;DU-9;",
        "DU-9;Đảng ủy;Đảng ủy;Xã;Xã Chéo;1/7/2025;;VP-9",
    ]
    file.write_text("\n".join(rows))
    code, told = import_bodies(server, file, "--yes")
    assert (code, told.get("created")) == (0, 3), told
    there = bodies(server, "xa+cheo")
    office, committee = (there[name]["organization_id"] for name in ("VP-9", "DU-9"))
    above = [there[name]["party_superior"] for name in ("CB-9", "VP-9", "DU-9")]
    assert above == [office, committee, None]
    assert there["DU-9"]["vertical_superior"] == office
    # The cell was there before its superior: the line begins with the younger of the two.
    page = server.get("/registration/organizations?q=xa+cheo&on=2025-07-01")
    assert {row["code"]: row["party_superior"] for row in page["items"]} == {
        "CB-9": None,
        "DU-9": None,
    }
    code, told = import_bodies(server, file, "--yes")
    assert (told["created"], told["already"], told["differences"]) == (0, 3, [])


DEPUTY = "cb-dan-van-cua-lo"


def test_a_deputy_enters_for_the_body_that_delegated(server: Serving, tmp_path: Path) -> None:
    file = tmp_path / "models.csv"
    file.write_text(f"{HEADER}\n{ROAD.replace('thôn 3', 'thôn 7')}\n")
    deputy = ("--user", DEPUTY, "--acting-for", "Đảng ủy xã Đô Lương")
    # `--user` stands there twice: the last one counts.
    code, told = import_file(server, file, *deputy)
    assert code == 1 and "no delegation" in str(told["said"])
    code, told = import_file(server, file, "--acting-for", "Đảng ủy xã Không Có")
    assert code == 2 and "--acting-for" in str(told["said"])
    found = server.get("/registration/organizations?q=dang+uy+xa+do+luong&limit=200")["items"]
    committee = next(body for body in found if body["name"] == "Đảng ủy xã Đô Lương")
    granted = httpx.post(
        f"{server.address}/registration/delegations",
        json={
            "organization": committee["organization_id"],
            "role": "committee_officer",
            "delegate": DEPUTY,
            "valid_from": "2026-12-20",
            "valid_until": "2026-12-30",
            "document": "Giấy ủy quyền số 5",
        },
        headers={"authorization": f"Bearer {server.token(USER)}"},
    )
    assert granted.is_success, granted.text
    at_least = granted.json()["position"]
    server.get(f"/registration/delegations?at_least={at_least}", token=server.token(DEPUTY))
    code, told = import_file(server, file, *deputy, "--yes")
    assert (code, told.get("registered")) == (0, 1), told
    own = import_file(server, file, "--user", DEPUTY, "--check")
    assert own[0] == 1 and "committee" in str(own[1]["errors"])


def test_without_a_terminal_nothing_is_sent_unasked(server: Serving, tmp_path: Path) -> None:
    file = tmp_path / "models.csv"
    file.write_text(f"{HEADER}\n{ROAD.replace('thôn 3', 'thôn 4')}\n")
    done = dvk("import", "models", str(file), "--user", USER, "--url", server.address)
    assert done.returncode == 2 and "--yes" in done.stderr
    assert "Đường hoa thôn 4" not in registered(server)


def test_the_demonstration_can_be_written_and_counted(tmp_path: Path) -> None:
    users = tmp_path / "users.json"
    assert dvk("demo", "--write-users", str(users)).returncode == 0
    assert len(json.loads(users.read_text())) > 500


def test_exit_codes_tell_what_went_wrong(server: Serving, tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    assert dvk("token", "quan-tri", "--url", server.address).returncode == 0
    assert dvk("token", "nobody", "--url", server.address).returncode == 1
    assert dvk("token", "quan-tri", "--url", "gopher://x").returncode == 2
    assert dvk("rebuild", "no-such-service").returncode == 2
    assert dvk("no-such-command").returncode == 2
    assert dvk("doctor", "--url", nobody).returncode == 1
    unknown = dvk("config", env={"DVK_NO_SUCH": "1"})
    assert unknown.returncode == 4 and "DVK_NO_SUCH" in unknown.stderr
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        started = dvk("serve", "audit", "--data", str(tmp_path / "d"), env={"DVK_PORT": port})
    assert started.returncode == 4 and "DVK_PORT" in started.stderr
    for failed in (unknown, started):
        assert "Traceback" not in failed.stderr


def test_an_embedded_store_serves_one_process(server: Serving) -> None:
    data = server.output.with_name("data")
    second = dvk("serve", "--data", str(data), env={"DVK_PORT": str(free_port())})
    assert second.returncode == 4
    assert "Traceback" not in second.stderr


def test_settings_are_printed_masked() -> None:
    url = "postgresql://dvk:s3cret-word@localhost/dvk"
    env = {"DVK_EVENT_STORE_URL": url, "DVK_BUS_URL": "amqp://dvk:other-word@localhost/"}
    for arguments in (("config",), ("config", "--json")):
        said = dvk(*arguments, env=env).stdout
        assert "DVK_EVENT_STORE_URL" in said
        assert "s3cret-word" not in said and "other-word" not in said


def test_a_document_needs_no_server() -> None:
    document = json.loads(dvk("openapi", "recognition").stdout)
    assert document["openapi"].startswith("3.1")
    assert "/decisions" in document["paths"]


def test_completion_is_offered() -> None:
    assert "complete" in dvk("--show-completion", "bash").stdout.lower()
