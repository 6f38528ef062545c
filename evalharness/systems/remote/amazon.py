"""Amazon Translate: boto3 finds keys, signs and reads; what it signs is sent as all else is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from evalharness.errors import EvalHarnessError
from evalharness.extras import lacks_extra
from evalharness.systems.remote.answers import checked
from evalharness.systems.remote.dispatch import Texts
from evalharness.systems.remote.errors import RequestError
from evalharness.systems.remote.fields import texts_at
from evalharness.systems.remote.http import Http, quiet
from evalharness.systems.remote.vendor import VendorSystem, given
from evalharness.values.outputs import Facts

_VERSION = "2017-07-01"
_CODES = {"nb": "no", "prs": "fa-AF", "zh-Hant": "zh-TW"}
# The action's own errors, and AWS's "Common Error Types": many of them have the status 400.
_PASSING = {
    "LimitExceededException",
    "RequestExpired",
    "RequestLimitExceeded",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}
_FOR_GOOD = {
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "NotAuthorized",
    "OptInRequired",
    "ResourceNotFoundException",
    "SubscriptionRequiredException",
    "UnrecognizedClientException",
    "UnsupportedLanguagePairException",
}


class Formality(Enum):
    """How polite it is, in the languages that it knows that for."""

    formal = "FORMAL"
    informal = "INFORMAL"


@dataclass(frozen=True)
class AmazonSystem(VendorSystem):
    """Asks `TranslateText`, which takes one text of 10,000 bytes.

    Keys come from where every program of AWS takes them: environment, profile, role.

    Attributes:
        base_url: Empty for the region's own.
        region: Which region is asked.
        formality: How polite it is; `None` for its own choice.
        terminologies: Names of custom terminologies of the account.
    """

    name: str = "amazon"
    texts_per_request: int = 1
    size_per_request: int = 10_000
    region: str = "us-east-1"
    formality: Formality | None = None
    terminologies: list[str] = field(default_factory=list)

    vendor = "Amazon"
    unit = "bytes"
    most_texts = 1
    most_size = 10_000
    own_codes = _CODES

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.api_key_env:
            raise EvalHarnessError(
                "AWS has no single key",
                where="api_key_env",
                hint="leave it empty, and export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
            )

    def missing_requirement(self) -> str | None:
        """Says which extra is missing."""
        return lacks_extra("amazon", ["boto3"])

    def endpoint(self) -> str:
        """The address, or the region's."""
        return super().endpoint() or f"translate.{self.region}.amazonaws.com"

    def address(self) -> str:
        """Where it is, for errors."""
        return self.endpoint()

    def how_to_start(self) -> str:
        """What to check when no connection can be made."""
        return "check the network, model.region= and model.base_url="

    def advice(self, status: int | None) -> str:
        """Where AWS takes its keys from."""
        if status == 404:
            return "check model.terminologies= and model.region="
        if status in (None, 401, 403):
            return "check the AWS credentials (AWS_ACCESS_KEY_ID, AWS_PROFILE) and what they allow"
        return super().advice(status)

    def size(self, text: str) -> int:
        """Bytes of UTF-8."""
        return len(text.encode())

    def options(self) -> Facts:
        """The version of the API, and what the request says."""
        return {"api": _VERSION, **self._options()}

    def private(self) -> bool:
        """It always asks with the account's keys."""
        return True

    def secrets(self) -> Sequence[str]:
        """What the chain of AWS finds.

        Raises:
            EvalHarnessError: It finds nothing.
        """
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError

        quiet("boto3", "botocore", "urllib3")
        try:
            found = boto3.Session().get_credentials()
            keys = found and found.get_frozen_credentials()
        except (BotoCoreError, ClientError) as error:
            raise EvalHarnessError(f"no AWS credentials: {error}", where=self.name) from None
        if keys is None:
            raise EvalHarnessError(
                "the environment variable AWS_ACCESS_KEY_ID is not set, and no profile or role is",
                where=self.name,
                hint="export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws configure`",
            )
        return [key for key in (keys.access_key, keys.secret_key, keys.token) if key]

    def connect(self) -> _Client:
        """A client that never tries again, and sends through the stack that all systems share."""
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        quiet("boto3", "botocore", "urllib3")
        config = Config(retries={"total_max_attempts": 1, "mode": "standard"})
        where = {"region_name": self.region, "endpoint_url": self.base_url or None}
        try:
            boto = boto3.Session().client("translate", **where, config=config)
        except BotoCoreError as error:
            raise EvalHarnessError(str(error), where="model.region") from None
        http = Http(boto.meta.endpoint_url, {}, self.timeout, ("AWS_CA_BUNDLE",))
        boto.meta.events.register(
            "before-send.translate.TranslateText", lambda request, **_: _sent(http, request)
        )
        return _Client(boto, http)

    def ask(self, client: _Client, texts: Texts, source: str, target: str) -> Sequence[str]:
        """Asks for one text."""
        (text,) = texts
        pair = {"SourceLanguageCode": source, "TargetLanguageCode": target}
        answer = client.boto.translate_text(Text=text, **pair, **self._options())
        return [answer["TranslatedText"]]

    def _options(self) -> dict[str, Any]:
        settings = {"Formality": self.formality.value} if self.formality else None
        return given(Settings=settings, TerminologyNames=self.terminologies or None)


class _Client(NamedTuple):
    """boto3's client, and what it sends through."""

    boto: Any
    http: Http

    def close(self) -> None:
        """Closes the connections."""
        self.http.close()


class _Body(NamedTuple):
    """An answer's body as boto3 wants it."""

    content: bytes

    def stream(self) -> list[bytes]:
        """All of it."""
        return [self.content]


def _sent(http: Http, request: Any) -> Any:
    """Sends what boto3 has signed, and returns what it may read: not all JSON leaves it in peace.

    Raises:
        RequestError: There was no translation.
    """
    from botocore.awsrequest import AWSResponse

    headers = {"Accept-Encoding": "identity"}
    for name, value in request.headers.items():
        headers[name] = value.decode("latin-1") if isinstance(value, bytes) else value
    answer = http.exchange(request.method, request.url, headers, request.body)
    try:
        made = checked(answer)
    except RequestError as error:
        raise http.explained(_understood(error, answer.headers)) from None
    (text,) = texts_at(made, "TranslatedText")
    body = _Body(json.dumps({"TranslatedText": text}).encode())
    return AWSResponse(request.url, answer.status, {}, body)


def _understood(error: RequestError, headers: Mapping[str, str]) -> RequestError:
    """Reads a refusal: its code says more than its status.

    The code is in a header or in the body, with a namespace before it or an address after it (AWS
    JSON 1.1 protocol, "Operation error serialization").
    """
    body = error.body if isinstance(error.body, Mapping) else {}
    found = headers.get("x-amzn-errortype") or body.get("__type") or body.get("code")
    code = found.partition(":")[0].rpartition("#")[2] if isinstance(found, str) else ""
    detail = next((body[name] for name in ("message", "Message") if name in body), "")
    error.detail = detail if detail and isinstance(detail, str) else error.detail
    if code in _PASSING:
        error.may_pass, error.stops_the_run = True, False
    elif code in _FOR_GOOD:
        known = {"UnsupportedLanguagePairException": 400, "ResourceNotFoundException": 404}
        error.status, error.may_pass, error.stops_the_run = known.get(code), False, True
    if code.isascii() and code.isidentifier():
        error.reason = code
    return error
