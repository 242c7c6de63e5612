"""The platforms' answers put into the contract's shape."""

from collections.abc import Callable, Collection
from typing import Any

import orjson

from clients._http import HttpResponse
from contracts import Facts, UpstreamRejected

Json = dict[str, Any]


def page(name: str, *, of: str = "data", after: str = "nextPageToken") -> Callable[[Json], Json]:
    """Return what reads one page, whose list is called `of`; an empty token is none."""
    return lambda raw: {**raw, name: raw[of], "next_cursor": raw.get(after) or None}


def objects(raw: Json) -> Json:
    """Return a page of ontology objects; the total comes as text."""
    total = raw.get("totalCount")
    return {"objects": raw["data"], "total": total, "next_cursor": raw.get("nextPageToken") or None}


def executed(raw: Json) -> Json:
    """Return what an action did.

    Raises:
        UpstreamRejected: it was found invalid, and did not run.
    """
    if (raw.get("validation") or {}).get("result") == "INVALID":
        text = "Foundry found the action invalid, and did not run it: validate_only tells why."
        raise UpstreamRejected(text, Facts(upstream_status=200))
    return raw


def entity(raw: Json) -> Json:
    """Return an entity with what lies deep in it."""
    position = (raw.get("location") or {}).get("position") or {}
    ontology = raw.get("ontology") or {}
    return raw | {
        "name": (raw.get("aliases") or {}).get("name"),
        "template": ontology.get("template"),
        "platform_type": ontology.get("platformType"),
        "disposition": (raw.get("milView") or {}).get("disposition"),
        "latitude": position.get("latitudeDegrees"),
        "longitude": position.get("longitudeDegrees"),
        "altitude_m": position.get("altitudeHaeMeters"),
        "source_updated_at": (raw.get("provenance") or {}).get("sourceUpdateTime"),
    }


def events(templates: Collection[str] | None) -> Callable[[Json], Json]:
    """Return what reads changes of entities; without templates all of them."""

    def read(raw: Json) -> Json:
        found = [one | {"entity": entity(one["entity"])} for one in raw.get("entityEvents") or []]
        meant = [one for one in found if not templates or one["entity"]["template"] in templates]
        return {"events": meant, "next_cursor": raw.get("sessionToken") or None}

    return read


def file(raw: Json) -> Json:
    """Return what is known of a file."""
    named = raw["content_identifier"]
    return raw | {"path": named["path"], "sha256": named.get("checksum")}


def files(raw: Json) -> Json:
    """Return a page of files."""
    found = [file(one) for one in raw.get("path_metadatas") or []]
    return {"files": found, "next_cursor": raw.get("next_page_token") or None}


def registry(name: str, at: int, size: int) -> Callable[[HttpResponse], Json]:
    """Return what reads a page of Harbor's: ``X-Total-Count`` tells how many there are.

    An image without a tag has null for its tags.
    """

    def read(answer: HttpResponse) -> Json:
        items = [one | {"tags": one.get("tags") or []} for one in orjson.loads(answer.body)]
        said = answer.headers.get("x-total-count")
        total = None if said is None else int(said)
        more = len(items) == size if total is None else at * size < total
        return {name: items, "total": total, "next_page": at + 1 if more else None}

    return read


def deployments(answer: HttpResponse) -> Json:
    """Return a page of GitLab's: ``X-Next-Page`` is empty on the last."""
    following = answer.headers.get("x-next-page")
    items = orjson.loads(answer.body)
    return {"deployments": items, "next_page": int(following) if following else None}


def listed(name: str) -> Callable[[Any], Json]:
    """Return what reads a list, bare or under that name: a portal's own way is not known."""

    def read(raw: Any) -> Json:  # noqa: ANN401  (JSON enters here)
        return {name: raw[name] if isinstance(raw, dict) else raw}

    return read


def under(name: str) -> Callable[[Json], Json]:
    """Return what puts an answer as it is under a name."""
    return lambda raw: {name: raw}
