"""Faults the stand-in can be told to show."""

import asyncio


class Faults:
    """How often, and what, goes wrong next."""

    def __init__(self) -> None:
        self._lost_answers = 0
        self._refusals = 0
        self._drop = asyncio.Event()

    def lose_answers(self, count: int) -> None:
        """The next `count` appends are done and their answers lost."""
        self._lost_answers = count

    def refuse_appends(self, count: int) -> None:
        """The next `count` appends are lost before they are done."""
        self._refusals = count

    def drop_subscriptions(self) -> None:
        """End every subscription open now, with an error."""
        drop, self._drop = self._drop, asyncio.Event()
        drop.set()

    def next_drop(self) -> asyncio.Event:
        """Set when subscriptions opened now are to be dropped."""
        return self._drop

    def take_lost_answer(self) -> bool:
        """Whether this append's answer is lost."""
        self._lost_answers -= 1
        return self._lost_answers >= 0

    def take_refusal(self) -> bool:
        """Whether this append is lost."""
        self._refusals -= 1
        return self._refusals >= 0
