"""Every broker test is checked for what it leaves behind."""

import pytest

from tests.support.leaks import nothing_left

leaves_nothing = pytest.fixture(autouse=True)(nothing_left)
