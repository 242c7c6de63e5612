"""Calls over HTTP; the whole site is in tests/broker/service/test_process.py."""

import pytest

from contracts import UpstreamUnavailable
from contracts.notion import GetMe
from sdk import FakeHub
from service.web.routes import Call
from service.web.site import _Caller


async def test_a_call_is_asked_as_any_agent_asks() -> None:
    async with FakeHub() as agent:
        agent.answer(GetMe, UpstreamUnavailable("gone"))
        with pytest.raises(UpstreamUnavailable, match="gone"):
            await _Caller(agent)(Call(operation="notion.get_me", within=5, id="r-1"))
        (asked,) = agent.log
        assert (asked.request, asked.options.within) == (GetMe(), 5)
        assert (asked.options.request_id, asked.options.acts_for) == ("r-1", "http")
