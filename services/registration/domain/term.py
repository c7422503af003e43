"""The years of a model's term: how long it may be, which is under report, and what the former ones came to."""

from collections.abc import Sequence
from datetime import date
from typing import Final, Literal

import msgspec

from services.registration.domain.facts import MovementYear, RegistrationRules
from shared.contracts.registration import ModelRegistered
from shared.contracts.term import ModelContinued, TermChanged, TermYearBegun
from shared.contracts.values import Text, Year
from shared.domain.decider import Request
from shared.domain.graph import Graph
from shared.domain.refusal import Refusal
from shared.domain.time import Instant, legal_date

# --- state ------------------------------------------------------------------------------------


class YearOver(msgspec.Struct, frozen=True, kw_only=True):
    """What a former year of the term came to (clause III.2.1b)."""

    year: int
    results_submitted_on: date | None
    days_late: int | None
    session: Literal["none", "held", "missed"]
    reported: bool


class Term(msgspec.Struct, frozen=True):
    """`year` is under report, `last_year` the last of the term; `over` are the years before, in order. `continued`
    says which model it carries on, if any.
    """

    year: int = 0
    last_year: int = 0
    over: tuple[YearOver, ...] = ()
    continued: ModelContinued | None = None


def registered(state: Term, event: ModelRegistered) -> Term:
    """The term as it was registered; registered anew it begins anew."""
    return Term(year=event.year, last_year=event.ends_with, continued=state.continued)


def begun(state: Term, event: TermYearBegun, former: YearOver) -> Term:
    """The term after its next year began; `former` is what the year before came to."""
    return msgspec.structs.replace(state, year=event.year, over=(*state.over, former))


# --- commands ---------------------------------------------------------------------------------


class BeginTermYear(Request, frozen=True, kw_only=True):
    """The next year of the term, whose calendar is `movement_year`, may begin."""

    at: Instant
    successions: Graph = Graph()
    movement_year: MovementYear


class ChangeTermForm(Request, frozen=True, kw_only=True):
    """The year with which the term ends instead, and why."""

    last_year: Year
    reason: Text


class ChangeTerm(ChangeTermForm, frozen=True, kw_only=True):
    """Extend or shorten the term."""

    at: Instant
    successions: Graph = Graph()
    movement_year: MovementYear
    rules: RegistrationRules


# --- rules ------------------------------------------------------------------------------------

_PRACTICE: Final = "models run for a term of years"

REVERSED: Final = Refusal(
    "term-reversed",
    vi="Năm kết thúc {last_year} đứng trước năm đăng ký {year}. Hãy sửa năm kết thúc.",
    en="The last year {last_year} lies before the year {year} of the registration. Correct the last year.",
    practice=_PRACTICE,
)
TOO_LONG: Final = Refusal(
    "term-too-long",
    vi="Theo bộ quy định, một mô hình kéo dài tối đa {most} năm. Hãy chọn năm kết thúc không sau {latest}; sau đó "
    "tiếp tục bằng một đăng ký mới.",
    en="By the rule set a model runs for {most} years at most. Name {latest} or an earlier year as the last; after "
    "it the model is continued under a registration of its own.",
    practice="term_years_max",
)
BEYOND_MOVEMENT: Final = Refusal(
    "term-beyond-movement",
    vi="Phong trào kết thúc năm {latest}. Hãy chọn năm kết thúc không sau năm đó.",
    en="The movement's period ends with {latest}. Name that year or an earlier one as the last.",
    clause="0",
)
YEAR_HAS_BEGUN: Final = Refusal(
    "term-year-begun",
    vi="Năm {year} của mô hình đã bắt đầu. Hãy chọn năm kết thúc từ năm đó trở đi, hoặc ghi mô hình kết thúc.",
    en="The model's year {year} has begun. Name it or a later one as the last, or record that the model ended.",
    practice=_PRACTICE,
)
TERM_OVER: Final = Refusal(
    "term-over",
    vi="Thời hạn của mô hình đã hết cùng năm {last_year}. Hãy tiếp tục mô hình bằng một đăng ký mới.",
    en="The model's term ended with {last_year}. Continue the model under a registration of its own.",
    practice=_PRACTICE,
)
OUTSIDE_TERM: Final = Refusal(
    "year-outside-term",
    vi="Năm {year} không phải năm tiếp theo trong thời hạn của mô hình.",
    en="The year {year} is not the next of the model's term.",
    practice=_PRACTICE,
)
NOT_OPEN_YET: Final = Refusal(
    "term-year-not-open",
    vi="Năm {year} bắt đầu từ ngày {opens}.",
    en="The year {year} begins on {opens}.",
    practice="registration period of the movement's calendar",
)


def check(first: int, last: int, movement: MovementYear, rules: RegistrationRules) -> None:
    """Whether a term may run from `first` to `last`. Raises RefusedError."""
    if last < first:
        raise REVERSED(last_year=last, year=first)
    if last - first >= rules.term_years_max:
        raise TOO_LONG(most=rules.term_years_max, latest=first + rules.term_years_max - 1)
    if last > movement.movement_ends_with:
        raise BEYOND_MOVEMENT(latest=movement.movement_ends_with)


def change(
    state: Term, command: ChangeTerm, registration: ModelRegistered
) -> tuple[TermChanged, ...]:
    """Extend or shorten the term of an accepted model. Raises RefusedError."""
    if command.last_year == state.last_year:
        return ()
    if legal_date(command.at).year > state.last_year:
        raise TERM_OVER(last_year=state.last_year)
    if command.last_year < state.year:
        raise YEAR_HAS_BEGUN(year=state.year)
    check(registration.year, command.last_year, command.movement_year, command.rules)
    return (
        TermChanged(
            model_id=registration.model_id,
            committee=registration.committee,
            former_last_year=state.last_year,
            last_year=command.last_year,
            reason=command.reason,
        ),
    )


def begin(
    state: Term, command: BeginTermYear, registration: ModelRegistered, *, waiting: bool
) -> tuple[TermYearBegun, ...]:
    """Begin the next year, unless the former one is `waiting` and registration has not closed. Raises RefusedError."""
    opening, today = command.movement_year, legal_date(command.at)
    if opening.year == state.year:
        return ()
    if opening.year != state.year + 1 or opening.year > state.last_year:
        raise OUTSIDE_TERM(year=opening.year)
    if today < opening.registration_opens:
        raise NOT_OPEN_YET(year=opening.year, opens=opening.registration_opens.isoformat())
    if waiting and today <= opening.registration_closes:
        return ()
    return (
        TermYearBegun(
            model_id=registration.model_id,
            year=opening.year,
            committee=registration.committee,
            begun_on=today,
            results_before=opening.results_before,
        ),
    )


def years_of(state: Term) -> Sequence[int]:
    """The years that have begun."""
    return [*(one.year for one in state.over), state.year]
