"""A signed statement, as RFC 7523 and Google have it."""

from urllib.parse import parse_qs

import orjson
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.jwk import RSAKey

from clients._environment import Environment
from clients._oauth import form_of
from clients._service_account import ServiceAccount
from clients._tokens import signed
from clients._upstream import Upstream
from contracts import NotConfigured

LOGIN = Upstream("https://login.test/v1")
SOURCE = ServiceAccount(LOGIN, "/token", ("ACCOUNT",), scope="mail.read", subject="USER")
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
ACCOUNT = {"client_email": "hub@project.test", "private_key": PEM, "private_key_id": "k1"}
NOW = 1_800_000_000.9


def claims_of(source: ServiceAccount, values: dict[str, str]) -> tuple[dict[str, object], object]:
    """What the statement says, once its signature is checked, and the key's name."""
    body, headers = source.asked(Environment(values), NOW)
    assert headers == ()
    form = parse_qs(body.content.decode(), strict_parsing=True)
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    public = RSAKey.import_key(KEY.public_key())
    token = jwt.decode(form["assertion"][0], public, algorithms=["RS256"])
    return token.claims, token.header.get("kid")


def test_who_says_what_and_for_how_long() -> None:
    said, kid = claims_of(SOURCE, {"ACCOUNT": orjson.dumps(ACCOUNT).decode(), "USER": "me@x.test"})
    assert (said.pop("jti") != "", kid) == (True, "k1")
    assert said == {
        "iss": "hub@project.test",
        "sub": "me@x.test",
        "aud": "https://login.test/v1/token",
        "scope": "mail.read",
        "iat": 1_800_000_000,
        "exp": 1_800_003_600,
    }


def test_the_signed_statement_is_a_secret() -> None:
    body, _ = SOURCE.asked(Environment({"ACCOUNT": orjson.dumps(ACCOUNT).decode()}), NOW)
    (statement,) = signed(body)
    assert statement in body.content.decode()
    assert signed(form_of("client_credentials", {"scope": "a"})) == []


def test_its_variables() -> None:
    assert SOURCE.variables == ("ACCOUNT",)
    assert SOURCE.lacking(Environment({})) == ("ACCOUNT",)


def test_for_itself_and_at_the_address_that_its_file_names() -> None:
    account = ACCOUNT | {"token_uri": "https://oauth.test/token"}
    said, _ = claims_of(SOURCE, {"ACCOUNT": orjson.dumps(account).decode()})
    assert said["aud"] == "https://oauth.test/token"
    assert "sub" not in said


@pytest.mark.parametrize(
    "text", ["sesame", "[]", "7", "{}", orjson.dumps(ACCOUNT | {"private_key": "x"}).decode()]
)
def test_what_is_no_account_is_told_without_it(text: str) -> None:
    with pytest.raises(NotConfigured, match=r"^ACCOUNT has to hold the JSON") as caught:
        SOURCE.asked(Environment({"ACCOUNT": text}), NOW)
    assert text not in caught.value.detail or len(text) < 3


def test_its_key_may_have_no_name() -> None:
    account = {name: value for name, value in ACCOUNT.items() if name != "private_key_id"}
    _, kid = claims_of(SOURCE, {"ACCOUNT": orjson.dumps(account).decode()})
    assert kid is None


def test_a_key_that_cannot_sign_is_none() -> None:
    public = KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    account = orjson.dumps(ACCOUNT | {"private_key": public.decode()}).decode()
    with pytest.raises(NotConfigured, match="ACCOUNT has to hold"):
        SOURCE.asked(Environment({"ACCOUNT": account}), NOW)
