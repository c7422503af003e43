"""Sentences for the events of evaluation."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.audit.domain.phrases import Template
from shared.contracts import appraisal as a
from shared.contracts import council as c
from shared.contracts import evaluation as e
from shared.contracts import sitting as s
from shared.contracts.event import Event

TEMPLATES: Final[Mapping[type[Event], Template]] = MappingProxyType(
    {
        e.RuleSetAdopted: Template(
            vi="{adopted_by} ban hành bộ quy định “{title}”, phiên bản {version} ({document_number}), "
            "hiệu lực từ {effective_on}.",
            en="{adopted_by} adopted the rule set “{title}”, version {version} ({document_number}), "
            "effective {effective_on}.",
            clause="IV.1",
        ),
        e.CriteriaSetAdopted: Template(
            vi="{adopted_by} ban hành bộ tiêu chí “{title}”, phiên bản {version} ({document_number}), hiệu lực từ "
            "{effective_on}: {criteria} tiêu chí, cần {points_required} điểm.",
            en="{adopted_by} adopted the criteria “{title}”, version {version} ({document_number}), effective "
            "{effective_on}: {criteria} criteria, {points_required} points required.",
            clause="II.x",
        ),
        c.CouncilFormed: Template(
            vi="{body} thành lập “{name}” gồm {members} thành viên.",
            en="{body} formed “{name}” with {members} members.",
        ),
        c.CouncilChanged: Template(
            vi="Hội đồng thay đổi, nay gồm {members} thành viên. Lý do: {reason}",
            en="The council changed and has {members} members. Reason: {reason}",
        ),
        a.AppraisalOpened: Template(
            vi="{appraising_unit} bắt đầu thẩm định, theo tiêu chí phiên bản {criteria_set_version} và "
            "bộ quy định phiên bản {rule_set_version}.",
            en="{appraising_unit} began the appraisal under version {criteria_set_version} of the "
            "criteria and version {rule_set_version} of the rule set.",
            clause="III.2.1c",
        ),
        a.GateChecked: Template(
            vi="Chấp hành chủ trương, pháp luật: {passed}. {finding}",
            en="Compliance with Party lines and State law: {passed}. {finding}",
            clause="II.2",
        ),
        a.FieldTeamAssigned: Template(
            vi="{unit} giao tổ thẩm định lĩnh vực {field}, gồm {members} người.[ Lý do thay đổi: {reason}]",
            en="{unit} assigned a team of {members} to the field {field}.[ Reason for the change: {reason}]",
        ),
        a.TeamAssigned: Template(
            vi="Giao tổ thẩm định gồm {members} người; theo phân công lĩnh vực: {follows_field}."
            "[ Lý do thay đổi: {reason}]",
            en="A team of {members} was assigned; it follows the field's assignment: {follows_field}."
            "[ Reason for the change: {reason}]",
        ),
        a.AppraiserRecused: Template(
            vi="Thành viên thẩm định {appraiser} không chấm điểm hồ sơ này. Lý do: {reason}",
            en="Appraiser {appraiser} does not score this dossier. Reason: {reason}",
        ),
        a.ScoreSealed: Template(
            vi="Thành viên thẩm định {appraiser} đã chấm tiêu chí {criterion}; điểm giữ kín đến khi cả tổ chấm xong."
            "[ Nhập thay từ phiếu giấy: {on_behalf}.]",
            en="Appraiser {appraiser} scored criterion {criterion}; the points stay sealed until the whole team's "
            "are in.[ Entered from a paper sheet: {on_behalf}.]",
            clause="II.x",
        ),
        a.DivergenceFlagged: Template(
            vi="Điểm tiêu chí {criterion} lệch nhiều, từ {lowest} đến {highest} trên {points_max}: phải thảo luận.",
            en="Points for criterion {criterion} lie far apart, from {lowest} to {highest} of {points_max}: they "
            "are to be discussed.",
        ),
        a.DivergenceResolved: Template(
            vi="Tổ thảo luận tiêu chí {criterion}, {revised} người sửa điểm: {discussion}",
            en="The team discussed criterion {criterion}, {revised} changed their points: {discussion}",
        ),
        a.ScoreCorrected: Template(
            vi="Thành viên thẩm định {appraiser} đính chính điểm tiêu chí {criterion} từ {former_points} thành {points}"
            "[ (nhập thay từ phiếu giấy: {on_behalf})]. Lý do: {reason} Minh chứng: {evidence}",
            en="Appraiser {appraiser} corrected his score for criterion {criterion} from {former_points} to {points}"
            "[ (entered from a paper sheet: {on_behalf})]. Reason: {reason} Evidence: {evidence}",
            clause="II.x",
        ),
        a.DossierCorrected: Template(
            vi="Hồ sơ được đính chính trong khi thẩm định: {entry}, từ “{was}” thành “{becomes}”. Điểm đã chấm giữ "
            "nguyên và ghi là chấm trước đính chính. Lý do: {reason}",
            en="The dossier was corrected while it was appraised: {entry}, from “{was}” to “{becomes}”. Scores "
            "given before stand, marked as given before. Reason: {reason}",
        ),
        a.SiteVisitScheduled: Template(
            vi="Hẹn kiểm tra thực địa ngày {on} tại {place}.",
            en="A visit to the site is to be on {on}: {place}.",
        ),
        a.SiteVisited: Template(
            vi="Kiểm tra thực địa ngày {on} tại {place}, {appraisers} thành viên tổ thẩm định có mặt: {findings}",
            en="The site was visited on {on}, {place}, by {appraisers} of the team: {findings}",
        ),
        a.CriterionScored: Template(
            vi="Tiêu chí {criterion}: {points} điểm[ (thành viên thẩm định: {appraiser})][ (nhập thay từ phiếu giấy: {on_behalf})]. Minh chứng: {evidence}",
            en="Criterion {criterion}: {points} points[ (appraiser: {appraiser})][ (entered from a paper sheet: {on_behalf})]. Evidence: {evidence}",
            clause="II.x",
        ),
        a.Appraised: Template(
            vi="Thẩm định xong: {points}/{points_required} điểm cần đạt, điều kiện bắt buộc {gates_passed}; "
            "{meets_standard}.",
            en="Appraised: {points} points of {points_required} required, gates {gates_passed}; it "
            "{meets_standard}.",
            clause="I.2.1c",
        ),
        a.PostingOpened: Template(
            vi="Công khai kết quả thẩm định từ {opens_on} đến hết {closes_on} tại {where}.",
            en="The appraisal is posted from {opens_on} to the end of {closes_on}: {where}.",
            clause="I.2.1b",
        ),
        a.OpinionReceived: Template(
            vi="Nhận một ý kiến của người dân ngày {received_on}; nội dung được giữ riêng.",
            en="A citizen's opinion came in on {received_on}; its words are kept apart.",
            clause="I.2.1b",
        ),
        a.OpinionAnswered: Template(
            vi="Trả lời ý kiến: {answer}", en="The opinion was answered: {answer}", clause="I.2.1b"
        ),
        a.PostingClosed: Template(
            vi="Hết thời gian công khai, đã nhận và trả lời {opinions} ý kiến.",
            en="The posting ended; {opinions} opinions were received and answered.",
            clause="I.2.1b",
        ),
        a.AdviceIssued: Template(
            vi="{appraising_unit} tham mưu {deciding_body}: {advice}. {reasons}",
            en="{appraising_unit} advised {deciding_body} {advice}. {reasons}",
            clause="III.2.1c",
        ),
        a.AppraisalDiscontinued: Template(
            vi="Dừng thẩm định. Lý do: {reason}", en="The appraisal ended. Reason: {reason}"
        ),
        a.ConflictDeclared: Template(
            vi="Một thành viên hội đồng tự khai có lợi ích liên quan: {tie}.",
            en="A council member declared a conflict of interest: {tie}.",
        ),
        s.ConflictFound: Template(
            vi="Hệ thống phát hiện một thành viên hội đồng có lợi ích liên quan: {tie}.",
            en="The system found a council member's conflict of interest: {tie}.",
        ),
        s.MemberRecused: Template(
            vi="Một thành viên hội đồng không tham gia bỏ phiếu. Lý do: {reason}",
            en="A council member does not vote. Reason: {reason}",
        ),
        s.SittingOpened: Template(
            vi="Hội đồng mở phiên họp xét {agenda} hồ sơ.",
            en="A council opened a sitting on {agenda} dossiers.",
            clause="I.2.1b",
        ),
        s.AgendaSettled: Template(
            vi="Đã mở {ballots} lần bỏ phiếu của phiên họp; không mở được {dropped}.",
            en="{ballots} ballots of the sitting were opened; {dropped} could not be.",
        ),
        s.SittingAttendanceRecorded: Template(
            vi="Phiên họp: ghi nhận {present} người có mặt, {consulted} người được xin ý kiến bằng văn bản.",
            en="The sitting: {present} were present, {consulted} were asked in writing.",
        ),
        s.WrittenVoteCorrected: Template(
            vi="Sửa phiếu nhập từ giấy của người bỏ phiếu {pseudonym}: {choice} thay cho {former_choice}. Lý do: {reason}",
            en="The vote of {pseudonym}, entered from a paper, was corrected to {choice} from {former_choice}. Reason: "
            "{reason}",
        ),
        s.SittingClosed: Template(
            vi="Khép phiên họp lúc {closed_at}.", en="The sitting closed at {closed_at}."
        ),
        s.SittingCounted: Template(
            vi="Đã kiểm phiếu {results} hồ sơ của phiên họp.",
            en="The {results} dossiers of the sitting were counted.",
            clause="I.2.1b",
        ),
        s.MinutesDrafted: Template(
            vi="Đã lập biên bản phiên họp từ hồ sơ; {signatories} người ký.",
            en="The minutes of the sitting were drafted from the record; {signatories} sign them.",
        ),
        s.ReservationEntered: Template(
            vi="Một thành viên ghi ý kiến bảo lưu vào biên bản; nội dung được giữ riêng. "
            "{awaiting} người ký biên bản mới.",
            en="A member put a reservation into the minutes; its words are kept apart. {awaiting} sign them as they "
            "stand now.",
        ),
        s.MinutesSigned: Template(
            vi="{role} đã ký biên bản phiên họp; còn {awaiting} người chưa ký.[ Nhập thay từ bản giấy: {on_behalf}.]",
            en="The {role} signed the minutes of the sitting; {awaiting} have yet to.[ Entered from a paper: {on_behalf}.]",
        ),
        e.BallotOpened: Template(
            vi="Mở bỏ phiếu công khai, lần {round}, {electorate} người được bỏ phiếu; cần {quorum} tham gia "
            "và {threshold} tán thành tính trên {threshold_denominator}.",
            en="An open ballot began, round {round}, {electorate} entitled; {quorum} must vote and "
            "{threshold} of {threshold_denominator} must approve.",
            clause="I.2.1b",
        ),
        e.AttendanceRecorded: Template(
            vi="Ghi nhận {present} người có mặt, {consulted} người được xin ý kiến bằng văn bản.",
            en="{present} were present, {consulted} were asked in writing.",
        ),
        e.VoteCast: Template(
            vi="Một phiếu của người bỏ phiếu {pseudonym}: {choice}.[ Nhập thay từ phiếu giấy: {on_behalf}.]",
            en="Voter {pseudonym} voted: {choice}.[ Entered from a paper: {on_behalf}.]",
            clause="I.2.1b",
        ),
        e.BallotClosed: Template(
            vi="Khép bỏ phiếu lúc {closed_at}; phiếu sau thời điểm này không tính.",
            en="The ballot closed at {closed_at}; later votes do not count.",
            clause="I.2.1b",
        ),
        e.BallotTallied: Template(
            vi="Kiểm phiếu: {approve} tán thành, {reject} không tán thành, {abstain} không có ý kiến trên "
            "{eligible} người; ngang phiếu: {tied}; {adopted}; được bỏ phiếu lại: {repeatable}.",
            en="The count: {approve} approve, {reject} reject, {abstain} abstain of {eligible} entitled; "
            "a tie: {tied}; {adopted}; may be repeated: {repeatable}.",
            clause="I.2.1b",
        ),
        e.QuorumMissed: Template(
            vi="Chỉ {voted}/{eligible} người bỏ phiếu, chưa đủ {quorum}: không thông qua; được bỏ phiếu lại: "
            "{repeatable}.",
            en="Only {voted} of {eligible} voted, fewer than {quorum}: nothing is adopted; may be repeated: "
            "{repeatable}.",
        ),
    }
)
