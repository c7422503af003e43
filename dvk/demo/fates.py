"""What becomes of each model of the demonstration: chosen by the seed alone, so that a year can be told again."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Fate(StrEnum):
    """What becomes of a model."""

    USUAL = "usual"
    RETURNED = "returned"
    OPINION = "opinion"
    SESSION_MISSED = "session-missed"
    LATE_ACCEPTED = "late-accepted"
    QUORUM_MISSED = "quorum-missed"
    VERTICAL_LINE = "vertical-line"
    DEPARTED = "departed-from-advice"
    AFTER_MONTH = "after-the-month"
    VOTED_DOWN = "voted-down"
    BELOW_STANDARD = "below-standard"
    GATE_FAILED = "gate-failed"
    LATE_REFUSED = "late-never-accepted"
    SILENT = "no-report"
    WITHDRAWN = "withdrawn"
    WITHDRAWN_LATE = "withdrawn-in-appraisal"
    NO_COMPETENT_BODY = "no-competent-body"
    NOT_LISTED = "not-listed"


@dataclass(frozen=True)
class Told:
    """A fate in words."""

    vi: str
    en: str


TOLD: Final[dict[Fate, Told]] = {
    Fate.USUAL: Told("được công nhận", "recognised"),
    Fate.RETURNED: Told(
        "bị trả lại, đăng ký lại, rồi được công nhận", "returned, registered again, recognised"
    ),
    Fate.OPINION: Told(
        "có ý kiến nhân dân, đã trả lời, được công nhận", "a citizen's opinion answered, recognised"
    ),
    Fate.SESSION_MISSED: Told(
        "hội nghị báo cáo bị bỏ lỡ, được công nhận", "reporting session missed, recognised"
    ),
    Fate.LATE_ACCEPTED: Told(
        "báo cáo muộn có lý do, được công nhận", "late report accepted for its reason, recognised"
    ),
    Fate.QUORUM_MISSED: Told(
        "bỏ phiếu lần đầu thiếu người, lần hai thông qua",
        "first ballot without quorum, the second adopted",
    ),
    Fate.VERTICAL_LINE: Told(
        "Hội Phụ nữ tỉnh công nhận theo ngành dọc",
        "recognised by the Women's Union in its own line",
    ),
    Fate.DEPARTED: Told(
        "công nhận khác với tham mưu, có lý do", "recognised against the advice, with the reason"
    ),
    Fate.AFTER_MONTH: Told(
        "công nhận sau tháng 10, có lý do", "recognised after October, with the reason"
    ),
    Fate.VOTED_DOWN: Told("bỏ phiếu không thông qua, không công nhận", "voted down, declined"),
    Fate.BELOW_STANDARD: Told(
        "dưới điểm đạt, không công nhận", "below the points required, declined"
    ),
    Fate.GATE_FAILED: Told(
        "không bảo đảm chấp hành, không công nhận", "failed the compliance gate, declined"
    ),
    Fate.LATE_REFUSED: Told("báo cáo muộn, không được tiếp nhận", "late report never accepted"),
    Fate.SILENT: Told("không báo cáo kết quả", "no results reported"),
    Fate.WITHDRAWN: Told("rút trong năm", "withdrawn during the year"),
    Fate.WITHDRAWN_LATE: Told("rút khi đang thẩm định", "withdrawn while being appraised"),
    Fate.NO_COMPETENT_BODY: Told("không cơ quan nào có thẩm quyền", "no competent body"),
    Fate.NOT_LISTED: Told(
        "không thuộc danh mục, bị từ chối đăng ký", "not among those who may register, refused"
    ),
}

DECIDED: Final = frozenset(
    {
        *(Fate.USUAL, Fate.RETURNED, Fate.OPINION, Fate.SESSION_MISSED, Fate.LATE_ACCEPTED),
        *(Fate.QUORUM_MISSED, Fate.VERTICAL_LINE, Fate.DEPARTED, Fate.AFTER_MONTH),
        *(Fate.VOTED_DOWN, Fate.BELOW_STANDARD, Fate.GATE_FAILED),
    }
)
"""The fates that end in a decision."""
DECLINED: Final = frozenset({Fate.VOTED_DOWN, Fate.BELOW_STANDARD, Fate.GATE_FAILED})
"""Those that end in a refusal to recognise."""
REACHES_APPRAISAL: Final = DECIDED | {Fate.WITHDRAWN_LATE, Fate.NO_COMPETENT_BODY}
"""The fates with results in hand by October."""
REACHES_BALLOT: Final = DECIDED | {Fate.NO_COMPETENT_BODY}

_PER_64: Final[dict[Fate, int]] = {
    Fate.RETURNED: 2,
    Fate.OPINION: 2,
    Fate.SESSION_MISSED: 2,
    Fate.LATE_ACCEPTED: 2,
    Fate.QUORUM_MISSED: 1,
    Fate.DEPARTED: 1,
    Fate.AFTER_MONTH: 1,
    Fate.VOTED_DOWN: 1,
    Fate.BELOW_STANDARD: 1,
    Fate.GATE_FAILED: 1,
    Fate.LATE_REFUSED: 1,
    Fate.SILENT: 1,
    Fate.WITHDRAWN: 1,
    Fate.WITHDRAWN_LATE: 1,
}
"""How many of 64 models have a fate out of the ordinary; the demonstration's choice, no statistics."""


def shuffled(keys: Sequence[str], seed: int) -> list[str]:
    """The keys in an order that follows from the seed."""
    return sorted(keys, key=lambda key: hashlib.sha256(f"{seed}/{key}".encode()).digest())


def drawn(seed: int, *parts: str, below: int) -> int:
    """A number from 0 up to `below` that follows from the seed and `parts`."""
    digest = hashlib.sha256("/".join((str(seed), *parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big") % below


def fates_of(keys: Sequence[str], seed: int, models: int) -> dict[str, Fate]:
    """A fate for each of `keys`, in proportion to `models`, each out-of-the-ordinary one at least once
    where there are enough; the rest takes the usual course.
    """
    # One of each first, so that a small year shows as many fates as it can.
    again = [fate for fate, count in _PER_64.items() for _ in range(count * models // 64 - 1)]
    ordered = [*_PER_64, *again]
    return {
        key: ordered[index] if index < len(ordered) else Fate.USUAL
        for index, key in enumerate(shuffled(keys, seed))
    }
