"""SWPC's files as rows, whatever their shape of the day.

Arrays of arrays with a line of names (until March 2026) or of objects; oldest, newest or nothing
first; numbers as text; fill values; times with and without ``Z``, which are UTC all the same.
https://www.weather.gov/media/notification/pdf_2026/scn26-21_Data_Format_Changes_Impacting_SWPC_Products.pdf
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

Row = dict[str, Any]

_SPANS: Final[Mapping[str, timedelta]] = {
    "5-minute": timedelta(minutes=5),
    "1-hour": timedelta(hours=1),
    "2-hour": timedelta(hours=2),
    "6-hour": timedelta(hours=6),
    "1-day": timedelta(days=1),
}
_NAMES: Final[Mapping[str, str]] = {
    "Kp": "kp",  # the forecast spells it so
    "density": "proton_density",
    "speed": "proton_speed",
    "temperature": "proton_temperature",
    "lat_gsm": "theta_gsm",
    "lon_gsm": "phi_gsm",
}
_BLANK: Final = frozenset({"", "None", "null", "NaN", "nan", "Unk"})
_FILL: Final = -999.0
"""Nothing SWPC measures is that small: -999.9, -9999 and -99999 mean "no value"."""
_DAY: Final = re.compile(r"-?\d{1,3}", re.ASCII)
_CODE: Final = re.compile(r"Space Weather Message Code: (\S+)")


def samples(raw: Any, energy: str | None = None) -> Row:  # noqa: ANN401  (a vendor's JSON)
    """Return all rows, or those of one energy, oldest first."""
    rows = _rows(raw)
    return {"samples": _sorted([one for one in rows if energy in {None, one.get("energy")}])}


def flares(raw: Any) -> Row:  # noqa: ANN401
    """Return the flares, oldest first."""
    return {"flares": samples(raw)["samples"]}


def wind(raw: Any, wanted: str, period: str) -> Row:  # noqa: ANN401
    """Return the rows of the wanted spacecraft, and what is known of each."""
    rows = _rows(raw)
    chosen = _sorted([one for one in rows if _is(one, wanted)])
    if chosen:
        begin = moment(chosen[-1]) - _SPANS[period]
        chosen = [one for one in chosen if moment(one) > begin]
    return {"samples": chosen, "spacecraft": _spacecraft(rows)}


def scales(raw: Any) -> Row:  # noqa: ANN401
    """Return the days, which are numbered from -1, by what they are."""
    days = {
        int(number): {**day, "time": f"{day['DateStamp']}T{day['TimeStamp']}"}
        for number, day in raw.items()
        if _DAY.fullmatch(number)
    }
    ahead = [days[number] for number in sorted(days) if number > 0]
    return {"past": days[-1], "current": days[0], "forecast": ahead}


def alerts(raw: Any) -> Row:  # noqa: ANN401
    """Return the messages, newest first."""
    found = [_alert(one) for one in _rows(raw)]
    return {"alerts": sorted(found, key=lambda one: str(one["issue_datetime"]), reverse=True)}


def moment(row: Row) -> datetime:
    """Return when a row was measured."""
    read = datetime.fromisoformat(row["time_tag"])
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _rows(raw: Any) -> list[Row]:  # noqa: ANN401
    if not isinstance(raw, list):
        raise TypeError("a list of rows was expected")
    if not raw or not isinstance(raw[0], list):
        return raw
    names, *lines = raw
    return [dict(zip(names, line, strict=True)) for line in lines]


def _sorted(rows: list[Row]) -> list[Row]:
    return [_mended(one) for one in sorted(rows, key=moment)]


def _mended(row: Row) -> Row:
    return {_NAMES.get(name, name): _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        return None if value in _BLANK else value
    return None if isinstance(value, int | float) and value <= _FILL else value


def _is(row: Row, wanted: str) -> bool:
    if wanted == "active":
        return bool(row.get("active", True))  # the old product had but one spacecraft
    return wanted == "all" or str(row.get("source")).upper() == wanted.upper()


def _spacecraft(rows: list[Row]) -> list[Row]:
    newest: dict[str, Row] = {}
    for row in rows:
        name = row.get("source")
        if name and (name not in newest or moment(row) > moment(newest[name])):
            newest[name] = row
    return [
        {"name": name, "active": row["active"], "newest": row["time_tag"]}
        for name, row in sorted(newest.items())
    ]


def _alert(row: Row) -> Row:
    message = row["message"].replace("\r\n", "\n").replace("\r", "\n").strip()
    code = _CODE.search(message)
    return {**row, "message": message, "code": code and code[1]}
