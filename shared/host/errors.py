"""What the host says no to. Each error carries the sentence a person reads, in both languages.

    HostError
     ├─ MalformedError            the request cannot be read
     ├─ UnsupportedMediaError     it is not JSON
     ├─ TooLargeError             it, or the event it leads to, passes a limit
     ├─ InvalidError              it can be read, but is not what the operation takes
     ├─ MethodNotAllowedError     the address exists, the method does not
     ├─ UnauthenticatedError      nobody is signed in, or the token does not hold
     ├─ ForbiddenError            no row of the policy table allows it
     ├─ StaleRevisionError        If-Match names another revision
     ├─ IdempotencyConflictError  the key was used for something else
     ├─ BusyError                 others keep changing the same thing
     ├─ NotYetError               the read model has not reached the position asked for
     ├─ StandbyError              only the active worker's process can do it
     └─ IdentityUnavailableError  the issuer's keys cannot be had

`problems.py` gives each its status; a test fails for one it does not know.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.refusal import Language


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input: where (`$.items[0].name`), and what, in both languages."""

    path: str
    vi: str
    en: str


class HostError(Exception):
    """Base. `vi` and `en` tell a person what to do; `faults` point at parts of the input."""

    def __init__(self, vi: str, en: str, faults: Sequence[Fault] = ()) -> None:
        self.vi = vi
        self.en = en
        self.faults = tuple(faults)
        super().__init__(en)

    def sentence(self, language: Language) -> str:
        """The sentence in the caller's language."""
        return self.vi if language == "vi" else self.en


class MalformedError(HostError):
    """The request cannot be read as what it claims to be."""


class UnsupportedMediaError(HostError):
    """The body is declared as something that is not JSON."""


class TooLargeError(HostError):
    """The body, or the log entry that would record it, passes a limit."""


class InvalidError(HostError):
    """Well-formed, and not what the operation takes."""


class MethodNotAllowedError(HostError):
    """The address exists and does not take this method; `allowed` are those it takes."""

    def __init__(self, vi: str, en: str, allowed: Sequence[str]) -> None:
        self.allowed = tuple(allowed)
        super().__init__(vi, en)


class UnauthenticatedError(HostError):
    """There is no token, or one that does not verify."""


class ForbiddenError(HostError):
    """No row of the policy table allows it. Says nothing about whether the thing exists."""


class StaleRevisionError(HostError):
    """If-Match names a revision the aggregate is not at."""


class IdempotencyConflictError(HostError):
    """The idempotency key stands in the stream already, for another request."""


class BusyError(HostError):
    """Other writers changed the same stream again and again; nothing was recorded."""


class NotYetError(HostError):
    """The read model has not reached the position the caller asked for."""


class StandbyError(HostError):
    """Only the process whose worker is active can do it."""


class IdentityUnavailableError(HostError):
    """The issuer's keys are not known and cannot be fetched now."""
