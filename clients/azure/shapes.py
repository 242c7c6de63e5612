"""Resource Manager's JSON in the contract's shape: what matters, out of `properties`."""

from collections.abc import Callable
from typing import Any, Final

from clients._api import Api
from clients._link import query_of

Json = dict[str, Any]
Shape = Callable[[Json], Json]

_POWER: Final = "PowerState/"


def listed(api: Api, shape: Shape) -> Shape:
    """Return what reads one page; its `nextLink` has to lead to that same host."""

    def page(raw: Json) -> Json:
        return {
            "results": [shape(one) for one in raw["value"]],
            "next_cursor": _cursor(api, raw.get("nextLink")),
        }

    return page


def plain(raw: Json) -> Json:
    """Return what is flat already."""
    return dict(raw)


def thing(raw: Json) -> Json:
    """Return a group, or what has no more to tell than its state."""
    state = _inside(raw).get("provisioningState") or raw.get("provisioningState")
    return {**raw, "tags": raw.get("tags") or {}, "provisioning_state": state}


def resource(raw: Json) -> Json:
    """Return a resource of any type."""
    times = {"created_at": raw.get("createdTime"), "changed_at": raw.get("changedTime")}
    return thing(raw) | times


def deployment(raw: Json) -> Json:
    """Return a deployment."""
    inside = _inside(raw)
    more = {name: inside.get(name) for name in ("mode", "timestamp", "duration", "error")}
    return thing(raw) | more | {"outputs": inside.get("outputs") or {}}


def machine(raw: Json) -> Json:
    """Return a virtual machine."""
    inside = _inside(raw)
    statuses = (inside.get("instanceView") or {}).get("statuses") or []
    codes = [str(one.get("code", "")) for one in statuses]
    powers = [one.removeprefix(_POWER) for one in codes if one.startswith(_POWER)]
    disk = (inside.get("storageProfile") or {}).get("osDisk") or {}
    return thing(raw) | {
        "vm_id": inside.get("vmId"),
        "size": (inside.get("hardwareProfile") or {}).get("vmSize"),
        "os": disk.get("osType"),
        "power_state": powers[0] if powers else None,
    }


def account(raw: Json) -> Json:
    """Return a storage account."""
    inside = _inside(raw)
    return thing(raw) | {
        "sku": (raw.get("sku") or {}).get("name"),
        "created_at": inside.get("creationTime"),
        "blob_url": (inside.get("primaryEndpoints") or {}).get("blob"),
    }


def rows(raw: Json) -> Json:
    """Return the rows of a query; whether they were cut short comes as a word."""
    return {
        "results": raw["data"],
        "total": raw["totalRecords"],
        "truncated": raw["resultTruncated"],
        "next_cursor": raw.get("$skipToken"),
    }


def _inside(raw: Json) -> Json:
    inside: Json = raw.get("properties") or {}
    return inside


def _cursor(api: Api, said: str | None) -> str | None:
    if not said:
        return None
    query = {name.lower(): value for name, value in query_of(api.link(said)).items()}
    return query["$skiptoken"]
