"""The check refuses code that would run what arrives, and no line asks to be excused."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUNS_WHAT_ARRIVES = "S102,S301,S302,S307,S313,S314,S318,S506,S602,S604,S605,TID251"
REFUSED = """\
import pickle
import marshal
import shelve
from aio_pika.patterns import RPC
from aio_pika import patterns
import aio_pika.patterns.rpc
eval("1")
exec("1")
yaml.load(text)
os.system(text)
subprocess.run(text, shell=True)
"""


def ruff(*words: str, text: str = "") -> str:
    done = subprocess.run(  # noqa: S603  (our own command)
        [sys.executable, "-m", "ruff", "check", "--output-format", "concise", *words],
        cwd=ROOT,
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


def test_each_of_these_is_refused() -> None:
    told = ruff(
        "--stdin-filename", "service/bad.py", "-", text=f"import yaml, os, subprocess\n{REFUSED}"
    )
    codes = {*RUNS_WHAT_ARRIVES.split(",")}
    lines = {line.split(":")[1] for line in told.splitlines() if codes & {*line.split()}}
    assert lines == {str(number) for number, _ in enumerate(REFUSED.splitlines(), 2)}


def test_nothing_of_ours_does_it_excused_or_not() -> None:
    packages = ("contracts", "clients", "service", "sdk")
    assert "All checks passed" in ruff("--select", RUNS_WHAT_ARRIVES, "--ignore-noqa", *packages)
