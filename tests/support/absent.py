"""What a test needs and this machine lacks."""

import os
from typing import NoReturn

import pytest


def absent(reason: str) -> NoReturn:
    """Skip at home, fail in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI=true needs what is missing: {reason}", pytrace=False)
    pytest.skip(reason)
