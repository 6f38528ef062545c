"""The services' protocols as their documentation shows them, answered in capitals."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from evalharness.systems import Failure, Translation
from evalharness.systems.remote import (
    AmazonSystem,
    AzureSystem,
    DeeplSystem,
    GoogleSystem,
    LibreTranslateSystem,
    VendorSystem,
)

KEY = "fake-key-0123456789"


@dataclass(frozen=True)
class Protocol:
    """A service.

    Attributes:
        kind: What asks it.
        path: Where it is asked.
        texts: Finds the texts in a request's body.
        answer: Makes an answer's body of translations.
        variable: The environment variable with the key.
        options: Whatever else it has to be told.
    """

    kind: type[VendorSystem]
    path: str
    texts: Callable[[Any], list[str]]
    answer: Callable[[list[str]], Any]
    variable: str
    options: Mapping[str, Any]

    def system(self, server: HTTPServer, **options: Any) -> VendorSystem:
        """A system that asks this server."""
        return self.kind(**{"base_url": url(server), **self.options, **options})

    def serve(self, server: HTTPServer, *faults: Response | Callable[[Request], Response]) -> None:
        """Serves each fault once, and then translations."""
        for fault in faults:
            serve_once(server, self.path, fault)
        server.expect_request(self.path).respond_with_handler(
            lambda request: replied(self.reply(request))
        )

    def reply(self, request: Request, keep: int | None = None) -> Any:
        """The answer to a request, with all its translations or only as many."""
        texts = self.texts(json.loads(request.get_data()))
        return self.answer([text.upper() for text in texts][:keep])


def deepl_answer(texts: Sequence[str]) -> Any:
    message = {"detected_source_language": "TR", "model_type_used": "quality_optimized"}
    return {
        "translations": [
            {**message, "text": text, "billed_characters": len(text)} for text in texts
        ]
    }


PROTOCOLS = {
    "deepl": Protocol(
        DeeplSystem,
        "/v2/translate",
        lambda body: body["text"],
        deepl_answer,
        "DEEPL_API_KEY",
        {},
    ),
    "google": Protocol(
        GoogleSystem,
        "/language/translate/v2",
        lambda body: body["q"],
        lambda texts: {"data": {"translations": [{"translatedText": text} for text in texts]}},
        "GOOGLE_API_KEY",
        {},
    ),
    "azure": Protocol(
        AzureSystem,
        "/translate",
        lambda body: [text["Text"] for text in body],
        lambda texts: [{"translations": [{"text": text, "to": "en"}]} for text in texts],
        "AZURE_TRANSLATOR_KEY",
        {},
    ),
    "libretranslate": Protocol(
        LibreTranslateSystem,
        "/translate",
        lambda body: body["q"],
        lambda texts: {"translatedText": texts},
        "LIBRETRANSLATE_API_KEY",
        {"api_key_env": "LIBRETRANSLATE_API_KEY"},
    ),
    "amazon": Protocol(
        AmazonSystem,
        "/",
        lambda body: [body["Text"]],
        lambda texts: {
            "TranslatedText": texts[0],
            "SourceLanguageCode": "tr",
            "TargetLanguageCode": "en",
        },
        "AWS_SECRET_ACCESS_KEY",
        {},
    ),
}


def url(server: HTTPServer) -> str:
    return f"http://127.0.0.1:{server.port}"


def serve_once(
    server: HTTPServer, path: str, fault: Response | Callable[[Request], Response]
) -> None:
    once = server.expect_oneshot_request(path)
    if isinstance(fault, Response):
        once.respond_with_response(fault)
    else:
        once.respond_with_handler(fault)


def replied(body: Any, status: int = 200, **headers: str) -> Response:
    """A body as JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(json.dumps(body), status, named, content_type="application/json")


def cut(request: Request) -> Response:
    """Ends the connection without an answer."""
    request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return Response()


def half(body: Any) -> Response:
    """Half of the body that is announced."""
    whole = json.dumps(body).encode()
    response = Response(whole[: len(whole) // 2], content_type="application/json")
    response.automatically_set_content_length = False
    response.headers["Content-Length"] = str(len(whole))
    return response


def made(
    system: VendorSystem, texts: Sequence[str], source: str = "tr", target: str = "en"
) -> list[Translation | Failure]:
    """What a system makes of texts, all different."""
    found = dict(system.translate(texts, source, target))
    assert sorted(found) == list(range(len(texts)))
    return [found[position] for position in range(len(texts))]


def texts_made(system: VendorSystem, texts: Sequence[str], *pair: str) -> list[str]:
    return [
        item.text if isinstance(item, Translation) else "" for item in made(system, texts, *pair)
    ]


def bodies(server: HTTPServer) -> list[Any]:
    """The bodies of all requests."""
    return [json.loads(request.get_data()) for request, _ in server.log]
