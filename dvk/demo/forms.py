"""What the demo users fill in. Figures come from the seed; texts say that they are a demonstration."""

from typing import Final
from uuid import UUID

from dvk.api import Json
from dvk.demo.fates import WITHOUT_ACCOUNT, Fate, drawn
from dvk.demo.models import DemoModel
from dvk.demo.player import YEAR
from dvk.demo.province import Province

CORE_TEAM: Final = [
    {
        "person": "Bí thư chi bộ (trình diễn)",
        "role": "Trưởng nhóm nòng cốt",
        "group": "Khối dân vận",
    },
    {
        "person": "Trưởng ban công tác Mặt trận (trình diễn)",
        "role": "Thành viên",
        "group": "Mặt trận",
    },
    {"person": "Chi hội trưởng phụ nữ (trình diễn)", "role": "Thành viên", "group": "Hội Phụ nữ"},
]

NEW_CORE_MEMBER: Final = {
    "person": "Bí thư chi đoàn (trình diễn)",
    "role": "Thành viên",
    "group": "Đoàn Thanh niên",
}

_LINE_CHARACTERS_MAX: Final = 200
_HOUSEHOLDS: Final = "Hộ dân tham gia"
_MEETINGS: Final = "Buổi vận động"


def survey(model: DemoModel, province: Province) -> Json:
    """The survey of the place, by the holder; by the committee where that has no account."""
    surveyor = model.committee if model.fate in WITHOUT_ACCOUNT else model.holder
    return {
        "surveyed_by": str(province.ids[surveyor]),
        "surveyed_on": f"{YEAR}-01-09",
        "place": model.address,
        "situation": "Kinh tế, đời sống ổn định; nhân dân quan tâm việc chung (nội dung trình diễn).",
        "advantages": "Cấp ủy quan tâm; lực lượng nòng cốt có kinh nghiệm vận động.",
        "difficulties": "Nguồn lực hạn chế; một số hộ chưa đồng thuận ngay từ đầu.",
    }


def registration(model: DemoModel, province: Province, movement: UUID) -> Json:
    """The registration with the published facts of the model."""
    published = f" Số liệu đã công bố: {model.figures}." if model.figures else ""
    origin = (
        "Mô hình sinh thêm theo mẫu đã công bố tại" if model.generated else "Mô hình đã công bố tại"
    )
    joint = []
    if model.fate is Fate.JOINT:
        partner = province.partner(model.holder, model.committee)
        joint = [{"organization": str(province.ids[partner.key]), "name": partner.name}]
    return {
        "movement": str(movement),
        "year": YEAR,
        "last_year": YEAR + 1 if model.fate is Fate.TERM else None,
        "aim": "exemplar" if model.fate is Fate.EXEMPLAR else "model",
        "name": model.name,
        "address": model.address,
        "field": model.field,
        "content": f"{model.name}.{published} {origin} {model.source}",
        "basis": "Nhiệm vụ chính trị của địa phương và nguyện vọng của nhân dân (nội dung trình diễn).",
        "holder_kind": "individual" if model.individual else "collective",
        "holder": str(province.ids[model.holder]),
        "holder_name": None if model.individual else model.holder_name[:_LINE_CHARACTERS_MAX],
        "person": f"{model.holder_name} (trình diễn)" if model.individual else None,
        "category": model.category,
        "joint_holders": joint,
        "committee": str(province.ids[model.committee]),
        "deciding_body": str(province.ids[model.deciding_body]),
    }


def _goals(model: DemoModel, seed: int) -> tuple[int, int]:
    return 30 + drawn(seed, model.key, "households", below=170), 4 + drawn(
        seed, model.key, "meetings", below=9
    )


def plan(model: DemoModel, seed: int) -> Json:
    """A plan with two measurable targets and two milestones."""
    households, meetings = _goals(model, seed)
    return {
        "targets": [
            {"name": _HOUSEHOLDS, "unit": "hộ", "goal": str(households)},
            {"name": _MEETINGS, "unit": "buổi", "goal": str(meetings)},
        ],
        "measures": "Tuyên truyền, vận động từng hộ; phối hợp Mặt trận và các đoàn thể; bàn bạc công khai.",
        "milestones": [
            {"name": "Sơ kết 6 tháng", "due_on": f"{YEAR}-06-30"},
            {"name": "Hoàn thành các chỉ tiêu", "due_on": f"{YEAR}-09-10"},
        ],
        "resources": "Nhân dân đóng góp ngày công; địa phương hỗ trợ một phần kinh phí.",
        "starts_on": f"{YEAR}-02-10",
        "ends_on": f"{YEAR}-12-15",
    }


def figures(model: DemoModel, seed: int, share: float) -> list[Json]:
    """How far the targets are reached after a share of the year."""
    households, meetings = _goals(model, seed)
    return [
        {"target": _HOUSEHOLDS, "value": str(int(households * share))},
        {"target": _MEETINGS, "value": str(int(meetings * share))},
    ]


def results(model: DemoModel, seed: int) -> Json:
    """The written report of the year."""
    households, _ = _goals(model, seed)
    return {
        "summary": "Mô hình đạt các chỉ tiêu kế hoạch; nhân dân đồng tình, tham gia; có thể nhân rộng "
        "(nội dung trình diễn).",
        "figures": figures(model, seed, 1.0),
        "households": households,
    }
