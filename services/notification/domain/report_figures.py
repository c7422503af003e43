"""The figures of a periodic report, one by one: what each counts, and under which clause or practice.

A figure counts facts, each an event of the log about a model. `in_period` counts what happened between two days;
`at_end` what holds at the end of one. docs/reference/reports.md says the same for readers.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

import msgspec

Fact = Literal[
    "registered",
    "accepted",
    "returned",
    "withdrawn",
    "started",
    "ended",
    "carried_on",
    "reattested",
    "runs",
    "rests",
    "heard",
    "fell_quiet",
    "reported_in_time",
    "reported_late",
    "session_missed",
    "meets_standard",
    "below_standard",
    "advised_for",
    "advised_against",
    "recognised_model",
    "recognised_exemplar",
    "declined_model",
    "declined_exemplar",
    "holds_model",
    "holds_exemplar",
    "falls",
    "revoked",
    "award_proposed",
    "award_granted",
    "award_refused",
    "award_withdrawn",
    "duplicate",
    "duplicate_withdrawn",
]
"""What an event says of a model, as the read model keeps it."""

Counts = Literal["models", "results", "returns", "cases", "awards"]
"""What one in a figure is: a model; a model's year, its results, appraisal or attestation; a return; a case
of recognition; an award proposal."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """`facts` are counted; with `until` a fact counts at the end while none of those followed for the same
    thing. What one of `taken_back_by` takes back was a mistake and counts in no period. `part_of` names the total
    it is a part of.
    """

    name: str
    vi: str
    en: str
    counts: Counts
    source: str
    facts: tuple[Fact, ...]
    until: tuple[Fact, ...] = ()
    taken_back_by: tuple[Fact, ...] = ()
    part_of: str | None = None
    at_end: bool = False


_PRACTICE: Final = "practice: periodic figures"
_RESULTS: Final = "guideline III.2.1b"
_STANDARD: Final = "guideline I.2.1c"
_ADVICE: Final = "guideline III.2.1c"
_DECISION: Final = "guideline I.2.2"
_AWARD: Final = "guideline III.2.2b"
_LAW: Final = "practice: emulation law art. 93 §2"


def _figure(
    name: str,
    vi: str,
    en: str,
    counts: Counts,
    source: str,
    *facts: Fact,
    until: tuple[Fact, ...] = (),
    taken_back_by: tuple[Fact, ...] = (),
    part_of: str | None = None,
    at_end: bool = False,
) -> Figure:
    return Figure(
        name=name,
        vi=vi,
        en=en,
        counts=counts,
        source=source,
        facts=facts,
        until=until,
        taken_back_by=taken_back_by,
        part_of=part_of,
        at_end=at_end,
    )


FIGURES: Final[tuple[Figure, ...]] = (
    _figure("registered", "Đăng ký", "Registered", "models", "guideline III.1.1c", "registered"),
    _figure(
        "accepted",
        "Được cấp ủy chấp nhận",
        "Accepted by the committee",
        "models",
        _PRACTICE,
        "accepted",
    ),
    _figure("returned", "Lượt trả lại", "Returned", "returns", _PRACTICE, "returned"),
    _figure("withdrawn", "Rút đăng ký", "Withdrawn", "models", _PRACTICE, "withdrawn"),
    _figure("started", "Bắt đầu thực hiện", "Started", "models", "guideline III.1.2a", "started"),
    _figure("ended", "Kết thúc", "Ended", "models", _PRACTICE, "ended"),
    _figure(
        "carried_on",
        "Tiếp tục sang năm mới trong thời hạn",
        "Carried on into a further year of the term",
        "results",
        "practice: term_years_max",
        "carried_on",
    ),
    _figure(
        "reattested",
        "Được xác nhận còn hoạt động",
        "Attested to live",
        "results",
        _PRACTICE,
        "reattested",
    ),
    _figure(
        "running",
        "Đang thực hiện",
        "Running",
        "models",
        "guideline III.2.1a",
        "runs",
        until=("rests",),
        at_end=True,
    ),
    _figure(
        "quiet",
        "Trong đó không có tin",
        "Of these quiet",
        "models",
        "practice: quiet_after_days",
        "fell_quiet",
        until=("heard", "rests"),
        at_end=True,
    ),
    _figure(
        "reported",
        "Báo cáo kết quả",
        "Results reported",
        "results",
        _RESULTS,
        "reported_in_time",
        "reported_late",
    ),
    _figure(
        "reported_in_time",
        "Báo cáo đúng hạn",
        "Reported in time",
        "results",
        _RESULTS,
        "reported_in_time",
        part_of="reported",
    ),
    _figure(
        "reported_late",
        "Báo cáo muộn",
        "Reported late",
        "results",
        _RESULTS,
        "reported_late",
        part_of="reported",
    ),
    _figure(
        "session_missed",
        "Hội nghị báo cáo bị bỏ lỡ",
        "Reporting session missed",
        "results",
        _RESULTS,
        "session_missed",
    ),
    _figure(
        "appraised",
        "Được thẩm định",
        "Appraised",
        "results",
        _ADVICE,
        "meets_standard",
        "below_standard",
    ),
    _figure(
        "meets_standard",
        "Thẩm định đạt tiêu chuẩn",
        "Meets the standard",
        "results",
        _STANDARD,
        "meets_standard",
        part_of="appraised",
    ),
    _figure(
        "below_standard",
        "Thẩm định chưa đạt",
        "Below the standard",
        "results",
        _STANDARD,
        "below_standard",
        part_of="appraised",
    ),
    _figure(
        "advised", "Đã tham mưu", "Advised on", "results", _ADVICE, "advised_for", "advised_against"
    ),
    _figure(
        "advised_for",
        "Tham mưu công nhận",
        "Advised to recognise",
        "results",
        _ADVICE,
        "advised_for",
        part_of="advised",
    ),
    _figure(
        "advised_against",
        "Tham mưu không công nhận",
        "Advised to decline",
        "results",
        _ADVICE,
        "advised_against",
        part_of="advised",
    ),
    _figure(
        "recognised",
        "Được công nhận",
        "Recognised",
        "cases",
        _DECISION,
        "recognised_model",
        "recognised_exemplar",
    ),
    _figure(
        "recognised_model",
        "Công nhận mô hình",
        "Recognised as a model",
        "cases",
        _DECISION,
        "recognised_model",
        part_of="recognised",
    ),
    _figure(
        "recognised_exemplar",
        "Công nhận điển hình",
        "Recognised as an exemplar",
        "cases",
        "guideline III.2.2a",
        "recognised_exemplar",
        part_of="recognised",
    ),
    _figure(
        "declined",
        "Không công nhận",
        "Declined",
        "cases",
        _ADVICE,
        "declined_model",
        "declined_exemplar",
    ),
    _figure(
        "declined_model",
        "Không công nhận mô hình",
        "Declined as a model",
        "cases",
        _ADVICE,
        "declined_model",
        part_of="declined",
    ),
    _figure(
        "declined_exemplar",
        "Không công nhận điển hình",
        "Declined as an exemplar",
        "cases",
        _ADVICE,
        "declined_exemplar",
        part_of="declined",
    ),
    _figure(
        "in_force",
        "Công nhận còn hiệu lực",
        "Recognitions in force",
        "cases",
        _LAW,
        "holds_model",
        "holds_exemplar",
        until=("falls",),
        at_end=True,
    ),
    _figure(
        "models_in_force",
        "Mô hình còn hiệu lực",
        "Models in force",
        "cases",
        _LAW,
        "holds_model",
        until=("falls",),
        part_of="in_force",
        at_end=True,
    ),
    _figure(
        "exemplars_in_force",
        "Điển hình còn hiệu lực",
        "Exemplars in force",
        "cases",
        _LAW,
        "holds_exemplar",
        until=("falls",),
        part_of="in_force",
        at_end=True,
    ),
    _figure("revoked", "Hủy bỏ công nhận", "Recognitions revoked", "cases", _LAW, "revoked"),
    _figure(
        "duplicates",
        "Trùng thành tích với hồ sơ khác",
        "Same achievement as another case",
        "cases",
        "practice: same_achievement",
        "duplicate",
        taken_back_by=("duplicate_withdrawn",),
    ),
    _figure(
        "award_proposed",
        "Đề nghị khen thưởng",
        "Awards proposed",
        "awards",
        _AWARD,
        "award_proposed",
    ),
    _figure(
        "award_outcome",
        "Đã có kết quả khen thưởng",
        "Award outcomes",
        "awards",
        _AWARD,
        "award_granted",
        "award_refused",
        "award_withdrawn",
    ),
    _figure(
        "award_granted",
        "Được khen thưởng",
        "Awards granted",
        "awards",
        _AWARD,
        "award_granted",
        part_of="award_outcome",
    ),
    _figure(
        "award_refused",
        "Không được khen thưởng",
        "Awards refused",
        "awards",
        _AWARD,
        "award_refused",
        part_of="award_outcome",
    ),
    _figure(
        "award_withdrawn",
        "Rút đề nghị khen thưởng",
        "Award proposals withdrawn",
        "awards",
        _AWARD,
        "award_withdrawn",
        part_of="award_outcome",
    ),
)

BY_NAME: Final[Mapping[str, Figure]] = MappingProxyType({one.name: one for one in FIGURES})

Dimension = Literal["field", "sub_field", "kind", "category", "place", "line", "level", "committee"]

DIMENSIONS: Final[Mapping[Dimension, tuple[str, str]]] = MappingProxyType(
    {
        "field": ("Lĩnh vực", "Field"),
        "sub_field": ("Lĩnh vực nhỏ", "Local sub-field"),
        "kind": ("Tập thể, cá nhân", "Kind of holder"),
        "category": ("Đối tượng đăng ký", "Category of holder"),
        "place": ("Địa bàn", "Place"),
        "line": ("Hệ thống ngành dọc", "Vertical system"),
        "level": ("Cấp xét công nhận", "Level of the deciding body"),
        "committee": ("Cấp ủy", "Party committee"),
    }
)
"""What a report is broken down by. A model stands in one row of each, so that rows sum to the total: `line` is the
top of the holder's vertical line, since parallel systems that list the same model must not count it twice."""

BREAKDOWN_ROWS_MAX: Final = 500
"""Rows of one breakdown. A province has about a hundred communes since July 2025 and had some hundreds before; what
is beyond is summed in the last row, which says so."""
