"""`contracts._docstrings`: the string below a field, also of a base class, and nothing else."""

from contracts._docstrings import attribute_docstrings


class Base:
    """Not a field's text."""

    height: float
    """Metres."""
    width: float


class Box(Base):
    depth: float = 1.0
    """How far it reaches
    to the back.
    """
    width: float
    """Metres, too."""
    weight: float
    colour = "red"
    """No field: it has no type."""


def test_each_field_has_the_text_below_it() -> None:
    assert attribute_docstrings(Base) == {"height": "Metres."}
    assert attribute_docstrings(Box) == {
        "height": "Metres.",
        "depth": "How far it reaches\nto the back.",
        "width": "Metres, too.",
    }


def test_what_has_no_source_has_no_text() -> None:
    assert attribute_docstrings(int) == {}
    made = type("Made", (), {"__module__": "nowhere"})
    assert attribute_docstrings(made) == {}
