"""Problem documents (RFC 9457): the one place where an error becomes a status."""

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from traceback import extract_tb
from typing import Final

import msgspec
import structlog

from shared.bus.port import BusError, BusUnavailableError
from shared.contracts.event import UnknownEventTypeError
from shared.domain.logentry import EntryError
from shared.domain.refusal import Language, Refusal, RefusedError
from shared.eventstore.port import (
    EventIdTakenError,
    InvalidAppendError,
    StoreError,
    StoreUnavailableError,
    WrongRevisionError,
)
from shared.host import errors
from shared.host.asgi import HTML, JSON, Reply
from shared.host.consumer import NotRunningError
from shared.host.database import ReadModelBuildingError
from shared.host.files import DamagedFileError
from shared.host.outage import is_outage
from shared.host.service import NotFoundError

PROBLEM: Final = b"application/problem+json"
PREFIX: Final = "/problems/"
RETRY_AFTER_SECONDS: Final = 1

_LOG = structlog.get_logger("dvk.http")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its published code, status, and what a person is told, in both languages."""

    code: str
    status: int
    vi: str
    en: str
    about_vi: str
    about_en: str


MALFORMED: Final = Kind(
    "malformed",
    400,
    "Yêu cầu không đọc được",
    "The request cannot be read",
    "Nội dung, tiêu đề hoặc tham số không đúng cú pháp. Hãy sửa rồi gửi lại.",
    "Body, header or parameter is not well-formed. Correct it and send it again.",
)
UNAUTHENTICATED: Final = Kind(
    "unauthenticated",
    401,
    "Chưa đăng nhập",
    "Not signed in",
    "Cần một mã truy cập còn hiệu lực trong tiêu đề Authorization: Bearer.",
    "A valid token is needed in the header Authorization: Bearer.",
)
FORBIDDEN: Final = Kind(
    "forbidden",
    403,
    "Không được phép",
    "Not allowed",
    "Vai trò hoặc tổ chức của bạn không được làm việc này, hoặc không có nội dung này.",
    "Your role or organisation may not do this, or there is no such thing.",
)
NOT_FOUND: Final = Kind(
    "not-found",
    404,
    "Không tìm thấy",
    "Not found",
    "Không có nội dung này, hoặc bạn không được biết về nó.",
    "There is no such thing, or you may not know of it.",
)
METHOD_NOT_ALLOWED: Final = Kind(
    "method-not-allowed",
    405,
    "Phương thức không dùng được ở đây",
    "The method does not work here",
    "Địa chỉ này có, nhưng không nhận phương thức đã dùng; xem tiêu đề Allow.",
    "The address exists but does not take this method; see the Allow header.",
)
REFUSED: Final = Kind(
    "refused",
    409,
    "Quy định không cho phép",
    "The rules do not allow it",
    "Một quy định đã từ chối; tài liệu nêu rõ điều khoản hoặc thiết lập áp dụng.",
    "A rule refused; the document names the clause or the setting behind it.",
)
STALE: Final = Kind(
    "stale-revision",
    412,
    "Nội dung đã thay đổi",
    "It has changed meanwhile",
    "If-Match nêu phiên bản không còn là hiện tại. Hãy tải lại rồi quyết định tiếp.",
    "If-Match names a revision that is not the present one. Read it again, then decide.",
)
TOO_LARGE: Final = Kind(
    "too-large",
    413,
    "Quá lớn",
    "Too large",
    "Yêu cầu, hoặc bản ghi từ yêu cầu, vượt giới hạn. Hãy rút gọn.",
    "The request, or what would be recorded of it, passes a limit. Shorten it.",
)
UNSUPPORTED: Final = Kind(
    "unsupported-media-type",
    415,
    "Kiểu nội dung không hỗ trợ",
    "The media type is not supported",
    "Hãy gửi JSON với tiêu đề Content-Type: application/json.",
    "Send JSON with the header Content-Type: application/json.",
)
INVALID: Final = Kind(
    "invalid",
    422,
    "Dữ liệu không hợp lệ",
    "The data is not valid",
    "Cú pháp đúng nhưng nội dung không phải cái thao tác này nhận; xem errors.",
    "Well-formed, but not what this operation takes; see errors.",
)
IDEMPOTENCY_CONFLICT: Final = Kind(
    "idempotency-conflict",
    422,
    "Khoá đã dùng cho yêu cầu khác",
    "The key was used for another request",
    "Một Idempotency-Key chỉ dùng cho một yêu cầu. Gửi lại đúng yêu cầu cũ, hoặc tạo khoá mới.",
    "An Idempotency-Key stands for one request. Repeat that very request, or make a new key.",
)
UNEXPECTED: Final = Kind(
    "unexpected",
    500,
    "Lỗi ngoài dự kiến",
    "Something unexpected happened",
    "Lỗi ở phía hệ thống và đã được ghi lại. Khi báo lỗi, hãy nêu mã trong instance.",
    "The fault is ours and was logged. When reporting it, give the id in instance.",
)
UNAVAILABLE: Final = Kind(
    "unavailable",
    503,
    "Tạm thời không phục vụ được",
    "Not available for the moment",
    "Một thành phần cần thiết không trả lời. Gửi lại sau ít giây với cùng Idempotency-Key là an toàn.",
    "Something needed does not answer. Repeating shortly with the same Idempotency-Key is safe.",
)
NOT_YET: Final = Kind(
    "not-yet",
    503,
    "Dữ liệu chưa kịp cập nhật",
    "The data has not caught up yet",
    "Danh sách chưa tới vị trí at_least được yêu cầu. Hãy thử lại sau ít giây.",
    "The list has not reached the position asked for in at_least. Try again shortly.",
)
BUSY: Final = Kind(
    "busy",
    503,
    "Nhiều người cùng cập nhật",
    "Many are changing the same thing",
    "Chưa có gì được ghi. Hãy gửi lại với cùng Idempotency-Key.",
    "Nothing was recorded. Send it again with the same Idempotency-Key.",
)

KINDS: Final = (
    MALFORMED,
    UNAUTHENTICATED,
    FORBIDDEN,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    REFUSED,
    STALE,
    TOO_LARGE,
    UNSUPPORTED,
    INVALID,
    IDEMPOTENCY_CONFLICT,
    UNEXPECTED,
    UNAVAILABLE,
    NOT_YET,
    BUSY,
)

BY_ERROR: Final[Mapping[type[BaseException], Kind]] = {
    RefusedError: REFUSED,
    NotFoundError: NOT_FOUND,
    errors.MalformedError: MALFORMED,
    errors.UnsupportedMediaError: UNSUPPORTED,
    errors.TooLargeError: TOO_LARGE,
    errors.InvalidError: INVALID,
    errors.MethodNotAllowedError: METHOD_NOT_ALLOWED,
    errors.UnauthenticatedError: UNAUTHENTICATED,
    errors.ForbiddenError: FORBIDDEN,
    errors.StaleRevisionError: STALE,
    errors.IdempotencyConflictError: IDEMPOTENCY_CONFLICT,
    errors.BusyError: BUSY,
    errors.NotYetError: NOT_YET,
    errors.StandbyError: UNAVAILABLE,
    errors.IdentityUnavailableError: UNAVAILABLE,
    StoreUnavailableError: UNAVAILABLE,
    BusUnavailableError: UNAVAILABLE,
    InvalidAppendError: INVALID,
    EventIdTakenError: IDEMPOTENCY_CONFLICT,
    WrongRevisionError: BUSY,
    # Faults of ours, a damaged medium, or a record newer than this program: the log says which.
    errors.HostError: UNEXPECTED,
    StoreError: UNEXPECTED,
    BusError: UNEXPECTED,
    EntryError: UNEXPECTED,
    UnknownEventTypeError: UNEXPECTED,
    DamagedFileError: UNEXPECTED,
    ReadModelBuildingError: NOT_YET,
    NotRunningError: UNAVAILABLE,
}


class FaultDocument(msgspec.Struct, frozen=True):
    """One thing wrong with the input: where it is (`$.items[0].name`) and what."""

    path: str
    detail: str


class ProblemDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 9457. `instance` is the correlation id, also in logs and events. `clause` is a guideline
    clause, `practice` a rule-set setting, `rule_set` the version a rule was refused under.
    """

    type: str
    title: str
    status: int
    detail: str
    instance: str
    clause: str | None = None
    practice: str | None = None
    rule_set: str | None = None
    errors: tuple[FaultDocument, ...] = ()


