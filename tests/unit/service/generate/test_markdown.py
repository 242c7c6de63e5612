from service.generate.markdown import cell, prose, row, table


def test_nothing_reads_as_html_and_code_stays_as_it_is() -> None:
    assert prose("a <b>\n c `<d>` ``<e>``") == "a &lt;b> c `<d>` ``<e>``"


def test_a_cell_stays_one() -> None:
    assert cell("a | b\nc `d|e`") == "a \\| b c `d\\|e`"


def test_a_table_has_a_line_below_its_head() -> None:
    assert row(["a", ""]) == "| a |  |"
    assert table(("x", "y"), [("1", "2")]) == ["| x | y |", "|---|---|", "| 1 | 2 |"]
