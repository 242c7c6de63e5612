"""The E-utilities' XML, FASTA and text put into the contracts' shape."""

import re
from collections.abc import Iterable
from typing import Any, Final
from xml.etree.ElementTree import Element

from clients._http import HttpResponse
from clients._reading import xml

Record = dict[str, Any]

_DOCTYPE: Final = re.compile(rb"<!DOCTYPE[^\[<>]*>")
"""It only names the document's type: one that declares anything stays, and is refused."""
_HEAD: Final = 1024
_PAGES: Final = (b"<!doctype html", b"<html")


def history(answer: HttpResponse) -> Record:
    """Return where a list is kept."""
    root = _root(answer)
    return {"web_env": root.findtext("WebEnv"), "query_key": root.findtext("QueryKey")}


def spelling(answer: HttpResponse) -> Record:
    """Return a query and what it should have been."""
    root = _root(answer)
    said, better = root.findtext("Query"), root.findtext("CorrectedQuery") or None
    return {"query": said, "corrected": None if better == said else better}


def articles(answer: HttpResponse) -> Record:
    """Return PubMed's articles; books, which look otherwise, are left out."""
    return {"articles": [_article(one) for one in _root(answer).iterfind("PubmedArticle")]}


def taxa(answer: HttpResponse) -> Record:
    """Return taxa."""
    return {"taxa": [_taxon(one) for one in _root(answer).iterfind("Taxon")]}


def sequences(answer: HttpResponse) -> Record:
    """Return the sequences of a FASTA text.

    Raises:
        ValueError: it is none.
    """
    before, *entries = f"\n{answer.body.decode()}".split("\n>")
    if before.strip():
        raise ValueError("it is not FASTA")
    return {"sequences": [_sequence(one) for one in entries]}


def text(answer: HttpResponse) -> Record:
    """Return a body as it stands.

    Raises:
        ValueError: it is a web page, as NCBI shows them under load; no format is HTML.
    """
    if answer.body[:_HEAD].lstrip().lower().startswith(_PAGES):
        raise ValueError("it is a web page, not a record")
    kind = answer.headers.get("content-type") or "text/plain"
    return {"text": answer.body.decode(), "media_type": kind.partition(";")[0]}


def _root(answer: HttpResponse) -> Element:
    head, rest = answer.body[:_HEAD], answer.body[_HEAD:]
    return xml(_DOCTYPE.sub(b"", head, count=1) + rest)


def _article(one: Element) -> Record:
    numbers = {
        each.get("IdType"): each.text for each in one.iterfind("PubmedData/ArticleIdList/ArticleId")
    }
    said = "MedlineCitation/Article"
    return {
        "pmid": one.findtext("MedlineCitation/PMID"),
        "title": _words(one.find(f"{said}/ArticleTitle")) or "",
        "abstract": "\n".join(_paragraphs(one.iterfind(f"{said}/Abstract/AbstractText"))) or None,
        "authors": [_author(each) for each in one.iterfind(f"{said}/AuthorList/Author")],
        "journal": one.findtext(f"{said}/Journal/Title"),
        "year": _year(one.find(f"{said}/Journal/JournalIssue/PubDate")),
        "doi": numbers.get("doi"),
        "pmc": numbers.get("pmc"),
        "language": [each.text for each in one.iterfind(f"{said}/Language")],
        "publication_types": [
            each.text for each in one.iterfind(f"{said}/PublicationTypeList/PublicationType")
        ],
        "mesh_terms": [
            f"{'*' if each.get('MajorTopicYN') == 'Y' else ''}{each.text}"
            for each in one.iterfind("MedlineCitation/MeshHeadingList/MeshHeading/DescriptorName")
        ],
    }


def _words(element: Element | None) -> str | None:
    """Return the text with that of italics and the like in it."""
    return None if element is None else " ".join("".join(element.itertext()).split())


def _paragraphs(parts: Iterable[Element]) -> Iterable[str]:
    for part in parts:
        heading, words = part.get("Label"), _words(part) or ""
        yield f"{heading}: {words}" if heading else words


def _author(one: Element) -> Record:
    family, initials = one.findtext("LastName"), one.findtext("Initials")
    name = one.findtext("CollectiveName") or " ".join(filter(None, (family, initials)))
    return {"name": name}


def _year(when: Element | None) -> str | None:
    """Return the year, or that of ``1998 Dec-1999 Jan``."""
    if when is None:
        return None
    named = re.match(r"\d{4}", when.findtext("Year") or when.findtext("MedlineDate") or "")
    return named[0] if named else None


def _taxon(one: Element) -> Record:
    names = one.find("OtherNames")
    return {
        **_rank(one),
        "parent_id": one.findtext("ParentTaxId"),
        "division": one.findtext("Division"),
        "lineage": [_rank(each) for each in one.iterfind("LineageEx/Taxon")],
        "synonyms": _texts(names, "Synonym"),
        "common_names": [*_texts(names, "GenbankCommonName"), *_texts(names, "CommonName")],
    }


def _rank(one: Element) -> Record:
    return {
        "tax_id": one.findtext("TaxId"),
        "name": one.findtext("ScientificName"),
        "rank": one.findtext("Rank"),
    }


def _texts(parent: Element | None, name: str) -> list[str]:
    return [] if parent is None else [one.text or "" for one in parent.iterfind(name)]


def _sequence(entry: str) -> Record:
    head, _, rest = entry.partition("\n")
    name, _, description = head.partition(" ")
    letters = "".join(rest.split())
    return {"id": name, "description": description, "sequence": letters, "length": len(letters)}