def kind_of(error: BaseException) -> Kind:
    """The kind an error is answered as; UNEXPECTED for one that nobody thought of."""
    for cls in type(error).__mro__:
        kind = BY_ERROR.get(cls)
        if kind is not None:
            return kind
    return UNAVAILABLE if is_outage(error) else UNEXPECTED


def problem(
    error: Exception, language: Language, instance: str, rule_set: str | None = None
) -> Reply:
    """The answer to `error`. Logs what is our fault, tells the caller nothing of its insides."""
    kind = kind_of(error)
    refusal = error.refusal if isinstance(error, RefusedError) else None
    if kind is UNEXPECTED:
        # Frames and class, not the message: it may quote what somebody wrote.
        frames = [f"{f.filename}:{f.lineno} {f.name}" for f in extract_tb(error.__traceback__)]
        _LOG.error("unexpected", instance=instance, error=type(error).__name__, frames=frames)
    elif kind is UNAVAILABLE:
        _LOG.warning("unavailable", instance=instance, error=type(error).__name__)
    document = ProblemDocument(
        type=PREFIX + (kind.code if refusal is None else refusal.code),
        title=kind.vi if language == "vi" else kind.en,
        status=kind.status,
        detail=_detail(error, kind, language),
        instance=instance,
        clause=None if refusal is None else refusal.clause,
        practice=None if refusal is None else refusal.practice,
        rule_set=rule_set if refusal is not None else None,
        errors=tuple(
            FaultDocument(fault.path, fault.vi if language == "vi" else fault.en)
            for fault in (error.faults if isinstance(error, errors.HostError) else ())
        ),
    )
    return Reply(
        kind.status, msgspec.json.encode(document), PROBLEM, _headers(error, kind, language)
    )


