"""Tells in plain words what a demonstration holds, and what to try next."""

import shlex
import sys
from pathlib import Path

from dvk.demo.fates import TOLD, Fate
from dvk.demo.play import FIELDS, Summary
from dvk.language import in_words
from shared.domain.refusal import Language

_MORE_USERS = (
    ("cb-dan-van-cua-lo", "cán bộ dân vận phường Cửa Lò", "officer of the Cua Lo Ward committee"),
    ("td-cua-lo-1", "chuyên viên thẩm định", "appraiser"),
    ("ky-cua-lo", "người ký quyết định", "signer"),
    ("quan-tri", "quản trị hệ thống", "administrator"),
    ("kiem-tra", "cán bộ kiểm tra", "auditor"),
)


def program() -> str:
    """How the command was called, to repeat it in examples."""
    called = Path(sys.argv[0])
    try:
        return shlex.quote(str(called.relative_to(Path.cwd())))
    except ValueError:
        return shlex.quote(str(called))


def told(summary: Summary, spoken: tuple[Language, ...] | None = None) -> str:
    """What was played: by fate and by field, and how long it took."""
    lines = [
        in_words(
            f"Năm {summary.year}: {summary.models} mô hình, {summary.decisions} quyết định, "
            f"{summary.bodies} đơn vị, {summary.users} người dùng trình diễn.",
            f"The year {summary.year}: {summary.models} models, {summary.decisions} decisions, "
            f"{summary.bodies} bodies, {summary.users} demo users.",
            spoken,
        )
    ]
    if summary.generated:
        lines.append(
            in_words(
                f"{summary.generated} mô hình được sinh thêm theo mẫu đã công bố, ở đơn vị khác: "
                "không phải mô hình có thật.",
                f"{summary.generated} models were generated after published ones, at other bodies: they "
                "are not real ones.",
                spoken,
            )
        )
    lines += ["", in_words("Kết quả:", "What became of them:", spoken)]
    for name, count in summary.fates.items():
        fate = TOLD[Fate(name)]
        lines.append(f"{count:6d}  {_beside(fate.vi, fate.en, spoken)}")
    lines += [
        "",
        in_words(
            "Theo lĩnh vực (đăng ký / công nhận / không công nhận):",
            "By field (registered / recognised / declined):",
            spoken,
        ),
    ]
    for field in summary.fields:
        counts = f"{field.registered:6d} {field.recognized:6d} {field.declined:6d}"
        lines.append(f"{counts}  {_beside(*FIELDS[field.field], spoken)}")
    lines += [
        "",
        in_words(
            f"{summary.requests} yêu cầu trong {summary.seconds:g} giây.",
            f"{summary.requests} requests in {summary.seconds:g} seconds.",
            spoken,
        ),
    ]
    return "\n".join(lines)


def _beside(vi: str, en: str, spoken: tuple[Language, ...] | None) -> str:
    return in_words(vi, en, spoken).replace("\n", " / ")


def invitation(summary: Summary, address: str, spoken: tuple[Language, ...] | None = None) -> str:
    """Where everything is and what to try: lines that can be pasted into a shell."""
    dvk, user = program(), summary.example_user or "dk-ubnd-do-luong"
    url = "" if address == "http://127.0.0.1:8080" else f" --url {address}"
    survey = (
        f"""curl -s {address}/registration/models -H 'Content-Type: application/json' """
        f"""-H "Authorization: Bearer $({dvk} token {user}{url})" """
        """-d '{"surveyed_by": "%s", "surveyed_on": "2026-11-01", "place": "Xã Đô Lương", """
        """"situation": "…", "advantages": "…", "difficulties": "…"}'"""
    ) % summary.example_holder
    tries = [
        (
            "quyết định công khai",
            "public decisions",
            f"curl -s '{address}/recognition/decisions?year={summary.year}&limit=3'",
        ),
        (
            "tìm không dấu",
            "search without diacritics",
            f"curl -s '{address}/registration/models?q=nong+thon&limit=3'",
        ),
        (
            "hộp thư của đơn vị",
            "a body's inbox",
            f"""curl -s {address}/notification/inbox -H "Authorization: Bearer $({dvk} token {user}{url})\"""",
        ),
        ("khảo sát một mô hình mới", "survey the place of a new model", survey),
    ]
    if summary.example_model is not None:
        tries.append(
            (
                "xem lại mô hình như ngày 6/10",
                "a model as it was on 6 October",
                f"{dvk} replay model {summary.example_model} --at 2026-10-06{url}",
            )
        )
    lines = [
        in_words("Địa chỉ (tài liệu API):", "Addresses (API documents):", spoken),
        *(f"  {address}/{name}/docs" for name in summary.services),
        "",
        in_words(
            f"Người dùng trình diễn, không mật khẩu; lấy mã truy cập: {dvk} token {user}{url}",
            f"Demo users have no password; a token: {dvk} token {user}{url}",
            spoken,
        ),
        *(f"  {name:<24}{_beside(vi, en, spoken)}" for name, vi, en in _MORE_USERS),
        "",
        in_words("Thử tiếp:", "Try next:", spoken),
    ]
    for vi, en, line in tries:
        lines += [f"  # {_beside(vi, en, spoken)}", f"  {line}"]
    return "\n".join(lines)
