"""Messages: one line for a subject whatever the model is called, one id for one notice."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import get_args
from uuid import UUID

import msgspec
import pytest
from aiosmtplib.email import parse_address
from hypothesis import given
from hypothesis import strategies as st

from services.notification.domain.recipients import FROM_PAPER, RULES
from services.notification.domain.subscription import Address
from services.notification.domain.texts import TEXTS, Language
from services.notification.mail import Mailer, NotTakenError, compose
from shared.contracts.notification import Matter, NoticeQueued
from shared.contracts.values import ModelId, NoticeId, OrganizationId

NOW = datetime(2026, 10, 12, 3, tzinfo=UTC)
MAILER = Mailer("smtp://localhost:25", "thong-bao@dvk.example", "https://dvk.example")
ADDRESS = "chi-bo@cua-rao.example"
ADDRESS_PATTERN = next(m.pattern for m in get_args(Address) if isinstance(m, msgspec.Meta))


def notice(title: str = "Đường hoa", kind: str = "Recognized") -> NoticeQueued:
    return NoticeQueued(
        notice_id=NoticeId(UUID(int=1)),
        recipient=OrganizationId(UUID(int=2)),
        relation="holder",
        channel="email",
        kind=kind,
        model=ModelId(UUID(int=3)),
        title=title,
        cause=UUID(int=4),
        cause_at=NOW,
        source="guideline I.2.2b",
        rules="018f0000-0000-7000-8000-0000000000a4/1",
    )


def test_every_recipient_rule_has_its_text_in_both_languages() -> None:
    plain = {rule.kind for rule in RULES} - {"DeadlineApproached", "DeadlineMissed"}
    timed = {
        f"{name}.{matter}"
        for name in ("DeadlineApproached", "DeadlineMissed")
        for matter in get_args(Matter)
    }
    assert plain | timed | {FROM_PAPER} == TEXTS.keys()
    for text in TEXTS.values():
        for language in (text.vi, text.en):
            assert language.count("{title}") == 1


def test_a_message_cites_what_it_rests_on() -> None:
    content = compose(MAILER, notice(), ADDRESS, "vi", NOW).get_content()
    assert "Căn cứ: guideline I.2.2b" in content
    assert "Bộ quy định, phiên bản: 018f0000-0000-7000-8000-0000000000a4/1" in content


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_message_that_arrives_says_its_language(language: Language) -> None:
    message = compose(MAILER, notice(), ADDRESS, language, NOW)
    received = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert received["Content-Language"] == language


def test_every_attempt_makes_the_same_message_id() -> None:
    first = compose(MAILER, notice(), ADDRESS, "vi", NOW)
    later = compose(MAILER, notice(), ADDRESS, "en", datetime(2026, 10, 13, tzinfo=UTC))
    assert first["Message-ID"] == later["Message-ID"] == f"<{UUID(int=1)}@dvk.example>"


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200).filter(
        str.strip
    )
)
def test_whatever_a_model_is_called_the_subject_is_one_line_that_arrives(name: str) -> None:
    message = compose(MAILER, notice(name), ADDRESS, "vi", NOW)
    received = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert received.defects == []
    assert received["To"] == ADDRESS
    assert received.keys() == message.keys()
    body = received.get_body()
    assert body is not None
    assert f"https://dvk.example/registration/models/{UUID(int=3)}" in body.get_content()


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "   "])
def test_separators_of_lines_in_a_name_become_blanks(separator: str) -> None:
    message = compose(MAILER, notice(f"Đường{separator}hoa"), ADDRESS, "vi", NOW)
    assert message["Subject"] == "Mô hình “Đường hoa” đã được công nhận."


@given(st.from_regex(re.compile(str(ADDRESS_PATTERN), re.ASCII), fullmatch=True))
def test_every_address_a_subscription_takes_can_be_written_to(address: str) -> None:
    message = compose(MAILER, notice(), address, "vi", NOW)
    assert parse_address(str(message["To"])) == address


@pytest.mark.parametrize("url", ["", "http://mail", "smtp://", "mail.example:25"])
def test_what_is_no_mail_server_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="smtp://host:port"):
        Mailer(url, "a@b.example", "https://dvk.example")


def test_codes_from_500_on_are_for_good() -> None:
    assert not NotTakenError(451).permanent
    assert NotTakenError(550).permanent
