"""What is special to NCBI: who calls, long lists, refusals in any form, XML, records by number."""

from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest

from clients._environment import Environment
from clients._http import HttpRequest
from clients.ncbi import Ncbi
from contracts import (
    BadUpstreamReply,
    InvalidRequest,
    Result,
    UpstreamRejected,
    UpstreamThrottled,
    UpstreamUnauthorized,
)
from contracts._reading import read_request
from contracts.ncbi import (
    Articles,
    ArticleSummaries,
    DatabaseInfo,
    Found,
    History,
    Links,
    Sequences,
    Spelling,
    Summaries,
    Taxa,
)
from tests.support.clock import QuickClock
from tests.support.kit import Playback, Script, environment_of, kit_for, perform, recording, reply

SAMPLES: Final = Path(__file__).parents[3] / "shared" / "samples" / "ncbi"
NOTHING: Final = {"esearchresult": {"count": "0", "idlist": []}}


def ncbi(*answers: Any, **variables: str) -> tuple[Ncbi, Script]:  # noqa: ANN401
    script = Script(*answers)
    return Ncbi(kit_for(Ncbi, script, env=Environment(variables))), script


async def replay(name: str) -> Result:
    one = recording(Ncbi, name)
    script = Script(Playback(one, Ncbi, environment_of(Ncbi)))
    client = Ncbi(kit_for(Ncbi, script))
    return await perform(client, one.operation, **one.params)


def asked(request: HttpRequest) -> dict[str, list[str]]:
    return parse_qs(urlsplit(request.url).query + request.body.decode())


WHO: Final[list[tuple[dict[str, str], str, str | None]]] = [
    ({}, "integration-hub", None),
    ({"MYCA_EMAIL": "agent@example.org"}, "integration-hub", "agent@example.org"),
    (
        {"MYCA_EMAIL": "a@example.org", "NCBI_EMAIL": "b@example.org", "NCBI_TOOL": "lab"},
        "lab",
        "b@example.org",
    ),
]


@pytest.mark.parametrize(("variables", "tool", "email"), WHO)
async def test_it_says_who_calls(variables: dict[str, str], tool: str, email: str | None) -> None:
    client, script = ncbi(reply(NOTHING), **variables)
    await perform(client, "search_pubmed", query="reishi")
    said = asked(script.sent[0])
    assert said["tool"] == [tool]
    assert said.get("email") == (None if email is None else [email])


def test_a_key_allows_more() -> None:
    facts = Ncbi.upstreams["api"]
    assert str(facts.allowed(Environment({}))) == "3/s"
    assert str(facts.allowed(environment_of(Ncbi))) == "10/s"


@pytest.mark.parametrize(("many", "method"), [(100, "GET"), (201, "POST"), (500, "POST")])
async def test_a_long_list_is_posted(many: int, method: str) -> None:
    client, script = ncbi(reply({"result": {"uids": []}}))
    pmids = [str(10_000_000 + number) for number in range(many)]
    found = await perform(client, "fetch_pubmed_summary", pmids=pmids)
    assert script.sent[0].method == method
    assert asked(script.sent[0])["id"] == [",".join(pmids)]
    assert isinstance(found, ArticleSummaries)
    assert (found.articles, found.missing) == ([], pmids)


BAD: Final[list[tuple[str, dict[str, Any]]]] = [
    ("search_pubmed", {"query": "x", "offset": 9_990, "limit": 10}),
    ("search_pubmed", {"query": "x", "from_date": "2020-01-01"}),
    ("search", {"database": "pubmed", "query": "x", "from_date": "2020-1-2", "to_date": "2019"}),
    ("search", {"database": "pubmed&x=1", "query": "x"}),
    (
        "search_genbank",
        {"query": "x", "from_date": "2020-02-01", "to_date": "2020-01-01"},
    ),
    ("get_summaries", {"database": "gene"}),
    ("get_summaries", {"database": "gene", "ids": []}),
    ("get_summaries", {"database": "gene", "ids": ["1"], "web_env": "MCID_1234", "query_key": 1}),
    ("fetch_records", {"database": "gene", "web_env": "MCID_1234"}),
    ("fetch_pubmed_summary", {"pmids": ["1,2"]}),
    ("fetch_pubmed_summary", {"pmids": []}),
]


