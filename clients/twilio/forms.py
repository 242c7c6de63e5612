"""Requests in Twilio's words: PascalCase names, times to the second, TwiML."""

import json
from datetime import datetime
from typing import Any, Final
from xml.etree import ElementTree as ET

from clients._environment import Environment
from contracts import Facts, FieldError, InvalidRequest, NotConfigured, Request
from contracts.twilio import MakeCall, SendMessage, SendVoiceMessage

Form = dict[str, Any]

_LONGEST_TWIML: Final = 4000


def named(request: Request[Any], *without: str, **names: str) -> Form:
    """Return a request's parameters under Twilio's names: `names`, else their own in PascalCase."""
    return {
        names.get(field) or "".join(word.capitalize() for word in field.split("_")): _value(value)
        for field, value in vars(request).items()
        if field not in without
    }


def listing(request: Request[Any], **names: str) -> Form:
    """Return the filters of a list and where its page begins."""
    form = named(request, **names)
    number, _, token = (form.pop("Cursor") or "").partition(":")
    return form | {"Page": number or None, "PageToken": token or None}


def message(request: SendMessage, env: Environment) -> Form:
    """Return the form of a new message."""
    form = named(request, sender="From", media_urls="MediaUrl")
    if not (request.sender or request.messaging_service_sid):
        form["From"] = own(env, "TWILIO_PHONE_NUMBER", "sender or messaging_service_sid")
    if request.send_at:
        form["ScheduleType"] = "fixed"
    return form


def call(request: MakeCall, env: Environment) -> Form:
    """Return the form of a new call."""
    sender = request.sender or own(env, "TWILIO_PHONE_NUMBER", "sender")
    return named(request, "sender") | {"From": sender}


def spoken(request: SendVoiceMessage, env: Environment) -> Form:
    """Return the form of a call that reads out a text.

    Raises:
        InvalidRequest: the text, quoted for XML, is longer than Twilio takes.
    """
    sender = request.sender or own(env, "TWILIO_PHONE_NUMBER", "sender")
    return {"To": request.to, "From": sender, "Twiml": twiml(request)}


def twiml(request: SendVoiceMessage) -> str:
    """Return ``<Response><Say>…</Say></Response>``, the text quoted.

    Raises:
        InvalidRequest: it is longer than Twilio takes.
    """
    loop = str(request.loop) if request.loop > 1 else None
    options = {"voice": request.voice, "language": request.language, "loop": loop}
    response = ET.Element("Response")
    say = ET.SubElement(response, "Say", {name: one for name, one in options.items() if one})
    say.text = request.text
    script = ET.tostring(response, encoding="unicode")
    if len(script) <= _LONGEST_TWIML:
        return script
    excess = len(script) - _LONGEST_TWIML
    error = FieldError(field="text", message=f"is {excess} characters too long, quoted for XML")
    raise InvalidRequest("Say it in fewer words, or in two calls.", Facts(errors=(error,)))


def own(env: Environment, variable: str, parameter: str) -> str:
    """Return the variable that stands in for a parameter that was not given.

    Raises:
        NotConfigured: it has no value; names both.
    """
    value = env.get(variable)
    if value is None:
        raise NotConfigured(f"Set {variable} where the hub runs, or give {parameter}.")
    return value


def _value(value: Any) -> Any:  # noqa: ANN401  (a parameter of any contract)
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    return json.dumps(value) if isinstance(value, dict) else value