def _detail(error: Exception, kind: Kind, language: Language) -> str:
    if isinstance(error, RefusedError | errors.HostError) and kind is not UNEXPECTED:
        return error.sentence(language)
    return kind.about_vi if language == "vi" else kind.about_en


def _headers(error: Exception, kind: Kind, language: Language) -> list[tuple[bytes, bytes]]:
    headers = [
        (b"content-language", language.encode()),
        (b"vary", b"accept-language"),
        (b"cache-control", b"no-store"),
    ]
    if kind is UNAUTHENTICATED:
        headers.append((b"www-authenticate", b'Bearer realm="dvk"'))
    if kind in (UNAVAILABLE, NOT_YET, BUSY):
        headers.append((b"retry-after", str(RETRY_AFTER_SECONDS).encode()))
    if isinstance(error, errors.MethodNotAllowedError):
        headers.append((b"allow", ", ".join(error.allowed).encode()))
    return headers


class ProblemPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """What `/problems/<code>` says about a kind of problem or a refusal."""

    type: str
    status: int
    title: str
    about: str
    clause: str | None = None
    practice: str | None = None


def problem_pages(refusals: Iterable[Refusal], language: Language) -> dict[str, ProblemPage]:
    """Every problem that can be answered, by code: the kinds, then the refusals of the services."""
    vi = language == "vi"
    pages = {
        kind.code: ProblemPage(
            PREFIX + kind.code,
            kind.status,
            kind.vi if vi else kind.en,
            kind.about_vi if vi else kind.about_en,
        )
        for kind in KINDS
    }
    for refusal in sorted(refusals, key=lambda refusal: refusal.code):
        pages[refusal.code] = ProblemPage(
            PREFIX + refusal.code,
            REFUSED.status,
            REFUSED.vi if vi else REFUSED.en,
            refusal.vi if vi else refusal.en,
            refusal.clause,
            refusal.practice,
        )
    return pages


def pages_reply(pages: Iterable[ProblemPage], language: Language, *, as_html: bool) -> Reply:
    """Pages as JSON or as a plain HTML list."""
    headers = [(b"content-language", language.encode()), (b"vary", b"accept, accept-language")]
    if not as_html:
        return Reply(200, msgspec.json.encode(list(pages)), JSON, headers)
    rows = "".join(
        f"<dt><a href='{html.escape(page.type)}'>{html.escape(page.type)}</a> · {page.status}</dt>"
        f"<dd><b>{html.escape(page.title)}</b>. {html.escape(page.about)}"
        f" {html.escape(page.clause or page.practice or '')}</dd>"
        for page in pages
    )
    body = f"<!doctype html><html lang={language}><meta charset=utf-8><dl>{rows}</dl></html>"
    return Reply(200, body.encode(), HTML, headers)
