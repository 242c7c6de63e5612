"""Documents: https://developers.google.com/workspace/docs/api/reference/rest."""

from typing import Annotated

from pydantic import Field

from contracts._model import Request, Result
from contracts._types import Name
from contracts.google.drive import DriveFile
from contracts.google.parameters import FileId


class DocTab(Result):
    """One tab of a document."""

    tab_id: str | None = None
    title: str | None = None
    text: str
    """Without its form; tables as lines, cells between tab stops."""


class Doc(Result):
    """A document as text."""

    document_id: str = Field(alias="documentId")
    title: str
    revision_id: str | None = Field(default=None, alias="revisionId")
    text: str
    """Of all tabs."""
    tabs: list[DocTab]


class EditedDoc(Result):
    """A document after an edit."""

    document_id: str = Field(alias="documentId")


class ReplacedText(EditedDoc):
    """A document in which text was replaced."""

    occurrences: int
    """How many there were."""


class CreateDoc(Request[DriveFile]):
    """A new and empty document."""

    title: Name
    folder_id: FileId | None = None
    """Absent: the user's own folder."""


class GetDoc(Request[Doc]):
    """A document's text, all tabs."""

    document_id: FileId


class AppendTextToDoc(Request[EditedDoc]):
    """Text at the end of a document's first tab."""

    document_id: FileId
    text: Annotated[str, Field(min_length=1, max_length=100_000)]


class ReplaceTextInDoc(Request[ReplacedText]):
    """A text in place of another, everywhere in a document."""

    document_id: FileId
    find: Annotated[str, Field(min_length=1, max_length=10_000)]
    replace: Annotated[str, Field(max_length=100_000)]
    """Empty: what was found goes."""
    match_case: bool = True
