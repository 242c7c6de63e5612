"""Documents, as text: https://developers.google.com/workspace/docs/api/limits."""

from collections.abc import Iterator
from typing import Any, Final

from clients._limits import MINUTE, Rate
from clients._operation import operation
from clients._target import Query
from clients._upstream import Upstream
from clients.google.account import Account
from contracts.google import (
    AppendTextToDoc,
    Doc,
    EditedDoc,
    GetDoc,
    ReplacedText,
    ReplaceTextInDoc,
)

_LIMITS: Final = "https://developers.google.com/workspace/docs/api/limits"
_WHAT_IT_IS: Final = "/$discovery/rest?version=v1"
_FIELDS: Final = "documentId,title,revisionId,tabs"


class Docs(Account):
    """Reads and writes of a user have limits of their own."""

    docs = Upstream(
        "https://docs.googleapis.com",
        auth=Account.user,
        limits=[Rate(300, per=MINUTE, source=_LIMITS)],
        probe=_WHAT_IT_IS,
    )
    docs_writes = Upstream(
        "https://docs.googleapis.com",
        auth=Account.user,
        limits=[Rate(60, per=MINUTE, source=_LIMITS)],
        probe=_WHAT_IT_IS,
    )

    @operation("safe")
    async def get_doc(self, request: GetDoc) -> Doc:
        """Return a document's text."""
        query: Query = {"includeTabsContent": True, "fields": _FIELDS}
        return await self.docs.get("/v1/documents/{document_id}", request, query=query, read=_doc)

    @operation("unsafe", look="google.get_doc shows whether it ends so.")
    async def append_text_to_doc(self, request: AppendTextToDoc) -> EditedDoc:
        """Put text at the end of a document's first tab."""
        edit = {"insertText": {"endOfSegmentLocation": {}, "text": request.text}}
        path = "/v1/documents/{document_id}:batchUpdate"
        return await self.docs_writes.post(path, request, json={"requests": [edit]})

    @operation("unsafe", look="google.get_doc shows the text.")  # the new text may hold the old
    async def replace_text_in_doc(self, request: ReplaceTextInDoc) -> ReplacedText:
        """Put a text in place of another, everywhere in a document."""
        found = {"text": request.find, "matchCase": request.match_case}
        edit = {"replaceAllText": {"containsText": found, "replaceText": request.replace}}
        path = "/v1/documents/{document_id}:batchUpdate"
        return await self.docs_writes.post(path, request, json={"requests": [edit]}, read=_replaced)


def _replaced(said: Any) -> dict[str, Any]:  # noqa: ANN401  (JSON)
    done = said["replies"][0].get("replaceAllText", {})
    return {**said, "occurrences": done.get("occurrencesChanged", 0)}


def _doc(said: Any) -> dict[str, Any]:  # noqa: ANN401
    tabs = [_tab(one) for one in _all_tabs(said["tabs"])]
    rest = {name: value for name, value in said.items() if name != "tabs"}
    return {**rest, "tabs": tabs, "text": "\n".join(one["text"] for one in tabs)}


def _all_tabs(tabs: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    ahead = list(reversed(tabs))
    while ahead:
        tab = ahead.pop()
        yield tab
        ahead += reversed(tab.get("childTabs", []))


def _tab(tab: dict[str, Any]) -> dict[str, Any]:
    facts = tab.get("tabProperties", {})
    text = "".join(_lines(tab["documentTab"]["body"]["content"]))
    return {"tab_id": facts.get("tabId"), "title": facts.get("title"), "text": text}


def _lines(content: list[dict[str, Any]]) -> Iterator[str]:
    for one in content:
        for run in one.get("paragraph", {}).get("elements", []):
            yield run.get("textRun", {}).get("content", "")
        for row in one.get("table", {}).get("tableRows", []):
            cells = ("".join(_lines(cell["content"])).rstrip("\n") for cell in row["tableCells"])
            yield "\t".join(cells) + "\n"
        yield from _lines(one.get("tableOfContents", {}).get("content", []))
