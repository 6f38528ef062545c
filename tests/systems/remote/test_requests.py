"""What each remote system sends, byte for byte, whether it is answered at once or asks again.

The expected requests come from the references of the services: OpenAI's "Create chat completion",
DeepL's "Translate text", Google's method `translate` (v2) and "Using API keys", Azure Translator's
"Translate" (v3.0), LibreTranslate's `/translate`, and Amazon's `TranslateText` with AWS's
"Create a signed request" (Signature Version 4).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from evalharness.config import build, register_schemas

from ...conftest import ROOT
from .chat_server import completion
from .raw_server import http, serving_bytes
from .vendors import KEY, PROTOCOLS

pytestmark = pytest.mark.usefixtures("keys")

TEXTS = ['kırmızı "elma" & <b>', "deniz 🌊"]
PROMPT = (
    "Translate the following text from Turkish into English. "
    r"Answer with the translation only.\n\n"
)
FAULTS = (
    http(b"{}", "429 Too Many Requests", "Retry-After: 0"),
    b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{",
)
USUAL = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate",
    "Content-Type": "application/json",
    "User-Agent": "evalharness",
}


class Request(NamedTuple):
    """A request as it arrived; the headers without the length of the body."""

    line: str
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Expected:
    """What a service is sent.

    Attributes:
        target: Path and query of the request.
        bodies: One a request, in their order.
        headers: Those besides the usual ones, or instead of them.
        options: On the command line, besides `model=` and the server's address.
        path: What follows the server's host in `model.base_url=`.
    """

    target: str
    bodies: tuple[str, ...]
    headers: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    path: str = ""


def chat_body(text: str, more: str = "") -> str:
    said = json.dumps(text, ensure_ascii=False)[1:-1]
    message = f'{{"role":"user","content":"{PROMPT}{said}"}}'
    return (
        f'{{"model":"m","messages":[{message}],"temperature":0.0,"max_tokens":1024,"seed":1{more}}}'
    )


def chat_bodies(more: str = "") -> tuple[str, ...]:
    return tuple(chat_body(text, more) for text in TEXTS)


NO_KEY = {"Authorization": "Bearer none"}
CHAT = ("model.model=m", "seed=1")
DEEPL_KEY = {"Authorization": f"DeepL-Auth-Key {KEY}"}
AZURE_KEY = {
    "Ocp-Apim-Subscription-Key": KEY,
    "Content-Type": "application/json; charset=UTF-8",
}
AZURE_BODY = '[{"Text":"kırmızı \\"elma\\" & <b>"},{"Text":"deniz 🌊"}]'
ESCAPED = r'["k\u0131rm\u0131z\u0131 \"elma\" & <b>", "deniz \ud83c\udf0a"]'
Q = '"q":["kırmızı \\"elma\\" & <b>","deniz 🌊"],"source":"tr","target":"en","format":"text"'
AWS_PAIR = '"SourceLanguageCode": "tr", "TargetLanguageCode": "en"'
AWS_OPTIONS = '"Settings": {"Formality": "INFORMAL"}, "TerminologyNames": ["fruit"]'

REQUESTS = {
    "chat": Expected("/v1/chat/completions", chat_bodies(), NO_KEY, CHAT, "/v1"),
    "chat, with a key": Expected(
        "/v1/chat/completions",
        chat_bodies(',"top_k":20'),
        {"Authorization": f"Bearer {KEY}"},
        (*CHAT, "model.api_key_env=DEEPL_API_KEY", "model.extra_body={top_k: 20}"),
        "/v1",
    ),
    "ollama": Expected("/v1/chat/completions", chat_bodies(), NO_KEY, CHAT, "/v1"),
    "vllm": Expected("/v1/chat/completions", chat_bodies(), NO_KEY, CHAT, "/v1"),
    "deepl": Expected(
        "/v2/translate",
        (
            '{"target_lang": "EN-US", "source_lang": "TR", '
            f'"text": {ESCAPED}, "show_billed_characters": true}}',
        ),
        DEEPL_KEY,
    ),
    "deepl, with options": Expected(
        "/v2/translate",
        (
            '{"target_lang": "EN-GB", "source_lang": "TR", "formality": "prefer_more", '
            f'"glossary_id": "def3a26b", "text": {ESCAPED}, "show_billed_characters": true, '
            '"context": "Fruit.", "split_sentences": "0", "preserve_formatting": true, '
            '"model_type": "quality_optimized"}',
        ),
        DEEPL_KEY,
        (
            "model.variants={en: en-GB}",
            "model.formality=prefer_more",
            "model.glossary=def3a26b",
            "model.context=Fruit.",
            "model.split_sentences=off",
            "model.preserve_formatting=true",
            "model.model_type=quality_optimized",
        ),
    ),
    "google": Expected(
        "/language/translate/v2", (f'{{{Q},"model":"nmt"}}',), {"X-goog-api-key": KEY}
    ),
    "azure": Expected(
        "/translate?api-version=3.0&from=tr&to=en&textType=plain", (AZURE_BODY,), AZURE_KEY
    ),
    "azure, with options": Expected(
        "/translate?api-version=3.0&from=tr&to=en&textType=plain"
        "&category=abc-TECH&allowFallback=true",
        (AZURE_BODY,),
        {**AZURE_KEY, "Ocp-Apim-Subscription-Region": "westeurope"},
        ("model.region=westeurope", "model.category=abc-TECH", "model.allow_fallback=true"),
    ),
    "libretranslate": Expected("/translate", (f"{{{Q}}}",)),
    "libretranslate, with a key": Expected(
        "/translate",
        (f'{{{Q},"api_key":"{KEY}"}}',),
        options=("model.api_key_env=LIBRETRANSLATE_API_KEY",),
    ),
    "amazon": Expected(
        "/",
        (
            rf'{{"Text": "k\u0131rm\u0131z\u0131 \"elma\" & <b>", {AWS_PAIR}}}',
            rf'{{"Text": "deniz \ud83c\udf0a", {AWS_PAIR}}}',
        ),
    ),
    "amazon, with options": Expected(
        "/",
        (
            rf'{{"Text": "k\u0131rm\u0131z\u0131 \"elma\" & <b>", {AWS_PAIR}, {AWS_OPTIONS}}}',
            rf'{{"Text": "deniz \ud83c\udf0a", {AWS_PAIR}, {AWS_OPTIONS}}}',
        ),
        options=(
            "model.region=eu-central-1",
            "model.formality=informal",
            "model.terminologies=[fruit]",
        ),
    ),
}
every = pytest.mark.parametrize("case", REQUESTS)


def vendor(case: str) -> str:
    return case.partition(",")[0]


def answer_to(name: str, body: Any) -> bytes:
    """A sound answer in the service's protocol."""
    if name in PROTOCOLS:
        protocol = PROTOCOLS[name]
        return http(json.dumps(protocol.answer(protocol.texts(body))).encode())
    return http(json.dumps(completion("x")).encode())


