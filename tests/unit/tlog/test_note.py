"""Notes, checkpoints and cosignatures as C2SP writes them, byte for byte; what is altered is refused by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.refusal import RefusedError
from shared.tlog.checkpoint import (
    CHECKPOINT_MALFORMED,
    ORIGIN_FOREIGN,
    Checkpoint,
    open_checkpoint,
    parse_checkpoint,
)
from shared.tlog.note import (
    COSIGNATURE,
    ED25519,
    KEY_MALFORMED,
    NOT_SIGNED,
    NOTE_MALFORMED,
    SIGNATURE_WRONG,
    SIGNATURES_MAX,
    Note,
    Signer,
    cosigned_by,
    parse_key,
    parse_note,
    parse_signatures,
    require_signed,
)
from tests.unit.tlog.test_tree import refused

EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
LOG = Signer("danvankheo.example/log", bytes(range(32)))
OTHER = Signer("danvankheo.example/log", bytes(range(1, 33)))
WITNESS = Signer("witness.example/w1", bytes(range(2, 34)), COSIGNATURE)
CHECKPOINT = Checkpoint("danvankheo.example/log", 12, bytes(range(32)))
SIGNED = str(Note(CHECKPOINT.text, (LOG.sign(CHECKPOINT.text),))).encode()
SECONDS = 1_790_000_000


def test_the_specifications_example() -> None:
    key = parse_key(EXAMPLE_KEY)
    note = parse_note(EXAMPLE_NOTE.encode())
    require_signed(note, [key])
    assert (str(key), str(note), key.type) == (EXAMPLE_KEY, EXAMPLE_NOTE, ED25519)


def test_a_checkpoint_is_three_lines_and_reads_as_it_was_written() -> None:
    assert CHECKPOINT.text == (
        "danvankheo.example/log\n12\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    )
    opened = open_checkpoint(SIGNED, CHECKPOINT.origin, [LOG.key])
    assert opened.checkpoint == CHECKPOINT
    assert str(opened.note).encode() == SIGNED


@pytest.mark.parametrize(
    "text",
    [
        "log\n12\n",
        "\n12\n" + "A" * 43 + "=\n",
        "log\n012\n" + "A" * 43 + "=\n",
        "log\n-1\n" + "A" * 43 + "=\n",
        "log\n9223372036854775808\n" + "A" * 43 + "=\n",
        "log\n12\n" + "A" * 40 + "\n",
        "log\n12\n" + "A" * 42 + "B=\n",
        "log\n12\n" + "A" * 43 + "=\nextension\n",
        "log\n12\n" + "A" * 43 + "=",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with refused(CHECKPOINT_MALFORMED):
        parse_checkpoint(text)


@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
def test_no_altered_byte_goes_unnoticed(place: int, bits: int) -> None:
    altered = bytearray(SIGNED)
    altered[place] ^= bits
    with pytest.RaisesExc(RefusedError):
        open_checkpoint(bytes(altered), CHECKPOINT.origin, [LOG.key])


@given(st.integers(0, len(SIGNED) - 1))
def test_no_cut_goes_unnoticed(length: int) -> None:
    with pytest.RaisesExc(RefusedError):
        open_checkpoint(SIGNED[:length], CHECKPOINT.origin, [LOG.key])


def test_who_is_not_known_is_ignored_and_who_is_must_be_right() -> None:
    both = Note(CHECKPOINT.text, (OTHER.sign(CHECKPOINT.text), LOG.sign(CHECKPOINT.text)))
    require_signed(both, [LOG.key])
    bad = Note(CHECKPOINT.text, (LOG.sign(CHECKPOINT.text), OTHER.sign("another text\n")))
    with refused(SIGNATURE_WRONG):
        require_signed(bad, [LOG.key, OTHER.key])
    require_signed(bad, [LOG.key])
    with refused(NOT_SIGNED):
        require_signed(Note(CHECKPOINT.text, (OTHER.sign(CHECKPOINT.text),)), [LOG.key])


def test_a_checkpoint_of_another_log_is_refused() -> None:
    with refused(ORIGIN_FOREIGN):
        open_checkpoint(SIGNED, "danvankheo.example/another", [LOG.key])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text\n\n\xe2\x80\x94 name c2lnbmF0dXJl",
        b"text\n\n- name c2lnbmF0dXJl\n",
        b"text\n\n\xe2\x80\x94 name sig\n",
        b"text\n\n\xe2\x80\x94 name c2ln\n",
        b"text\n\n\xe2\x80\x94 na+me c2lnbmF0dXJl\n",
        b"text\n\n\xe2\x80\x94 na\xc2\xa0me c2lnbmF0dXJl\n",
        b"te\x00xt\n\n\xe2\x80\x94 name c2lnbmF0dXJl\n",
        b"te\xffxt\n\n\xe2\x80\x94 name c2lnbmF0dXJl\n",
        b"text\r\n\r\n\xe2\x80\x94 name c2lnbmF0dXJl\n",
        b"text\n\n" + b"\xe2\x80\x94 name c2lnbmF0dXJl\n" * (SIGNATURES_MAX + 1),
        b"x" * 1_000_001,
    ],
)
def test_what_is_no_note_is_refused(raw: bytes) -> None:
    with refused(NOTE_MALFORMED):
        parse_note(raw)


def test_the_text_ends_at_the_last_empty_line() -> None:
    text = "one\n\ntwo\n"
    note = parse_note(str(Note(text, (LOG.sign(text),))).encode())
    assert note.text == text
    require_signed(note, [LOG.key])


@pytest.mark.parametrize(
    "text",
    [
        "example.com/foo",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "exam ple+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYc",
        "example.com/foo+530d903a+!",
    ],
)
def test_what_is_no_verifier_key_is_refused(text: str) -> None:
    with refused(KEY_MALFORMED):
        parse_key(text)


def test_a_witness_says_when_it_saw_the_checkpoint() -> None:
    line = WITNESS.cosign(CHECKPOINT.text, SECONDS)
    note = Note(CHECKPOINT.text, (LOG.sign(CHECKPOINT.text), line))
    [cosigned] = cosigned_by(note, [WITNESS.key])
    assert (cosigned.witness, cosigned.time_seconds) == (WITNESS.key, SECONDS)
    assert parse_signatures(str(line).encode()) == (line,)
    assert parse_key(str(WITNESS.key)) == WITNESS.key
    assert cosigned_by(Note(note.text, note.signatures[:1]), [WITNESS.key]) == ()


@given(st.integers(4, 75), st.integers(1, 255))
def test_neither_time_nor_signature_of_a_witness_can_be_altered(place: int, bits: int) -> None:
    line = WITNESS.cosign(CHECKPOINT.text, SECONDS)
    payload = bytearray(line.payload)
    payload[place - 4] ^= bits
    altered = type(line)(line.name, line.key_id, bytes(payload))
    with refused(SIGNATURE_WRONG):
        cosigned_by(Note(CHECKPOINT.text, (altered,)), [WITNESS.key])


def test_a_cosignature_is_of_one_checkpoint() -> None:
    other = Checkpoint(CHECKPOINT.origin, 13, CHECKPOINT.root)
    note = Note(other.text, (WITNESS.cosign(CHECKPOINT.text, SECONDS),))
    with refused(SIGNATURE_WRONG):
        cosigned_by(note, [WITNESS.key])


@pytest.mark.parametrize("name", ["", "a+b", "a b", "a\u3000b"])
def test_a_key_has_a_name_that_can_be_written(name: str) -> None:
    with pytest.raises(ValueError, match="called"):
        Signer(name, bytes(32))
