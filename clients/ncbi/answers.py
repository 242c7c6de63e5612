"""The E-utilities' JSON put into the contracts' shape: counts are text, records are by number."""

from typing import Any, Final

from contracts.ncbi import GetSummaries, Search, SearchGenbank, SearchPubmed
from contracts.ncbi.search import REACH

Record = dict[str, Any]

_WARNINGS: Final = ("errorlist", "warninglist")


def found(raw: Any, asked: SearchPubmed | SearchGenbank | Search) -> Record:  # noqa: ANN401
    """Return a page of a search, and where the next begins."""
    said = raw["esearchresult"]
    count, ids = int(said["count"]), said["idlist"]
    following = asked.offset + len(ids)
    end = min(count, REACH) if isinstance(asked, SearchPubmed) else count
    kept = {"web_env": said["webenv"], "query_key": said["querykey"]} if "webenv" in said else None
    return {
        "count": count,
        "ids": ids,
        "next_offset": following if ids and following < end else None,
        "query_translation": said.get("querytranslation") or None,
        "warnings": [one for name in _WARNINGS for one in _flat(said.get(name) or {})],
        "history": kept,
    }


def articles(raw: Any, asked: list[str]) -> Record:  # noqa: ANN401
    """Return PubMed's summaries in the order asked for, and the numbers it does not know."""
    known = {one["uid"]: one for one in _documents(raw) if "error" not in one}
    unique = dict.fromkeys(asked)
    return {
        "articles": [_article(known[one]) for one in unique if one in known],
        "missing": [one for one in unique if one not in known],
    }


def summaries(raw: Any, asked: GetSummaries) -> Record:  # noqa: ANN401
    """Return summaries as the vendor orders them: as asked for."""
    rows = _documents(raw)
    full = asked.web_env is not None and len(rows) == asked.limit
    return {"summaries": rows, "next_offset": asked.offset + len(rows) if full else None}


def links(raw: Any) -> Record:  # noqa: ANN401
    """Return the links of each record and kind."""
    return {
        "link_sets": [
            {
                "ids": _texts(one["ids"]),
                "database": kind["dbto"],
                "name": kind["linkname"],
                "links": [_link(link) for link in kind.get("links") or []],
            }
            for one in raw["linksets"]
            for kind in one.get("linksetdbs") or []
        ]
    }


def databases(raw: Any) -> Record:  # noqa: ANN401
    """Return the names."""
    return {"databases": raw["einforesult"]["dblist"]}


def database(raw: Any) -> Record:  # noqa: ANN401
    """Return one database; the newer answers have it in a list."""
    info = raw["einforesult"]["dbinfo"]
    one = info[0] if isinstance(info, list) else info
    return {
        "name": one["dbname"],
        "title": one["menuname"],
        "description": one["description"],
        "count": one.get("count"),
        "build": one.get("dbbuild"),
        "last_update": _day(one.get("lastupdate")),
        "fields": one["fieldlist"],
        "links": one.get("linklist") or [],
    }


def _documents(raw: Any) -> list[Record]:  # noqa: ANN401
    result = raw["result"]
    return [{"uid": str(uid), **result[uid]} for uid in result["uids"]]


def _article(one: Record) -> Record:
    numbers = {each["idtype"]: each["value"] for each in one.get("articleids") or []}
    named = {"doi": numbers.get("doi"), "pmc": numbers.get("pmc")}
    return {**one, **named, "published": _day(one.get("sortpubdate"))}


def _link(raw: Any) -> Record:  # noqa: ANN401
    return raw if isinstance(raw, dict) else {"id": str(raw)}


def _texts(values: list[Any]) -> list[str]:
    return [str(one) for one in values]


def _flat(lists: dict[str, list[str]]) -> list[str]:
    return [f"{name}: {text}" for name, texts in lists.items() for text in texts]


def _day(text: str | None) -> str | None:
    """``2023/05/05 00:00`` is a day."""
    return text[:10].replace("/", "-") if text else None
