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
    SUPPLEMENTED = "supplemented"
    REVISED = "plan-revised"
    HELPED = "helped"
    PRAISED = "praised"
    EXTENDED = "given-more-time"
    RESTED = "rested"
    REPLICATED = "taken-from-another"
    RECUSED = "ties-declared"
    PROPOSED = "proposal-returned"
    THOUGHT_DUPLICATE = "thought-a-duplicate"
    NAMED_ANEW = "other-body-named"
    AMENDED = "decision-amended"
    REFUSAL_UNDONE = "refusal-undone"
    REVOKED = "revoked"
    CLEARED = "revocation-dismissed"
    EXEMPLAR = "exemplar"
    TAKEN_OVER = "taken-over"
    ENDED = "ended"
    WITHDRAWN_BEFORE_DECISION = "withdrawn-before-decision"
    JOINT = "held-jointly"
    TERM = "runs-for-years"
    CONTINUED = "continued"
    FROM_PAPER = "entered-from-paper"


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
    Fate.SUPPLEMENTED: Told(
        "bổ sung hồ sơ theo yêu cầu, rồi được công nhận",
        "supplemented on request, then recognised",
    ),
    Fate.REVISED: Told(
        "kế hoạch, lực lượng nòng cốt và số liệu được điều chỉnh có lý do, được công nhận",
        "plan, core team and a figure changed with reasons, recognised",
    ),
    Fate.HELPED: Told(
        "gặp khó khăn, được hỗ trợ tháo gỡ, được công nhận",
        "in difficulty, helped out of it, recognised",
    ),
    Fate.PRAISED: Told(
        "được biểu dương kịp thời, có minh chứng, được công nhận",
        "praised in time, with evidence, recognised",
    ),
    Fate.EXTENDED: Told(
        "được gia hạn báo cáo, rồi được công nhận", "given more time to report, recognised"
    ),
    Fate.RESTED: Told(
        "tạm dừng rồi hoạt động trở lại, được công nhận", "suspended, resumed, recognised"
    ),
    Fate.REPLICATED: Told(
        "nhân rộng từ mô hình khác, được công nhận", "taken from another model, recognised"
    ),
    Fate.TAKEN_OVER: Told(
        "chuyển cho tập thể khác thực hiện tiếp, được công nhận",
        "taken over by another body, recognised",
    ),
    Fate.RECUSED: Told(
        "người thẩm định và ủy viên hội đồng khai có liên quan, được công nhận",
        "an appraiser and a council member declared their ties, recognised",
    ),
    Fate.PROPOSED: Told(
        "tờ trình bị trả lại, trình lại, được công nhận",
        "proposal returned, submitted again, recognised",
    ),
    Fate.THOUGHT_DUPLICATE: Told(
        "bị cho là trùng, kết luận lại không trùng, được công nhận",
        "thought a duplicate, the finding withdrawn, recognised",
    ),
    Fate.NAMED_ANEW: Told(
        "nơi đề nghị ban đầu không có thẩm quyền, nêu lại, được công nhận",
        "the body named was not competent, another named, recognised",
    ),
    Fate.AMENDED: Told(
        "khiếu nại đúng, quyết định công nhận được sửa đổi",
        "a complaint upheld, the recognition amended",
    ),
    Fate.REFUSAL_UNDONE: Told(
        "không công nhận, khiếu nại đúng, quyết định lại: công nhận",
        "declined against the advice, a complaint upheld, recognised anew",
    ),
    Fate.REVOKED: Told(
        "được công nhận rồi bị hủy vì khai khống", "recognised, then revoked for false figures"
    ),
    Fate.CLEARED: Told(
        "bị đề nghị hủy công nhận, xem xét thấy không có căn cứ",
        "revocation proposed and dismissed, stays recognised",
    ),
    Fate.EXEMPLAR: Told(
        "điển hình được công nhận nhân sơ kết, được đề nghị khen thưởng",
        "an exemplar recognised at the interim review, and awarded",
    ),
    Fate.ENDED: Told(
        "được công nhận, xong việc thì kết thúc", "recognised, and ended when its work was done"
    ),
    Fate.WITHDRAWN_BEFORE_DECISION: Told(
        "rút sau khi hội đồng bỏ phiếu", "withdrawn after the council's vote"
    ),
    Fate.JOINT: Told(
        "hai đơn vị cùng thực hiện, được công nhận", "held by two bodies together, recognised"
    ),
    Fate.TERM: Told(
        "đăng ký cho nhiều năm, được công nhận, bước sang năm sau, kéo dài thêm",
        "registered for several years, recognised, in its next year, extended",
    ),
    Fate.CONTINUED: Told(
        "được công nhận, tiếp tục thành mô hình năm sau",
        "recognised, continued as a model of the next year",
    ),
    Fate.FROM_PAPER: Told(
        "chi bộ không có tài khoản, cán bộ xã nhập thay từ giấy, được công nhận",
        "a cell without an account, entered by the commune from its papers, recognised",
    ),
}

