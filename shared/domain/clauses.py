"""The clauses of the guideline that the movement runs under: what refusals, decisions and events cite.

Where each rule lives and which specification shows it stands in `docs/reference/clauses.json`, held by a
test: a clause without both fails it.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: its id as cited, and what it is about."""

    id: str
    vi: str
    en: str


CLAUSES: Final = MappingProxyType(
    {
        clause.id: clause
        for clause in (
            Clause(
                "0", "Giai đoạn và căn cứ của phong trào", "Period and legal bases of the movement"
            ),
            Clause("I.1.1", "Tập thể được đăng ký", "Collectives that may register"),
            Clause("I.1.2", "Cá nhân được đăng ký", "Individuals that may register"),
            Clause("I.2.1", "Nguyên tắc công nhận", "Principles of recognition"),
            Clause("I.2.1a", "Có đăng ký thực hiện", "What is recognised was registered"),
            Clause(
                "I.2.1b",
                "Công khai, dân chủ trong bình chọn",
                "Selected in public and democratically",
            ),
            Clause("I.2.1c", "Đúng tiêu chuẩn", "What is recognised meets the standard"),
            Clause("I.2.2", "Cơ quan xét, công nhận", "Bodies that consider and recognise"),
            Clause("I.2.2a", "Ban Dân vận Tỉnh ủy", "The provincial Commission: exemplars"),
            Clause(
                "I.2.2b",
                "Đảng ủy trực thuộc Tỉnh ủy",
                "Party committees under the Provincial Committee",
            ),
            Clause(
                "I.2.2c",
                "Mặt trận Tổ quốc và đoàn thể tỉnh",
                "The Front and the organisations, in their systems",
            ),
            Clause("I.2.2d", "Cấp ủy trên địa bàn", "The committee of the area"),
            Clause(
                "II.1",
                "Tên, địa chỉ, nội dung, lĩnh vực",
                "Name, address, content, one of four fields",
            ),
            Clause(
                "II.2",
                "Lãnh đạo, đăng ký, chấp hành, hiệu quả",
                "Led, registered, compliant, of real effect",
            ),
            Clause(
                "II.3",
                "Nhân dân đồng tình; giải quyết việc khó",
                "People take part; hard matters are solved",
            ),
            Clause(
                "II.4", "Hài hoà ba lợi ích; đóng góp", "Three interests in harmony; a contribution"
            ),
            Clause(
                "II.5",
                "Bền vững, lan tỏa, nhân rộng được",
                "Lasting, spreading, fit to be replicated",
            ),
            Clause(
                "II.x",
                "Tiêu chí cụ thể của từng nơi",
                "Specific criteria that hold to the common ones",
            ),
            Clause("III.1.1a", "Căn cứ lựa chọn mô hình", "What the choice of a model rests on"),
            Clause("III.1.1b", "Khảo sát địa điểm", "The place is surveyed"),
            Clause("III.1.1c", "Đăng ký với cấp ủy", "Registration with the party committee"),
            Clause("III.1.2a", "Kế hoạch thực hiện", "The plan"),
            Clause("III.1.2b", "Lực lượng nòng cốt", "The core team"),
            Clause("III.2.1a", "Theo dõi, biểu dương, giúp đỡ", "Monitoring, praise, help"),
            Clause(
                "III.2.1b", "Báo cáo kết quả trước 01/10", "Results are reported before 1 October"
            ),
            Clause(
                "III.2.1c",
                "Thẩm định, bình xét, tham mưu",
                "Appraisal, collective assessment, advice",
            ),
            Clause(
                "III.2.2a",
                "Điển hình: dịp sơ kết, tổng kết",
                "Exemplars: at interim and final reviews",
            ),
            Clause(
                "III.2.2b",
                "Điển hình: hiệu quả; đề nghị khen thưởng",
                "Exemplars: effect; the award proposed",
            ),
            Clause(
                "III.2.2c",
                "Điển hình: được nơi đó công nhận",
                "Exemplars: endorsed by their place or unit",
            ),
            Clause(
                "IV.1",
                "Cụ thể hóa phương pháp, tiêu chí",
                "Bodies make methods and criteria concrete",
            ),
            Clause(
                "IV.2",
                "Theo dõi, kiểm tra, đôn đốc, báo cáo",
                "Monitoring, inspecting, urging, reporting",
            ),
            Clause(
                "IV.3", "Phản ánh để điều chỉnh, bổ sung", "Feedback for adjustment and supplement"
            ),
            Clause("N", "Nơi nhận", "Recipients"),
        )
    }
)