@pytest.mark.parametrize(("operation", "params"), BAD)
def test_what_makes_no_sense_never_leaves(operation: str, params: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        read_request(Ncbi.operations[operation].request, params)


async def test_pages_of_a_search() -> None:
    first, last = await replay("search_pubmed.success"), await replay("search_genbank.success")
    assert isinstance(first, Found)
    assert isinstance(last, Found)
    assert (first.count, first.ids, first.next_offset) == (5, ["1234567", "1234568"], 2)
    assert (last.count, last.next_offset) == (21, None)


async def test_pubmed_shows_no_more_than_it_shows() -> None:
    ids = [str(number) for number in range(1, 1000)]
    client, _ = ncbi(reply({"esearchresult": {"count": "40000", "idlist": ids}}))
    found = await perform(client, "search_pubmed", query="x", offset=9_000, limit=999)
    assert isinstance(found, Found)
    assert (found.count, found.next_offset) == (40_000, None)


async def test_warnings_are_told() -> None:
    found = await replay("search_pubmed.none")
    assert isinstance(found, Found)
    assert found.ids == []
    assert found.warnings == ["phrasesnotfound: reishi", "outputmessages: No items found."]


async def test_a_throttled_200_is_waited_for() -> None:
    script = Script(reply({"error": "API rate limit exceeded", "count": "4"}), reply(NOTHING))
    clock = QuickClock()
    client = Ncbi(kit_for(Ncbi, script, clock=clock))
    found = await perform(client, "search_pubmed", query="reishi")
    assert isinstance(found, Found)
    assert (found.count, clock.passed, len(script.sent)) == (0, 1.0, 2)


async def test_a_list_is_kept() -> None:
    kept = await replay("search.success")
    assert isinstance(kept, Found)
    assert kept.history == History(web_env="MCID_66198254cf40a865a76b5e71", query_key=1)
    page = await replay("get_summaries.history")
    assert isinstance(page, Summaries)
    assert ([one.uid for one in page.summaries], page.next_offset) == (["1054894"], 1)
    posted = await replay("post_ids.success")
    assert isinstance(posted, History)
    assert posted.query_key == 1


REFUSED: Final[list[tuple[object, type[Exception], str]]] = [
    ({"error": "API rate limit exceeded", "count": "4"}, UpstreamThrottled, "rate limit"),
    ({"error": "API key invalid", "api-key": "?"}, UpstreamUnauthorized, "key invalid"),
    ({"esearchresult": {"ERROR": "Invalid db name"}}, UpstreamRejected, "Invalid db"),
    ({"esummaryresult": ["Invalid uid 0"]}, UpstreamRejected, "Invalid uid 0"),
    (b'{"linksets":[],"ERROR":"one\n  two"}', UpstreamRejected, "^one two$"),
    (b"<eFetchResult><ERROR>no ids</ERROR></eFetchResult>", UpstreamRejected, "^no ids$"),
    (b"Error: no such sequence\nmore", UpstreamRejected, "^Error: no such sequence$"),
]


@pytest.mark.parametrize(("body", "kind", "text"), REFUSED)
@pytest.mark.parametrize("status", [200, 400])
def test_refusals_in_any_form(body: object, kind: type[Exception], text: str, status: int) -> None:
    client, _ = ncbi()
    failure = client.refusal(reply(body, status))
    assert failure is not None
    assert type(failure) is kind
    with pytest.raises(kind, match=text):
        raise failure


HONEST: Final[list[object]] = [
    {"result": {"uids": ["1"], "1": {"uid": "1", "error": "cannot get document summary"}}},
    {"result": {"uids": []}, "error": ["Invalid uid 9 at position=0"]},
    {"esearchresult": {"errorlist": {"phrasesnotfound": ["x"]}}},
    {"error": ""},
    {"error": 7},
    [{"error": "x"}],
    b'{"error": broken',
    b"<eSpellResult><ERROR/></eSpellResult>",
    b">Error in the name of a sequence\nACGT",
    b"",
]


@pytest.mark.parametrize("body", HONEST)
def test_what_is_no_refusal(body: object) -> None:
    client, _ = ncbi()
    assert client.refusal(reply(body)) is None


async def test_a_throttled_call_with_a_header_is_left_to_it() -> None:
    client, _ = ncbi()
    body = {"error": "API rate limit exceeded"}
    failure = client.refusal(reply(body, 429, retry_after="9"))
    assert failure is not None
    assert failure.facts.retry_after is None


async def test_summaries_in_the_order_asked_for() -> None:
    found = await replay("fetch_pubmed_summary.success")
    assert isinstance(found, ArticleSummaries)
    assert found.missing == ["999999999"]
    (one,) = found.articles
    assert (one.pmid, one.doi, one.pmc, one.cited_by) == (
        "1234567",
        "10.1159/000398269",
        None,
        None,
    )
    assert (str(one.published), one.publication_date) == ("1975-01-01", "1975")


async def test_links_with_and_without_scores() -> None:
    plain, scored = await replay("get_links.success"), await replay("get_links.scores")
    assert isinstance(plain, Links)
    assert isinstance(scored, Links)
    assert [(one.ids, [link.id for link in one.links]) for one in plain.link_sets] == [
        (["1234567"], ["4952", "207"])
    ]
    assert scored.link_sets[0].links[1].score == 28347383


ARTICLE: Final = """<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle" "https://dtd.nlm.nih.gov/x.dtd">
<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>7</PMID><Article>
<Journal><Title>J</Title><JournalIssue><PubDate><MedlineDate>1998 Dec-1999 Jan</MedlineDate>
</PubDate></JournalIssue></Journal><ArticleTitle>On <i>Ganoderma</i>
 &amp; more.</ArticleTitle><Abstract><AbstractText Label="METHODS">We <b>looked</b>.</AbstractText>
<AbstractText>And saw.</AbstractText></Abstract><AuthorList><Author>
<CollectiveName>The Group</CollectiveName></Author></AuthorList></Article></MedlineCitation>
</PubmedArticle><PubmedBookArticle/></PubmedArticleSet>"""


async def test_an_article_with_markup() -> None:
    client, _ = ncbi(reply(ARTICLE, content_type="text/xml"))
    found = await perform(client, "fetch_pubmed_articles", pmids=["7"])
    assert isinstance(found, Articles)
    (one,) = found.articles
    assert one.title == "On Ganoderma & more."
    assert one.abstract == "METHODS: We looked.\nAnd saw."
    assert (one.year, one.authors[0].name, one.doi) == (1998, "The Group", None)


async def test_an_article_without_much() -> None:
    body = (
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>7</PMID><Article>"
        "<ArticleTitle/></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
    )
    client, _ = ncbi(reply(body))
    found = await perform(client, "fetch_pubmed_articles", pmids=["7"])
    assert isinstance(found, Articles)
    assert (found.articles[0].title, found.articles[0].year) == ("", None)
    assert found.articles[0].abstract is None


async def test_a_document_type_that_declares_something_is_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><PubmedArticleSet>&a;</PubmedArticleSet>'
    client, _ = ncbi(reply(bomb))
    with pytest.raises(BadUpstreamReply):
        await perform(client, "fetch_pubmed_articles", pmids=["7"])


async def test_the_recorded_article() -> None:
    found = await replay("fetch_pubmed_articles.success")
    assert isinstance(found, Articles)
    (one,) = found.articles
    assert (one.pmid, one.year, one.doi) == ("1234567", 1975, "10.1159/000398269")
    assert one.authors[0].name == "Rauramo L"
    assert {"Adult", "*Castration"} <= set(one.mesh_terms)


async def test_sequences_are_taken_apart() -> None:
    found = await replay("fetch_sequences.success")
    assert isinstance(found, Sequences)
    first, second = found.sequences
    assert (first.id, first.length) == ("NM_000546.6:1-72", 72)
    assert first.description.startswith("Homo sapiens tumor protein p53")
    assert second.sequence == "ACGTACGT"


async def test_a_web_page_is_no_record() -> None:
    page = "\n<!DOCTYPE html PUBLIC '-//W3C//DTD'><html><body>Error 500</body></html>"
    client, _ = ncbi(reply(page, content_type="text/html"))
    with pytest.raises(BadUpstreamReply, match="web page"):
        await perform(client, "fetch_records", database="nuccore", ids=["AB1"], format="gb")


async def test_no_fasta_is_told() -> None:
    client, _ = ncbi(reply(b"LOCUS  AB1"))
    with pytest.raises(BadUpstreamReply, match="FASTA"):
        await perform(client, "fetch_sequences", ids=["AB1"])


async def test_the_other_strand_is_the_second() -> None:
    client, script = ncbi(reply(b""))
    found = await perform(client, "fetch_sequences", ids=["AB1"], reverse=True)
    assert isinstance(found, Sequences)
    assert found.sequences == []
    assert asked(script.sent[0])["strand"] == ["2"]


async def test_a_taxon_has_a_lineage_and_names() -> None:
    found = await replay("fetch_taxa.success")
    assert isinstance(found, Taxa)
    (one,) = found.taxa
    assert (one.name, one.parent_id, one.common_names) == ("Ganoderma lucidum", "5314", ["reishi"])
    assert [each.rank for each in one.lineage] == ["no rank", "kingdom", "genus"]


async def test_a_taxon_without_other_names() -> None:
    body = (
        "<TaxaSet><Taxon><TaxId>1</TaxId><ScientificName>root</ScientificName>"
        "<Rank>no rank</Rank></Taxon></TaxaSet>"
    )
    client, _ = ncbi(reply(body))
    found = await perform(client, "fetch_taxa", tax_ids=["1"])
    assert isinstance(found, Taxa)
    assert (found.taxa[0].synonyms, found.taxa[0].lineage) == ([], [])


@pytest.mark.parametrize("shape", ["list", "object"])
async def test_a_database_in_either_shape(shape: str) -> None:
    info = recording(Ncbi, "get_database.success").exchanges[0].response.body
    one = info["einforesult"]["dbinfo"][0]
    body = {"einforesult": {"dbinfo": [one] if shape == "list" else one}}
    client, _ = ncbi(reply(body))
    found = await perform(client, "get_database", database="pubmed")
    assert isinstance(found, DatabaseInfo)
    assert (found.count, str(found.last_update)) == (37001234, "2024-04-12")
    assert [one.full_name for one in found.fields] == ["All Fields", "Title"]


@pytest.mark.parametrize("corrected", ["", "asthma"])
async def test_nothing_to_correct(corrected: str) -> None:
    body = f"<eSpellResult><Query>asthma</Query><CorrectedQuery>{corrected}</CorrectedQuery>"
    client, _ = ncbi(reply(f"{body}</eSpellResult>"))
    found = await perform(client, "check_spelling", query="asthma")
    assert found == Spelling(query="asthma", corrected=None)


def test_the_article_is_that_of_the_sample() -> None:
    path = SAMPLES / "test_efetch.yaml"
    if not path.is_file():
        pytest.skip(f"the samples are not beside the repository: {SAMPLES}")
    body = recording(Ncbi, "fetch_pubmed_articles.success").exchanges[0].response.body
    assert body.split() == path.read_text().partition("string: '")[2].partition("'\n")[0].split()