AFTERWARDS: Final = frozenset(
    {Fate.AMENDED, Fate.REFUSAL_UNDONE, Fate.REVOKED, Fate.CLEARED, Fate.EXEMPLAR, Fate.ENDED}
)
"""The fates whose story goes on after October's decisions; all of them stand as recognised in the lists,
also what was revoked."""

DECIDED: Final = AFTERWARDS | frozenset(
    {
        *(Fate.USUAL, Fate.RETURNED, Fate.OPINION, Fate.SESSION_MISSED, Fate.LATE_ACCEPTED),
        *(Fate.QUORUM_MISSED, Fate.VERTICAL_LINE, Fate.DEPARTED, Fate.AFTER_MONTH),
        *(Fate.VOTED_DOWN, Fate.BELOW_STANDARD, Fate.GATE_FAILED, Fate.FROM_PAPER),
        *(Fate.SUPPLEMENTED, Fate.REVISED, Fate.HELPED, Fate.PRAISED, Fate.EXTENDED, Fate.RESTED),
        *(
            Fate.REPLICATED,
            Fate.TAKEN_OVER,
            Fate.RECUSED,
            Fate.PROPOSED,
            Fate.THOUGHT_DUPLICATE,
            Fate.NAMED_ANEW,
            Fate.JOINT,
            Fate.TERM,
            Fate.CONTINUED,
        ),
    }
)
"""The fates that end in a decision."""
DECLINED: Final = frozenset({Fate.VOTED_DOWN, Fate.BELOW_STANDARD, Fate.GATE_FAILED})
"""Those that end in a refusal to recognise."""
WITHOUT_ACCOUNT: Final = frozenset({Fate.NOT_LISTED, Fate.FROM_PAPER})
"""Those whose holder nobody has an account for: the committee's officer enters from paper."""
REACHES_BALLOT: Final = DECIDED | {Fate.NO_COMPETENT_BODY, Fate.WITHDRAWN_BEFORE_DECISION}
REACHES_APPRAISAL: Final = REACHES_BALLOT | {Fate.WITHDRAWN_LATE}
"""The fates with results in hand by October."""

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
    Fate.SUPPLEMENTED: 1,
    Fate.REVISED: 1,
    Fate.HELPED: 1,
    Fate.PRAISED: 1,
    Fate.EXTENDED: 1,
    Fate.RESTED: 1,
    Fate.REPLICATED: 1,
    Fate.RECUSED: 1,
    Fate.PROPOSED: 1,
    Fate.THOUGHT_DUPLICATE: 1,
    Fate.NAMED_ANEW: 1,
    Fate.AMENDED: 1,
    Fate.REFUSAL_UNDONE: 1,
    Fate.REVOKED: 1,
    Fate.CLEARED: 1,
    Fate.EXEMPLAR: 1,
    Fate.TAKEN_OVER: 1,
    Fate.ENDED: 1,
    Fate.WITHDRAWN_BEFORE_DECISION: 1,
    Fate.JOINT: 1,
    Fate.TERM: 1,
    Fate.CONTINUED: 1,
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
