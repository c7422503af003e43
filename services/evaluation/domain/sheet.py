"""A voter's sheet: the votes on every dossier of a sitting, handed in at once and checked whole."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Final

import msgspec

from services.evaluation.domain.conflict import RECUSED
from services.evaluation.domain.sitting import CANDIDATES_MAX
from services.evaluation.domain.vote import BALLOT_CLOSED
from shared.contracts.values import AppraisalId, Choice
from shared.domain.attachments import FileContent
from shared.domain.decider import Request
from shared.domain.refusal import Refusal


class SheetLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The choice on one dossier."""

    appraisal: AppraisalId
    choice: Choice


class SheetForm(Request, frozen=True, kw_only=True):
    """A line for every dossier the voter may vote on; to abstain is a choice as well."""

    votes: Annotated[tuple[SheetLine, ...], msgspec.Meta(min_length=1, max_length=CANDIDATES_MAX)]


class PaperForm(SheetForm, frozen=True, kw_only=True):
    """What a member without an account, absent and asked in writing, said on a signed paper; its scan in Base64."""

    content: FileContent


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one dossier when a sheet comes in. `recused` is the reason why its voter has no vote
    there, `cast` the vote recorded already.
    """

    name: str
    recused: str | None
    cast: Choice | None


SHEET_TWICE: Final = Refusal(
    "sheet-line-twice",
    vi="Phiếu có hai dòng cho «{candidate}». Mỗi hồ sơ chỉ một lựa chọn; chưa phiếu nào được ghi.",
    en="The sheet has two lines for “{candidate}”. There is one choice a dossier; nothing was recorded.",
)
SHEET_FOREIGN: Final = Refusal(
    "sheet-line-foreign",
    vi="Hồ sơ «{candidate}» không bỏ phiếu ở phiên họp này. Hãy bỏ dòng đó; chưa phiếu nào được ghi.",
    en="The dossier “{candidate}” is not voted on in this sitting. Remove the line; nothing was recorded.",
)
SHEET_INCOMPLETE: Final = Refusal(
    "sheet-votes-missing",
    vi="Phiếu còn thiếu: {candidates}. Hãy chọn cho mọi hồ sơ (có thể chọn không có ý kiến); chưa phiếu nào "
    "được ghi.",
    en="The sheet lacks: {candidates}. Choose for every dossier (abstaining is a choice); nothing was recorded.",
)
VOTED_OTHERWISE: Final = Refusal(
    "sheet-voted-otherwise",
    vi="Phiếu đã ghi trước cho những hồ sơ này khác với phiếu này và không thay được: {candidates}. Chưa phiếu "
    "nào khác được ghi.",
    en="For these dossiers another vote is recorded, and it cannot be replaced: {candidates}. Nothing else was "
    "recorded.",
)
PARTLY_LATE: Final = Refusal(
    "sheet-partly-late",
    vi="Phiên họp khép trong lúc phiếu được ghi: phiếu cho những hồ sơ này có trong hồ sơ nhưng không được "
    "tính: {candidates}. Những dòng khác được tính.",
    en="The sitting closed while the sheet was being recorded: the votes on these stand in the record and do not "
    "count: {candidates}. The other lines count.",
)
"""Said after the appends, where the close came between them."""


def check_sheet(
    form: SheetForm, lines: Mapping[AppraisalId, Line], *, closed: bool
) -> tuple[SheetLine, ...]:
    """The whole sheet, before anything is written; the lines that are not recorded yet. Raises RefusedError."""
    for appraisal, times in Counter(line.appraisal for line in form.votes).items():
        if appraisal not in lines:
            raise SHEET_FOREIGN(candidate=str(appraisal))
        if times > 1:
            raise SHEET_TWICE(candidate=lines[appraisal].name)
    chosen = {line.appraisal: line.choice for line in form.votes}
    for appraisal in chosen:
        reason = lines[appraisal].recused
        if reason is not None:
            raise RECUSED(reason=reason)
    missing = [
        line.name for one, line in lines.items() if line.recused is None and one not in chosen
    ]
    if missing:
        raise SHEET_INCOMPLETE(candidates="; ".join(missing))
    other = [
        lines[one].name for one, choice in chosen.items() if lines[one].cast not in (None, choice)
    ]
    if other:
        raise VOTED_OTHERWISE(candidates="; ".join(other))
    new = tuple(line for line in form.votes if lines[line.appraisal].cast is None)
    if new and closed:
        raise BALLOT_CLOSED()
    return new
