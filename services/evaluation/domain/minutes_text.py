"""The minutes of a sitting as people read and print them, in the language of the record."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

import msgspec

from services.evaluation.domain.minutes import DossierMinutes, Minutes, hash_of
from services.evaluation.domain.sitting_state import Attends
from shared.contracts.evaluation import Denominator
from shared.contracts.sitting import CandidateOutcome
from shared.contracts.values import CouncilRole, ModelId
from shared.domain.time import VIET_NAM


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """What the record knows by ids alone: who holds the seats, how the models are called, what was reserved. A
    person that was erased, and words that were, are missing.
    """

    persons: Mapping[UUID, str]
    models: Mapping[ModelId, str]
    words: Mapping[UUID, str]


ERASED: Final = "(đã xóa)"
_ROLES: Final[Mapping[CouncilRole, str]] = MappingProxyType(
    {"chair": "Chủ trì", "secretary": "Thư ký", "member": "Ủy viên"}
)
_ATTENDS: Final[Mapping[Attends, str]] = MappingProxyType(
    {
        "present": "có mặt",
        "asked": "vắng mặt, được hỏi bằng văn bản",
        "absent": "vắng mặt",
        "unrecorded": "không điểm danh",
    }
)
_DENOMINATORS: Final[Mapping[Denominator, str]] = MappingProxyType(
    {
        "all": "trên tổng số người bỏ phiếu",
        "present": "trên số có mặt",
        "present_and_consulted": "trên số có mặt và được hỏi bằng văn bản",
    }
)
_OUTCOMES: Final[Mapping[CandidateOutcome, str]] = MappingProxyType(
    {
        "adopted": "thông qua",
        "not_adopted": "không thông qua",
        "quorum_missed": "không đủ số người bỏ phiếu, không thông qua",
        "no_place": "đủ tỷ lệ nhưng hết suất, không thông qua",
        "tied_for_place": "ngang phiếu ở suất cuối",
        "undecided": "chưa quyết định",
    }
)


def text_of(minutes: Minutes, named: Named) -> str:
    """The same minutes and names give the same text, to the last line break."""
    closed = minutes.closed_at.astimezone(VIET_NAM)
    lines = [
        "BIÊN BẢN PHIÊN HỌP HỘI ĐỒNG",
        f"Nội dung: {minutes.question}",
        f"Khép phiên họp: {closed:%H:%M ngày %d/%m/%Y}",
        "",
        "I. THÀNH PHẦN",
    ]
    for number, one in enumerate(minutes.seats, 1):
        name = named.persons.get(one.seat, ERASED)
        said = "ghi biên bản" if one.attends is None else _ATTENDS[one.attends]
        lines.append(f"{number}. {name} – {_ROLES[one.role]}: {said}")
    lines += ["", "II. KẾT QUẢ BỎ PHIẾU"]
    if minutes.places is not None:
        lines.append(f"Số suất: {minutes.places}")
    for number, dossier in enumerate(minutes.dossiers, 1):
        lines += _dossier(number, dossier, named)
    lines += [f"Không bỏ phiếu được một hồ sơ: {one.reason}" for one in minutes.dropped]
    lines += ["", "III. Ý KIẾN BẢO LƯU"]
    models = {one.result.appraisal_id: one.counted.model for one in minutes.dossiers}
    for reservation in minutes.reservations:
        name = named.persons.get(reservation.seat, ERASED)
        about = "chung"
        if reservation.appraisal is not None:
            about = _model(models[reservation.appraisal], named)
        lines.append(f"- {name} ({about}): {named.words.get(reservation.seat, ERASED)}")
    if not minutes.reservations:
        lines.append("Không có.")
    lines += ["", "IV. NGƯỜI KÝ"]
    lines += [
        f"- {_ROLES[one.role]}: {named.persons.get(one.seat, ERASED)}"
        for one in minutes.signatories
    ]
    return "\n".join([*lines, "", f"Mã kiểm tra (SHA-256): {hash_of(minutes)}", ""])


def _dossier(number: int, dossier: DossierMinutes, named: Named) -> list[str]:
    counted, result = dossier.counted, dossier.result
    again = "; được bỏ phiếu lại" if result.repeatable else ""
    lines = [
        f"{number}. {_model(counted.model, named)} (lần {counted.round}): {_OUTCOMES[result.outcome]}{again}",
        (
            f"   {counted.eligible} người được bỏ phiếu, {counted.recused} người không tham gia vì có liên quan; "
            f"{counted.voted} phiếu: {counted.approve} tán thành, {counted.reject} không tán thành, "
            f"{counted.abstain} không có ý kiến"
        ),
    ]
    for line in counted.lines:
        governs = " (tỷ lệ áp dụng)" if line.governs else ""
        lines.append(
            f"   {line.approve}/{line.base} tán thành {_DENOMINATORS[line.denominator]}{governs}: "
            f"{line.voted_present} phiếu tại phiên họp, {line.voted_in_writing} bằng văn bản, "
            f"{line.not_voting} không bỏ phiếu"
        )
    return lines


def _model(model: ModelId, named: Named) -> str:
    return named.models.get(model, str(model))
