"""Minutes follow from the record, whose hash is signed: by each signatory once, as they stand, before the advice."""

import hashlib
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.domain.minutes import (
    ALREADY_SIGNED,
    NOT_A_SIGNATORY,
    NOT_ATTENDING,
    NOT_DRAFTED,
    OTHER_MINUTES,
    RESERVATION_FOREIGN,
    RESERVED_TWICE,
    SIGNATORY_HAS_ACCOUNT,
    TAG,
    CountedDossier,
    DraftMinutes,
    EnterReservation,
    SignMinutes,
    SignOnPaper,
    encoded,
    hash_of,
    minutes_of,
)
from services.evaluation.domain.minutes_text import ERASED, Named, text_of
from services.evaluation.domain.sitting import CANDIDATES_MAX, SITTING
from services.evaluation.domain.sitting_state import SittingEvent
from services.evaluation.domain.tally import DENOMINATORS
from shared.contracts.appraisal import EnteredOnBehalf
from shared.contracts.evaluation import TallyLine
from shared.contracts.sitting import (
    MinutesDrafted,
    MinutesSigned,
    ReservationEntered,
    Signatory,
    SittingCounted,
)
from shared.contracts.values import AppraisalId, Forgettable
from shared.domain.logentry import ENTRY_BYTES_MAX
from shared.domain.refusal import Refusal, RefusedError
from tests.support.specification import specification
from tests.unit.services.evaluation.domain.test_sitting import (
    AGENDA,
    NOW,
    ROLL,
    VOTERS,
    attended,
    candidate,
    closed,
    opened,
    result,
    settled,
)

VECTORS = Path(__file__).parents[4] / "vectors"
sitting = specification(SITTING)
CHAIR, SECRETARY = ROLL[0].seat, ROLL[4].seat


def dossier(n: int, *, people: int = 4) -> CountedDossier:
    """Three of four at the meeting, one in writing; the last rejects."""
    asked = {"all": 1, "present": 0, "present_and_consulted": 1}
    return CountedDossier(
        ballot_id=candidate(n).ballot_id,
        model=candidate(n).model,
        round=1,
        eligible=people,
        recused=1,
        voted=people,
        approve=people - 1,
        reject=1,
        abstain=0,
        lines=tuple(
            TallyLine(
                denominator=denominator,
                base=people - 1 + asked[denominator],
                voted_present=people - 1,
                voted_in_writing=asked[denominator],
                not_voting=0,
                approve=people - 1,
                reached=True,
                governs=denominator == "present_and_consulted",
            )
            for denominator in DENOMINATORS
        ),
    )


COUNTED = SittingCounted(
    sitting_id=opened.sitting_id, results=(result(0, 3, "adopted"), result(1, 3, "adopted"))
)
DOSSIERS = (dossier(0), dossier(1))
BEFORE = (opened, settled, attended, closed, COUNTED)
HASH = hash_of(minutes_of(SITTING.fold(BEFORE), DOSSIERS))
draft = DraftMinutes(ballots=DOSSIERS, at=NOW)
drafted = MinutesDrafted(
    sitting_id=opened.sitting_id,
    council_body=opened.council_body,
    question=opened.question,
    minutes=HASH,
    signatories=(
        Signatory(seat=CHAIR, role="chair"),
        Signatory(seat=SECRETARY, role="secretary"),
    ),
)
DRAFTED = (*BEFORE, drafted)
sign = SignMinutes(minutes=HASH, seat=CHAIR, at=NOW)
by_chair = MinutesSigned(
    sitting_id=opened.sitting_id,
    seat=CHAIR,
    role="chair",
    minutes=HASH,
    awaiting=("secretary",),
)
by_secretary = MinutesSigned(
    sitting_id=opened.sitting_id, seat=SECRETARY, role="secretary", minutes=HASH, awaiting=()
)
WORDS = Forgettable(payload=UUID(int=800), commitment="c" * 64)
reserve = EnterReservation(
    seat=VOTERS[3], words=WORDS, appraisal=AGENDA[0].appraisal_id, ballots=DOSSIERS, at=NOW
)


def reserved() -> ReservationEntered:
    (event,) = SITTING.decide(SITTING.fold(DRAFTED), reserve)
    assert isinstance(event, ReservationEntered)
    return event


