"""What the agents ask for: each lane is one operation of a real client, in front of a stub vendor.

Every request has a token, a UUID made from its number. It is the request id, and it stands in the
path or in the body of the HTTP call, so that the stubs' log and the agents' log can be joined.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from clients import _registry
from clients._limits import Rate

Kind = Literal["safe", "idempotent", "unsafe"]
Params = Callable[[str], dict[str, object]]

LIMIT: Final = Rate(20, per=1, burst=10)
LIMITED: Final = ("website", "mindex")
"""Vendors whose limit is judged; their stub is a process of its own, so that it is never late."""
BUSY: Final = ("twilio", "notion", "supabase", "n8n")
"""Vendors that work, but for what a fault does to them."""
HANGING: Final = "natureos"
CLOSING: Final = "n8n"
"""Reads one request in eight, and closes."""
SHUT: Final = "unifi"
"""Accepts a connection, and closes it."""
REFUSING: Final = "proxmox"
"""Nobody listens."""
TOKEN: Final = re.compile(rb"5c6a2821-6bb1-4a7e-8000-([0-9a-f]{12})")


def token(number: int) -> str:
    """Return the token of a request."""
    return f"5c6a2821-6bb1-4a7e-8000-{number:012x}"


@dataclass(frozen=True)
class Lane:
    """One operation, and how it is asked for."""

    operation: str
    kind: Kind
    share: int
    """Requests of a thousand."""
    params: Params
    window: int = 150
    """How many are under way at most, of all agents."""
    deadlines: tuple[float, float] | None = None
    """Every request has a deadline, between so many seconds; None: few have one."""

    @property
    def vendor(self) -> str:
        """The integration, which is the stub's name too."""
        return self.operation.partition(".")[0]


def _sms(it: str) -> dict[str, object]:
    return {"to": "+12025550123", "body": it}


def _hook(method: str) -> Params:
    return lambda it: {"path": f"faults/{it}", "method": method}


def _row(it: str) -> dict[str, object]:
    return {"table": "faults", "filters": [{"column": "id", "operator": "eq", "value": it}]}


def _rows(it: str) -> dict[str, object]:
    return {"table": "faults", "rows": [{"id": it}], "on_conflict": ["id"]}


def _user(it: str) -> dict[str, object]:
    return {"user_id": it, "user_metadata": {"token": it}}


def _status(it: str) -> dict[str, object]:
    return {"device_id": it, "status": "Online"}


def _machine(it: str) -> dict[str, object]:
    return {"node": it, "vmid": 100}


def _device(it: str) -> dict[str, object]:
    return {"site_id": it, "device_id": it}


LANES: Final = (
    Lane("twilio.send_message", "unsafe", 200, _sms),
    Lane("notion.get_page", "safe", 340, lambda it: {"page_id": it}),
    Lane("notion.append_text", "unsafe", 80, lambda it: {"page_id": it, "text": it}),
    Lane("notion.delete_block", "idempotent", 40, lambda it: {"block_id": it}),
    Lane("supabase.upsert", "idempotent", 110, _rows),
    Lane("supabase.delete", "idempotent", 30, _row),
    Lane("supabase.admin_update_user", "idempotent", 20, _user),
    Lane("n8n.trigger_workflow", "unsafe", 30, _hook("POST"), 60),
    Lane("n8n.trigger_workflow", "unsafe", 15, _hook("PUT"), 60),
    Lane("n8n.trigger_workflow", "unsafe", 15, _hook("DELETE"), 60),
    Lane("website.submit_feedback", "unsafe", 45, lambda it: {"message": it}, 60),
    Lane("mindex.get_taxon", "safe", 45, lambda it: {"taxon_id": it}, 60),
    Lane("natureos.get_device", "safe", 5, lambda it: {"device_id": it}, 20, (1.0, 4.0)),
    Lane("natureos.update_device_status", "idempotent", 5, _status, 20, (1.0, 4.0)),
    Lane("proxmox.get_node_status", "safe", 5, lambda it: {"node": it}, 20, (2.0, 9.0)),
    Lane("proxmox.reboot_vm", "unsafe", 5, _machine, 20, (2.0, 9.0)),
    Lane("unifi.get_device", "safe", 5, _device, 20, (2.0, 9.0)),
    Lane("unifi.restart_device", "unsafe", 5, _device, 20, (2.0, 9.0)),
)
INTEGRATIONS: Final = tuple(sorted({lane.vendor for lane in LANES}))
KINDS: Final[Mapping[str, Kind]] = {lane.operation: lane.kind for lane in LANES}


def variables(urls: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of a hub whose vendors are the stubs at these addresses.

    An upstream is ``<address>/<integration>/<upstream>``, also in the stub's log.
    """
    made = {"HUB_SANDBOX": "off", "HUB_INTEGRATIONS": ",".join(INTEGRATIONS)}
    for integration in INTEGRATIONS:
        limit = "20/1s burst 10" if integration in LIMITED else "100000/1s burst 100000"
        for name, upstream in _registry.load(integration).upstreams.items():
            made[upstream.url_variable] = f"{urls[integration]}/{integration}/{name}"
            made[upstream.limit_variable] = limit
            made |= dict.fromkeys(upstream.keys[:2], f"canary-{integration}")
    return made | {
        "TWILIO_ACCOUNT_SID": f"AC{'a' * 32}",
        "TWILIO_PHONE_NUMBER": "+15005550006",
    }
