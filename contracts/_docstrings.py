"""What a contract's fields mean: the string below each, read once somebody asks.

pydantic can read them itself (`use_attribute_docstrings`), but does so while the class is made, by
searching the source again for each: nine tenths of the time that importing all contracts takes.
"""

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cache


@cache
def attribute_docstrings(cls: type) -> Mapping[str, str]:
    """Return the text below each annotated attribute of a class and its bases."""
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        found |= _by_class(base.__module__).get(base.__qualname__, {})
    return found


@cache
def _by_class(module: str) -> Mapping[str, Mapping[str, str]]:
    try:
        source = inspect.getsource(sys.modules[module])
    except (OSError, TypeError, KeyError):  # built in, or made up at run time
        return {}
    return {
        node.name: dict(_texts(node))
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef)
    }


def _texts(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for line, after in zip(node.body, node.body[1:], strict=False):
        if not isinstance(line, ast.AnnAssign) or not isinstance(line.target, ast.Name):
            continue
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            text = after.value.value
            if isinstance(text, str):
                yield line.target.id, inspect.cleandoc(text)