RESERVED = reserved()

# --- drafting ---------------------------------------------------------------------------------


def test_the_minutes_of_a_counted_sitting_are_drafted_once() -> None:
    sitting.given(*BEFORE).when(draft).then(drafted)
    sitting.given(*DRAFTED).when(draft).then_nothing()


def test_nothing_is_drafted_before_the_count_without_signatories_or_of_nothing_voted_on() -> None:
    sitting.given(*BEFORE[:4]).when(draft).then_nothing()
    none = msgspec.structs.replace(opened, minutes=())
    sitting.given(none, *BEFORE[1:]).when(draft).then_nothing()
    nothing = msgspec.structs.replace(COUNTED, results=())
    sitting.given(*BEFORE[:4], nothing).when(draft).then_nothing()


@pytest.mark.parametrize(
    "asks,counted,signed,awaits",
    [(True, True, False, True), (True, True, True, False), (False, True, False, False)],
)
def test_the_advice_waits_for_the_signatures_the_rules_ask_for(
    *, asks: bool, counted: bool, signed: bool, awaits: bool
) -> None:
    first = opened if asks else msgspec.structs.replace(opened, minutes=())
    history: tuple[SittingEvent, ...] = (first, settled, attended, closed)
    history += (COUNTED,) if counted else ()
    history += (drafted, by_chair, by_secretary) if signed else ()
    assert SITTING.fold(history).awaits_minutes is awaits


# --- signing ----------------------------------------------------------------------------------


def test_each_signatory_signs_once_and_the_last_one_ends_the_waiting() -> None:
    sitting.given(*DRAFTED).when(sign).then(by_chair)
    sitting.given(*DRAFTED, by_chair).when(sign).then_nothing()
    last = msgspec.structs.replace(sign, seat=SECRETARY)
    sitting.given(*DRAFTED, by_chair).when(last).then(by_secretary)
    assert SITTING.fold((*DRAFTED, by_chair)).unsigned == drafted.signatories[1:]
    assert SITTING.fold((*DRAFTED, by_chair, by_secretary)).minutes_signed


def test_nobody_else_signs_nor_anything_else_nor_too_early() -> None:
    sitting.given(*BEFORE).when(sign).then_refused(NOT_DRAFTED)
    member = msgspec.structs.replace(sign, seat=VOTERS[1])
    assert (
        sitting.given(*DRAFTED).when(member).then_refused(NOT_A_SIGNATORY).refusal.practice
        == "minutes"
    )
    other = msgspec.structs.replace(sign, minutes="0" * 64)
    sitting.given(*DRAFTED).when(other).then_refused(OTHER_MINUTES)


def test_the_paper_of_a_signatory_without_an_account_is_entered_with_its_hash() -> None:
    paper = SignOnPaper(
        minutes=HASH, seat=CHAIR, paper="ab" * 32, entered_by="thu-ky", has_account=False, at=NOW
    )
    entered = EnteredOnBehalf(entered_by="thu-ky", paper="ab" * 32)
    sitting.given(*DRAFTED).when(paper).then(msgspec.structs.replace(by_chair, on_behalf=entered))
    has = msgspec.structs.replace(paper, has_account=True)
    sitting.given(*DRAFTED).when(has).then_refused(SIGNATORY_HAS_ACCOUNT)


# --- reservations -----------------------------------------------------------------------------


def test_a_reservation_makes_other_minutes_which_everybody_signs_anew() -> None:
    assert RESERVED.minutes != HASH
    assert RESERVED.awaiting == ("chair", "secretary")
    sitting.given(*DRAFTED).when(reserve).then(RESERVED)
    sitting.given(*DRAFTED, RESERVED).when(reserve).then_nothing()
    after = (*DRAFTED, by_chair, RESERVED)
    assert SITTING.fold(after).unsigned == drafted.signatories
    sitting.given(*after).when(sign).then_refused(OTHER_MINUTES)
    again = msgspec.structs.replace(sign, minutes=RESERVED.minutes)
    sitting.given(*after).when(again).then(
        msgspec.structs.replace(by_chair, minutes=RESERVED.minutes)
    )


