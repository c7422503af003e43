"""In which languages the command speaks."""

import pytest

from dvk.language import in_words, languages


@pytest.mark.parametrize(
    "environment,spoken",
    [
        ({}, ("vi", "en")),
        ({"LANG": "C.UTF-8"}, ("vi", "en")),
        ({"LANG": "vi_VN.UTF-8"}, ("vi",)),
        ({"LANG": "en_GB.UTF-8"}, ("en",)),
        ({"LC_ALL": "vi_VN.UTF-8", "LANG": "en_GB.UTF-8"}, ("vi",)),
        ({"LC_ALL": "C", "LANG": "vi_VN.UTF-8"}, ("vi", "en")),
        ({"LC_ALL": "", "LANG": "vi_VN.UTF-8"}, ("vi",)),
    ],
)
def test_the_first_variable_that_says_something_decides(
    environment: dict[str, str], spoken: tuple[str, ...]
) -> None:
    assert languages(environment) == spoken


def test_what_is_the_same_in_both_is_said_once() -> None:
    assert in_words("audit", "audit", ("vi", "en")) == "audit"
    assert in_words("một", "one", ("vi", "en")) == "một\none"
