"""The bus contract inside one process."""

from collections.abc import Callable

import pytest

from shared.bus.inprocess import InProcessBus
from tests.contract.bus_suite import BusContract


class TestInProcessBus(BusContract):
    @pytest.fixture
    def new_client(self) -> Callable[[], InProcessBus]:
        """The bus is the broker: everybody in the process uses the same one."""
        broker = InProcessBus()
        return lambda: broker
