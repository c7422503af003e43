"""What the service declares is whole: a policy row for every command, every refusal and rule in its README."""

from pathlib import Path

from services.notification.domain import deadline, notice, period, report, urging
from services.notification.domain.deadline import DEADLINE
from services.notification.domain.notice import NOTICE
from services.notification.domain.recipients import RULES
from services.notification.domain.subscription import SUBSCRIPTION
from services.notification.mail import Mailer
from services.notification.policy import DEADLINE_RULES, NOTICE_RULES, SUBSCRIPTION_RULES
from services.notification.reactions import REACTIONS, tell
from services.notification.service import notification_service
from shared.domain.refusal import Refusal
from shared.host.operations import Operations

README = Path(__file__).parents[4] / "services" / "notification" / "README.md"


def test_every_command_has_a_row_in_the_policy_table() -> None:
    assert set(NOTICE_RULES.grants) == set(NOTICE.commands.values())
    assert set(DEADLINE_RULES.grants) == set(DEADLINE.commands.values())
    assert set(SUBSCRIPTION_RULES.grants) == set(SUBSCRIPTION.commands.values())


def test_every_route_has_someone_who_may_take_it() -> None:
    operations = Operations.of(notification_service(None))
    assert all(operation.grants for operation in operations if hasattr(operation, "grants"))


def test_every_recipient_rule_is_reacted_to_and_stands_in_the_readme() -> None:
    told_of = {reaction.event_type for reaction in REACTIONS if reaction.react is tell}
    assert told_of == {rule.event_type for rule in RULES}
    told = README.read_text().split("## Recipients")[1].split("## Delivery")[0]
    assert all(rule.kind in told for rule in RULES)


def test_mail_is_scheduled_where_there_is_a_mail_server() -> None:
    mailer = Mailer("smtp://localhost:25", "a@b.example", "https://dvk.example")
    assert [schedule.name for schedule in notification_service(mailer).schedules] == [
        "reminders",
        "escalation",
        "mail",
    ]
    assert [schedule.name for schedule in notification_service(None).schedules] == [
        "reminders",
        "escalation",
    ]


def test_every_refusal_stands_in_the_readme() -> None:
    text = README.read_text()
    for refusal in (
        *vars(notice).values(),
        *vars(deadline).values(),
        *vars(period).values(),
        *vars(report).values(),
        *vars(urging).values(),
    ):
        if isinstance(refusal, Refusal):
            assert f"`{refusal.code}`" in text
