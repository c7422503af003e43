"""A signed paper whose scan a service keeps, to enter from it on behalf of those who signed.

Stream `paper_<service>-<paper id>`: one for each keeper and content, see `paper_id`.
"""

from types import MappingProxyType
from typing import Final

import msgspec

from shared.contracts.papers import PaperKept, Signers
from shared.contracts.running import MediaType, Sha256
from shared.contracts.values import Line, OrganizationId, PaperId
from shared.domain.attachments import FileContent
from shared.domain.decider import Decider, Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

CATEGORY_PREFIX: Final = "paper_"

# --- state ------------------------------------------------------------------------------------


class Paper(msgspec.Struct, frozen=True):
    """What was kept first, and everybody whose paper it is."""

    kept: PaperKept | None = None
    signed_by: tuple[OrganizationId, ...] = ()


def evolve(state: Paper, event: PaperKept) -> Paper:
    """What is known after `event`."""
    return Paper(state.kept or event, (*state.signed_by, *event.signed_by))


# --- commands ---------------------------------------------------------------------------------


class KeepPaperForm(Request, frozen=True, kw_only=True):
    """A paper: what it is, the bodies that signed it, and its scan in Base64. What kind of file it is, is seen
    from the bytes.
    """

    what: Line
    signed_by: Signers
    content: FileContent


class PaperRecord(Request, frozen=True, kw_only=True):
    """The paper with its scan's hash: what stands in the record."""

    what: Line
    signed_by: Signers
    sha256: Sha256
    media_type: MediaType
    size_bytes: int


class KeepPaper(PaperRecord, frozen=True, kw_only=True):
    """Put a scan on record that is kept already."""

    paper_id: PaperId
    kept_by: OrganizationId
    at: Instant


# --- rules ------------------------------------------------------------------------------------

PAPER_NEEDED: Final = Refusal(
    "paper-needed",
    vi="Nhập thay đơn vị khác phải có văn bản giấy do đơn vị đó ký. Hãy gửi bản quét (POST /papers) rồi ghi mã "
    "SHA-256 của bản quét vào tiêu đề Dvk-Paper.",
    en="What is entered for another body comes from a paper that the body signed. Send its scan (POST /papers), then "
    "name the scan's SHA-256 in the header Dvk-Paper.",
)
PAPER_UNKNOWN: Final = Refusal(
    "paper-unknown",
    vi="Đơn vị của bạn chưa lưu văn bản giấy có mã này do đơn vị được nhập thay ký. Hãy gửi bản quét (POST /papers), "
    "nêu đúng đơn vị ký.",
    en="Your organisation keeps no paper with this hash that was signed by the body you enter for. Send the scan "
    "(POST /papers) and name that body as its signer.",
)
PAPER_NOT_NEEDED: Final = Refusal(
    "paper-not-needed",
    vi="Việc này bạn làm với tư cách đơn vị mình, không phải nhập thay. Hãy bỏ tiêu đề Dvk-Paper.",
    en="This you do in your own organisation's name, on nobody's behalf. Leave out the header Dvk-Paper.",
)


def decide(state: Paper, command: KeepPaper) -> tuple[PaperKept, ...]:
    """Whose paper it is, as far as that is new. Nothing is refused: that it was kept is a fact."""
    new = tuple(dict.fromkeys(one for one in command.signed_by if one not in state.signed_by))
    if not new:
        return ()
    return (
        PaperKept(
            paper_id=command.paper_id,
            sha256=command.sha256,
            media_type=command.media_type,
            size_bytes=command.size_bytes,
            what=command.what,
            kept_by=command.kept_by,
            signed_by=new,
        ),
    )


Papers = Decider[Paper, KeepPaper, PaperKept]


def keeping(service: str) -> Papers:
    """The papers of `service`, in a category of its own: a service appends to its categories alone."""
    return Decider(
        category=f"{CATEGORY_PREFIX}{service}",
        initial_state=Paper(),
        decide=decide,
        evolve=evolve,
        commands=MappingProxyType({"KeepPaper": KeepPaper}),
    )
