"""The pytest plugin: a fixture with a one-line assertion.

def test_my_warp(assert_warp):
    assert_warp(my_module.my_warp, border="replicate")
"""

import pytest

from . import api


def assert_verified(function, allow_inconclusive=False, **options):
    """Fails, with Warpcheck's report, unless the function verifies; the rest are the
    options of warpcheck.verify.  Inconclusive is a failure unless it is allowed."""
    __tracebackhide__ = True
    verification = api.verify(function, **options)
    good = ("pass", "inconclusive") if allow_inconclusive else ("pass",)
    if verification.verdict not in good:
        pytest.fail(f"{verification.verdict}\n\n{verification.text}", pytrace=False)
    return verification


@pytest.fixture
def assert_warp():
    return assert_verified
