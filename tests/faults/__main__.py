"""Makes one run of the fault suite and judges it; exit code 1 if a promise was broken.

What was seen is kept in a folder, which is named, unless all is well.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from pathlib import Path

import orjson

from tests.faults import oracle, plan, report
from tests.faults.run import run

_SHOWN = 5


def main() -> int:
    """Make a run and return the exit code."""
    options = _options()
    planned = plan.make(options.seed, options.requests, options.faults, options.only)
    folder = options.folder or Path(tempfile.mkdtemp(prefix="hub-faults-"))
    began = time.monotonic()

    def tell(text: str) -> None:
        sys.stderr.write(f"{time.monotonic() - began:6.1f} s  {text}\n")
        sys.stderr.flush()

    tell(f"{report.command(planned)}: {folder}")
    for fault in planned.faults:
        tell(f"at {fault.at}: {fault}")
    history = asyncio.run(run(planned, folder, tell))
    verdict = oracle.judge(history)
    for promise, found in verdict.broken.items():
        tell(f"{promise}: {len(found)}")
        for one in found[:_SHOWN]:
            tell(f"    {one}")
    if options.report:
        options.report.write_text(report.page(planned, history, verdict), encoding="utf-8")
    sys.stdout.write(_told(verdict))
    if not verdict.good:
        tell(f"what was seen is kept in {folder}")
        return 1
    if not options.folder:
        shutil.rmtree(folder)
    return 0


def _told(verdict: oracle.Verdict) -> str:
    broken = {name: len(found) for name, found in verdict.broken.items()}
    said = {"broken": broken, "figures": verdict.figures, "recovery": verdict.recovery}
    return orjson.dumps(said, option=orjson.OPT_INDENT_2).decode() + "\n"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/faults", description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--faults", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1, help="decides requests and faults")
    parser.add_argument("--only", nargs="*", default=(), choices=plan.NAMES, help="these kinds")
    parser.add_argument("--folder", type=Path, help="where everything is kept in any case")
    parser.add_argument(
        "--report", type=Path, help="write the page there: docs/reference/faults.md"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
