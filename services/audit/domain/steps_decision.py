"""Sentences for the events of recognition and notification."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.audit.domain.phrases import Template
from shared.contracts import notification as n
from shared.contracts import recognition as c
from shared.contracts.event import Event

TEMPLATES: Final[Mapping[type[Event], Template]] = MappingProxyType(
    {
        c.CaseOpened: Template(
            vi="Mở hồ sơ trước {deciding_body} với {grounds} căn cứ; ý kiến tham mưu: {advice}.",
            en="A case lies before {deciding_body} with {grounds} grounds; the advice is {advice}.",
            clause="I.2.1",
        ),
        c.CompetenceDetermined: Template(
            vi="Xác định thẩm quyền ngày {as_of}: {bodies} căn cứ thẩm quyền; cơ quan được nêu "
            "{named_body_competent}.",
            en="Competence as of {as_of}: {bodies} competences found; the body named "
            "{named_body_competent}.",
            clause="I.2.2",
        ),
        c.Recognized: Template(
            vi="{decided_by} công nhận {aim}, quyết định số {decision_number} ngày {decided_on} "
            "({signer_office}).",
            en="{decided_by} recognised the {aim} by decision {decision_number} of {decided_on} "
            "({signer_office}).",
            clause="I.2.2",
        ),
        c.Declined: Template(
            vi="{decided_by} không công nhận, quyết định số {decision_number} ngày {decided_on} "
            "({signer_office}). Lý do: {reasons}",
            en="{decided_by} declined by decision {decision_number} of {decided_on} ({signer_office}). "
            "Reasons: {reasons}",
            clause="I.2.2",
        ),
        c.DecisionDepartedFromAdvice: Template(
            vi="Quyết định khác với tham mưu ({advice}). Lý do: {reason}",
            en="The decision departs from the advice ({advice}). Reason: {reason}",
            clause="III.2.1c",
        ),
        c.CaseDiscontinued: Template(
            vi="Hồ sơ dừng vì mô hình đã rút. Lý do: {reason}",
            en="The case ended because the model was withdrawn. Reason: {reason}",
        ),
        n.SubscriptionSet: Template(
            vi="{organization} chọn cách nhận thông báo bằng {language}.",
            en="{organization} set how it is told, in {language}.",
        ),
        n.NoticeQueued: Template(
            vi="Thông báo “{kind}” cho {recipient} ({relation}) qua {channel}.",
            en="Notice “{kind}” to {recipient} ({relation}) over {channel}.",
        ),
        n.NoticeDelivered: Template(vi="Thông báo đã tới nơi.", en="The notice arrived."),
        n.NoticeFailed: Template(
            vi="Gửi thông báo chưa thành công, lần {attempt} ({error}).",
            en="Attempt {attempt} to send the notice failed ({error}).",
        ),
        n.NoticeRetried: Template(
            vi="Yêu cầu gửi lại thông báo.", en="The notice is to be tried again."
        ),
        n.NoticeAcknowledged: Template(
            vi="Nơi nhận đã đọc thông báo.", en="The recipient read the notice."
        ),
    }
)
