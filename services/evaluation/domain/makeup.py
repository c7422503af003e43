"""Whether a council is made up as the rules ask (practice `council`): who sits, and how many vote."""

from collections import Counter
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from shared.contracts.council import CouncilMember
from shared.contracts.evaluation import CouncilMakeup
from shared.contracts.values import CouncilRole
from shared.domain.refusal import Refusal

TOO_SMALL: Final = Refusal(
    "council-too-small",
    vi="Hội đồng cần ít nhất {minimum} người có quyền bỏ phiếu (chủ trì và ủy viên, không tính thư ký); "
    "nay có {voting}.",
    en="A council needs at least {minimum} who vote (chair and members, not the secretary); it has {voting}.",
    practice="council",
)
ONE_CHAIR: Final = Refusal(
    "council-one-chair",
    vi="Hội đồng có đúng một người chủ trì; nay có {sitting}.",
    en="A council has exactly one chair; it has {sitting}.",
    practice="council",
)
ONE_SECRETARY: Final = Refusal(
    "council-one-secretary",
    vi="Hội đồng có đúng một thư ký ghi biên bản, không bỏ phiếu; nay có {sitting}.",
    en="A council has exactly one secretary, who takes minutes and does not vote; it has {sitting}.",
    practice="council",
)
ONE_MEMBER: Final = Refusal(
    "council-one-member",
    vi="Theo quy định, ngoài chủ trì và thư ký hội đồng có đúng một ủy viên; nay có {sitting}.",
    en="By the rules a council has exactly one member beside chair and secretary; it has {sitting}.",
    practice="council",
)
SINGLE: Final = MappingProxyType[CouncilRole, Refusal](
    {"chair": ONE_CHAIR, "secretary": ONE_SECRETARY, "member": ONE_MEMBER}
)


def sitting(members: Sequence[CouncilMember]) -> tuple[CouncilMember, ...]:
    """Those who sit: without the members whose substitutes sit for them."""
    away = {member.substitutes for member in members}
    return tuple(member for member in members if member.member_id not in away)


def voting(members: Sequence[CouncilMember]) -> tuple[CouncilMember, ...]:
    """Chair and members that sit. The secretary takes the minutes and does not vote."""
    return tuple(member for member in sitting(members) if member.role != "secretary")


def check_makeup(makeup: CouncilMakeup, roles: Sequence[CouncilRole], voters: int) -> None:
    """The roles that sit, and how many can vote. Raises RefusedError."""
    times = Counter(roles)
    for role in makeup.single_roles:
        if times[role] != 1:
            raise SINGLE[role](sitting=times[role])
    if voters < makeup.voters_min:
        raise TOO_SMALL(minimum=makeup.voters_min, voting=voters)
