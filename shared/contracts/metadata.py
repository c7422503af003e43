"""What is recorded beside each event: who, why, under which rules. Hashed with the event."""

from uuid import UUID

import msgspec


class CommandRecord(msgspec.Struct, frozen=True):
    """The whole command that led to an append: its stored name and its bytes, as decided on.

    Forgettable parts are commitments already, so the record can be published.
    """

    name: str
    data: msgspec.Raw


class OnBehalf(msgspec.Struct, frozen=True, kw_only=True):
    """In whose name an entry was made by another: the `bodies` that signed the paper, and its scan's SHA-256
    in hex. The other is the metadata's `actor` and `organization`.
    """

    bodies: tuple[UUID, ...]
    paper: str


class Metadata(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Metadata of an event. Of an append only the first event carries `command`.

    `actor` is the subject of the caller's token, of a vote the ballot pseudonym, of a reaction
    `service:<name>`. `correlation` is shared by everything one request led to; `causation` is the
    idempotency key of the request or the id of the event that caused this one. `cites` are ids of
    other streams' events that the decision relied on. `rules` names the rule-set version. `on_behalf` is there
    where the organisation entered for others from their paper.
    """

    actor: str
    correlation: UUID
    causation: UUID
    software: str
    organization: UUID | None = None
    rules: str | None = None
    command: CommandRecord | None = None
    cites: tuple[UUID, ...] = ()
    on_behalf: OnBehalf | None = None