@pytest.mark.parametrize(
    "changed,history,refusal",
    [
        ({}, BEFORE, NOT_DRAFTED),
        ({}, (*DRAFTED, by_chair, by_secretary), ALREADY_SIGNED),
        ({"appraisal": None}, (*DRAFTED, RESERVED), RESERVED_TWICE),
        ({"seat": SECRETARY}, DRAFTED, NOT_ATTENDING),
        ({"appraisal": AppraisalId(UUID(int=99))}, DRAFTED, RESERVATION_FOREIGN),
    ],
)
def test_a_reservation_is_refused(
    changed: dict[str, Any], history: tuple[SittingEvent, ...], refusal: Refusal
) -> None:
    command = msgspec.structs.replace(reserve, **changed)
    refused = sitting.given(*history).when(command).then_refused(refusal)
    assert refused.refusal.practice == "minutes"


seats = st.sampled_from([*VOTERS, SECRETARY])


@given(acts=st.lists(st.tuples(st.booleans(), seats, st.booleans()), max_size=25))
def test_minutes_are_signed_only_by_every_signatory_and_only_as_they_stand(
    acts: list[tuple[bool, UUID, bool]],
) -> None:
    history: tuple[SittingEvent, ...] = DRAFTED
    for signs, seat, right in acts:
        state = SITTING.fold(history)
        if signs:
            assert state.minutes is not None
            command: SignMinutes | EnterReservation = msgspec.structs.replace(
                sign, seat=seat, minutes=state.minutes if right else HASH
            )
        else:
            words = Forgettable(payload=seat, commitment=str(seat))
            command = msgspec.structs.replace(reserve, seat=seat, words=words)
        try:
            history += tuple(SITTING.decide(state, command))
        except RefusedError:
            continue
    state = SITTING.fold(history)
    standing = [one for one in state.signatures if one.minutes == state.minutes]
    assert len({one.seat for one in standing}) == len(standing)
    assert state.minutes_signed == ({one.seat for one in standing} == {CHAIR, SECRETARY})
    assert len({one.seat for one in state.reservations}) == len(state.reservations)
    last = [n for n, one in enumerate(history) if isinstance(one, ReservationEntered)]
    ends = [n for n, one in enumerate(history) if getattr(one, "awaiting", None) == ()]
    assert not ends or not last or max(last) < min(ends), "no reservation after the last signature"
    # The hash on record is that of the minutes anybody can draft again.
    assert state.minutes == hash_of(minutes_of(state, DOSSIERS))


def test_the_largest_minutes_fit_one_entry() -> None:
    dossiers = tuple(dossier(n, people=100) for n in range(CANDIDATES_MAX))
    command = msgspec.structs.replace(reserve, ballots=dossiers)
    cites = (CANDIDATES_MAX + 1) * 40
    size = len(msgspec.json.encode(RESERVED)) + len(msgspec.json.encode(command)) + cites
    assert size < ENTRY_BYTES_MAX - 2_000


# --- what they look like ----------------------------------------------------------------------

NAMED = Named(
    persons={one.seat: f"Người thứ {n}" for n, one in enumerate(ROLL) if n != 2},
    models={AGENDA[0].model: "Đường hoa bản Cửa Rào"},
    words={VOTERS[3]: "Đề nghị kiểm tra lại số liệu."},
)


def test_the_minutes_are_to_the_byte_what_they_were() -> None:
    """What is signed must not change with the code. A change makes a new tag and keeps these files."""
    minutes = minutes_of(SITTING.fold((*DRAFTED, RESERVED)), DOSSIERS)
    assert encoded(minutes) + b"\n" == (VECTORS / "minutes.json").read_bytes()
    assert text_of(minutes, NAMED) == (VECTORS / "minutes.txt").read_text()
    by_hand = hashlib.sha256(TAG + (VECTORS / "minutes.json").read_bytes().rstrip(b"\n"))
    assert RESERVED.minutes == hash_of(minutes) == by_hand.hexdigest()


def test_who_was_erased_has_no_name_and_the_hash_stays() -> None:
    minutes = minutes_of(SITTING.fold((*DRAFTED, RESERVED)), DOSSIERS)
    text = text_of(minutes, Named(persons={}, models={}, words={}))
    assert text.count(ERASED) == len(ROLL) + 2 + len(drafted.signatories)
    assert RESERVED.minutes in text
