"""What a registration may say beyond the guideline's own items: those practice asks for, and local sub-fields."""

from datetime import date
from typing import Literal

import msgspec

from shared.contracts.values import CategoryId, Line, Text, WorkField

RegistrationItem = Literal[
    "aims", "method", "people", "forces", "resources", "time", "output", "lasting"
]
"""Practice, a ward of 2026, asks ten items: these, with the name, and the situation and reason that survey and
basis state. Content stands beside the method, the place beside the people concerned."""


class Particulars(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The further items of a registration: aims and criteria, method, people concerned, forces, resources,
    time (both days included), verifiable output, ability to last and spread.
    """

    aims: Text | None = None
    method: Text | None = None
    people: Text | None = None
    forces: Text | None = None
    resources: Text | None = None
    begins_on: date | None = None
    ends_on: date | None = None
    output: Text | None = None
    lasting: Text | None = None


class SubField(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A field a body adds under one of the four (practice: health insurance, new countryside); figures roll up."""

    id: CategoryId
    field: WorkField
    title: Line
