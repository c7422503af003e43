"""Every published event has a sentence in both languages, and none shows personal data."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.audit.domain.phrases import (
    FIXED_FIELDS,
    TEXT_CHARACTERS_MAX,
    WORDS,
    PersonalDataError,
    phrase,
)
from services.audit.domain.timeline import TEMPLATES, explain
from shared.contracts import evaluation, notification, recognition, registration
from shared.contracts.appraisal import Appraised
from shared.contracts.evaluation import BallotClosed, Fraction
from shared.contracts.event import Event
from shared.contracts.metadata import OnBehalf
from shared.contracts.registration import RegistrationReturned
from shared.contracts.values import AppraisalId, BallotId, Forgettable, ModelId, OrganizationId
from tests.support.examples import example

CATALOGUES = (registration.EVENTS, evaluation.EVENTS, recognition.EVENTS, notification.EVENTS)
PUBLISHED = [event for catalogue in CATALOGUES for event in catalogue.current.values()]
PERSON = Forgettable(payload=UUID(int=1), commitment="ab" * 32)
COMMITTEE = OrganizationId(UUID(int=2))
MODEL = ModelId(UUID(int=3))
FIELD = re.compile(r"\{([a-z_]+)\}")


def fields_of(event_type: type[Event]) -> dict[str, msgspec.inspect.Field]:
    info = msgspec.inspect.type_info(event_type)
    assert isinstance(info, msgspec.inspect.StructType)
    return {field.name: field for field in info.fields}


def structs_in(type_: msgspec.inspect.Type) -> Iterator[type]:
    if isinstance(type_, msgspec.inspect.StructType):
        yield type_.cls
    if isinstance(type_, msgspec.inspect.UnionType):
        for one in type_.types:
            yield from structs_in(one)


def literals_in(type_: msgspec.inspect.Type) -> set[Any]:
    return set(type_.values) if isinstance(type_, msgspec.inspect.LiteralType) else set()


@pytest.mark.parametrize("event_type", PUBLISHED, ids=lambda event: event.__name__)
def test_every_published_event_has_a_sentence_of_its_own_fields(event_type: type[Event]) -> None:
    template = TEMPLATES[event_type]
    shown = set(FIELD.findall(template.vi))
    assert shown == set(FIELD.findall(template.en))
    fields = fields_of(event_type)
    assert shown <= fields.keys()
    for name in shown:
        assert Forgettable not in structs_in(fields[name].type), name
        literals = literals_in(fields[name].type)
        # A clause reads as its id; every other fixed value has words.
        assert name == "clause" or bool(literals) == (name in FIXED_FIELDS), name
        assert name == "clause" or literals <= WORDS.keys(), name


@pytest.mark.parametrize("event_type", PUBLISHED, ids=lambda event: event.__name__)
def test_a_sentence_leaves_out_what_has_no_value(event_type: type[Event]) -> None:
    """But for a body without a superior: that it has none is what is said."""
    template = TEMPLATES[event_type]
    for said in (template.vi, template.en):
        parts = set(FIELD.findall("".join(re.findall(r"\[.*?\]", said))))
        fields = fields_of(event_type)
        absent = {n for n in set(FIELD.findall(said)) if is_optional(fields[n].type)}
        assert parts == absent - {"superior"}


def is_optional(type_: msgspec.inspect.Type) -> bool:
    return isinstance(type_, msgspec.inspect.UnionType) and any(
        isinstance(one, msgspec.inspect.NoneType) for one in type_.types
    )


def test_there_are_no_sentences_without_an_event() -> None:
    assert TEMPLATES.keys() == set(PUBLISHED)


@pytest.mark.parametrize("event_type", PUBLISHED, ids=lambda event: event.__name__)
def test_sentences_are_whole(event_type: type[Event]) -> None:
    event = example(event_type)
    assert isinstance(event, Event)
    said = explain(event)
    for sentence in (said.vi, said.en):
        assert "{" not in sentence
        assert PERSON.commitment not in sentence


def test_a_sentence_names_organisations_it_knows_and_shows_the_id_of_others() -> None:
    event = RegistrationReturned(model_id=MODEL, committee=COMMITTEE, reasons="Thiếu khảo sát.")
    named = explain(event, {COMMITTEE: "Đảng ủy xã Môn Sơn"})
    assert named.vi == "Đảng ủy xã Môn Sơn trả lại đăng ký. Lý do: Thiếu khảo sát."
    assert explain(event).en.startswith("#00000002 returned")


def test_what_was_entered_for_others_says_for_whom_and_from_which_paper() -> None:
    event = RegistrationReturned(model_id=MODEL, committee=COMMITTEE, reasons="Thiếu.")
    cell = UUID(int=12)
    paper = OnBehalf(bodies=(cell, UUID(int=13)), paper="ab" * 32)
    said = explain(event, {cell: "Chi bộ bản Cửa Rào"}, paper)
    whom = "Chi bộ bản Cửa Rào, #0000000d"
    assert said.vi.endswith(f"Thiếu. (Nhập thay {whom} từ văn bản giấy abababababab….)")
    assert said.en.endswith(f"(Entered on behalf of {whom} from the paper abababababab….)")
    assert "paper" not in explain(event).en


def test_yes_and_no_read_as_what_they_mean() -> None:
    event = Appraised(
        appraisal_id=AppraisalId(UUID(int=4)),
        model=MODEL,
        year=2026,
        points=40,
        points_required=70,
        gates_passed=True,
        meets_standard=False,
        summary="…",
    )
    said = explain(event)
    assert "chưa đạt tiêu chuẩn" in said.vi
    assert "gates passed; it does not meet the standard" in said.en
    assert said.clause == "I.2.1c"


def test_moments_are_those_of_viet_nam() -> None:
    event = BallotClosed(
        ballot_id=BallotId(UUID(int=5)),
        appraisal_id=AppraisalId(UUID(int=4)),
        closed_at=datetime(2026, 10, 12, 18, 30, tzinfo=UTC),
    )
    said = explain(event)
    assert "01:30 13/10/2026" in said.vi
    assert "2026-10-13 01:30" in said.en


def test_values_read_as_people_write_them() -> None:
    assert phrase("held_on", date(2026, 9, 5), "vi", {}) == "05/09/2026"
    assert phrase("held_on", date(2026, 9, 5), "en", {}) == "2026-09-05"
    assert phrase("quorum", Fraction(numerator=2, denominator=3), "vi", {}) == "2/3"
    assert phrase("superior", None, "en", {}) == "–"
    assert phrase("advice", "decline", "vi", {}) == "không công nhận"
    assert phrase("name", "all", "vi", {}) == "all"


def test_long_texts_are_cut() -> None:
    said = phrase("reasons", "dài " * 1000, "vi", {})
    assert len(said) == TEXT_CHARACTERS_MAX + 1
    assert said.endswith("…")


def test_a_reference_to_personal_data_never_becomes_a_phrase() -> None:
    with pytest.raises(PersonalDataError):
        phrase("signer", PERSON, "vi", {})