def recorded(case: str, *faults: bytes) -> list[Request]:
    """What a system sends, one request at a time, when the first ones are answered by faults."""
    name, expected, ahead = vendor(case), REQUESTS[case], iter(faults)

    def answer(body: Any) -> Iterator[bytes]:
        fault = next(ahead, None)
        yield answer_to(name, body) if fault is None else fault
        if fault is not None:
            raise ConnectionError  # and ends the connection

    with serving_bytes(answer) as server:
        register_schemas()
        with initialize_config_dir(str(ROOT / "conf"), version_base="1.3"):
            address = f"model.base_url={server.url}{expected.path}"
            overrides = [f"model={name}", address, "model.concurrency=1", *expected.options]
            system: Any = build(compose("config", overrides=overrides).model, "model")
        made = dict(system.translate(TEXTS, "tr", "en"))
        assert len(made) == len(TEXTS)
        assert all(hasattr(outcome, "text") for outcome in made.values()), made
        return [as_sent(*pair) for pair in zip(server.heads, server.asked, strict=True)]


def as_sent(head: bytes, body: bytes) -> Request:
    line, *lines = head.decode("ascii").removesuffix("\r\n\r\n").split("\r\n")
    headers = dict(each.split(": ", 1) for each in lines)
    assert len(headers) == len(lines)
    assert headers.pop("Content-Length") == str(len(body))
    return Request(line, headers, body.decode())


def signature(request: Request) -> str:
    """AWS Signature Version 4 of a request, by the steps of its documentation."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    _, credential, signed, _ = request.headers["Authorization"].replace(",", "").split()
    names = signed.removeprefix("SignedHeaders=").split(";")
    scope = credential.partition("/")[2]
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    payload = hashlib.sha256(request.body.encode()).hexdigest()
    canonical = "\n".join(["POST", "/", "", lines, ";".join(names), payload])
    whole = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, whole])
    key = f"AWS4{KEY}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()


def check(case: str, request: Request, body: str) -> None:
    """Compares a request with what is expected."""
    expected = REQUESTS[case]
    assert request.line == f"POST {expected.target} HTTP/1.1"
    assert request.body == body
    headers = dict(request.headers)
    assert headers.pop("Host").startswith("127.0.0.1:")
    if vendor(case) != "amazon":
        assert headers == {**USUAL, **expected.headers}
        return
    region = "eu-central-1" if expected.options else "us-east-1"
    date = headers["X-Amz-Date"][:8]
    assert headers["X-Amz-Target"] == "AWSShineFrontendService_20170701.TranslateText"
    assert headers["Content-Type"] == "application/x-amz-json-1.1"
    assert headers["Authorization"] == (
        f"AWS4-HMAC-SHA256 Credential=AKIAFAKE0123456789/{date}/{region}/translate/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
        f"Signature={signature(request)}"
    )


@every
def test_a_request_is_what_the_reference_describes(case: str):
    bodies = REQUESTS[case].bodies
    for request, body in zip(recorded(case), bodies, strict=True):
        check(case, request, body)


@pytest.mark.parametrize("case", [case for case in REQUESTS if vendor(case) == case])
def test_what_is_sent_again_is_the_same_request(case: str):
    first, *others = REQUESTS[case].bodies
    sent = [*[first] * len(FAULTS), first, *others]
    for request, body in zip(recorded(case, *FAULTS), sent, strict=True):
        check(case, request, body)


def test_every_remote_system_is_here():
    configured = [
        path.stem
        for path in (ROOT / "conf" / "model").glob("*.yaml")
        if ".systems.remote." in OmegaConf.load(path)._target_
    ]
    assert {vendor(case) for case in REQUESTS} == set(configured)
