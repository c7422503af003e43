"""How a rule says no: a named refusal that cites the clause or the practice setting behind it."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["vi", "en"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One way a rule refuses, declared once beside the rule.

    `code` is stored and published (`/problems/<code>`), never renamed. `clause` is a guideline clause
    id, `practice` names the rule-set setting it comes from, `specification` the section that a proof or a
    signed file breaks; a refusal has at most one of them, and none where it only keeps the record consistent. `vi` and `en` are sentences that tell a
    person what to do; `{name}` is filled from the keyword arguments given when raising.
    """

    code: str
    vi: str
    en: str
    clause: str | None = None
    practice: str | None = None
    specification: str | None = None

    def __post_init__(self) -> None:
        if sum(cited is not None for cited in (self.clause, self.practice, self.specification)) > 1:
            msg = f"{self.code}: cite the clause, the practice setting or the specification, one of them"
            raise ValueError(msg)

    def __call__(self, **values: str | int) -> "RefusedError":
        """The exception to raise, its sentences filled with `values`."""
        return RefusedError(self, values)


class RefusedError(Exception):
    """A command was refused by a rule, before any event."""

    def __init__(self, refusal: Refusal, values: dict[str, str | int]) -> None:
        self.refusal = refusal
        self.values = values
        super().__init__(self.sentence("en"))

    def sentence(self, language: Language) -> str:
        """The refusal in the caller's language."""
        template = self.refusal.vi if language == "vi" else self.refusal.en
        return template.format(**self.values)
