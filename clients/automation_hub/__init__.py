"""Automation platforms: hooks that take events, and Make's API.

Addresses, keys and limits are in `hooks.py` and `make.py`.
https://docs.zapier.com  https://ifttt.com/maker_webhooks  https://developers.make.com
https://pipedream.com/docs  https://www.activepieces.com/docs
"""

from typing import ClassVar

from clients.automation_hub import hooks, make


class AutomationHub(hooks.Hooks, make.Make):
    """Automations that the platform's operators have built elsewhere."""

    samples: ClassVar = {**hooks.SAMPLES, **make.SAMPLES}
