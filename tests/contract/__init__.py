"""One contract suite per port, run over every adapter against the real thing."""

import pytest

# Suites are not test modules, so pytest would show their failed assertions without the values.
pytest.register_assert_rewrite(
    "tests.contract.bus_suite",
    "tests.contract.eventstore_appending",
    "tests.contract.eventstore_following",
    "tests.contract.eventstore_kit",
    "tests.contract.eventstore_reading",
    "tests.contract.eventstore_suite",
)
