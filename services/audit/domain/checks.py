"""What a check of facts is: whether what the server put into a command was so, by the log before it.

Deciding again shows that the events follow from the command. It takes the command's facts of other streams
as given, so each is worked out anew from the record and compared, independently of how the service found it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from services.audit.domain.history import History, Step
from shared.domain.decider import Request
from shared.domain.refusal import RefusedError

C = TypeVar("C", bound=Request)


@dataclass(frozen=True, slots=True)
class FactCheck:
    """What is asked of every step that the command `command` led to; made by `checks`."""

    command: type[Request]
    check: Callable[[Any, Step, History], Iterable[RefusedError]]


def checks(
    command: type[C], check: Callable[[C, Step, History], Iterable[RefusedError]]
) -> FactCheck:
    """Declare that `check` compares the facts in commands of this type with the log.

    `check` is given the command, its step, and everything before the step; it gives one error for each fact that
    was not so. It is pure and reads nothing but its arguments.
    """
    return FactCheck(command, check)
