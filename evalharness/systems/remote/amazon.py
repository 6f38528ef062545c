"""Amazon Translate, through boto3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from evalharness.errors import EvalHarnessError
from evalharness.systems.base import Facts
from evalharness.systems.remote.dispatch import Texts
from evalharness.systems.remote.errors import (
    RequestError,
    dropped,
    refused,
    retry_after,
    timed_out,
    unreachable,
    unreadable,
)
from evalharness.systems.remote.http import quiet
from evalharness.systems.remote.vendor import VendorSystem, given, read_texts

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

    modules = ("boto3", "tenacity")
    extra = "amazon"
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
                mend="leave it empty, and export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
            )

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
        if status == 400:
            return super().advice(status)
        return "check the AWS credentials (AWS_ACCESS_KEY_ID, AWS_PROFILE, ...) and what they allow"

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
        from botocore.exceptions import BotoCoreError

        _quieten()
        try:
            found = boto3.Session().get_credentials()
        except BotoCoreError as error:
            raise EvalHarnessError(f"no AWS credentials: {error}", where=self.name) from None
        if found is None:
            raise EvalHarnessError(
                "the environment variable AWS_ACCESS_KEY_ID is not set, and no profile or role is",
                where=self.name,
                mend="export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws configure`",
            )
        keys = found.get_frozen_credentials()
        return [key for key in (keys.access_key, keys.secret_key, keys.token) if key]

    def connect(self) -> Any:
        """A client of boto3 that never tries again."""
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        _quieten()
        config = Config(
            retries={"total_max_attempts": 1, "mode": "standard"},
            connect_timeout=self.timeout,
            read_timeout=self.timeout,
            max_pool_connections=self.concurrency,
        )
        where = {"region_name": self.region, "endpoint_url": self.base_url or None}
        try:
            return boto3.Session().client("translate", **where, config=config)
        except BotoCoreError as error:
            raise EvalHarnessError(str(error), where="model.region") from None

    def ask(self, client: Any, texts: Texts, source: str, target: str) -> Sequence[str]:
        """Asks for one text."""
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        (text,) = texts
        pair = {"SourceLanguageCode": source, "TargetLanguageCode": target}
        try:
            answer = client.translate_text(Text=text, **pair, **self._options())
        except ClientError as error:
            raise _understood(error) from None
        except ResponseParserError as error:
            raise unreadable(str(error)) from None
        except BotoCoreError as error:
            raise _disconnected(error) from None
        return read_texts(lambda: [answer["TranslatedText"]])

    def _options(self) -> dict[str, Any]:
        settings = {"Formality": self.formality.value} if self.formality else None
        return given(Settings=settings, TerminologyNames=self.terminologies or None)


def _quieten() -> None:
    quiet("boto3", "botocore", "urllib3")


def _understood(error: Any) -> RequestError:
    """Reads a refusal: its code says more than its status."""
    said, answer = error.response["Error"], error.response["ResponseMetadata"]
    code, headers = str(said.get("Code", "")), answer.get("HTTPHeaders", {})
    status, detail = answer.get("HTTPStatusCode", 0), str(said.get("Message", ""))
    if code in _PASSING:
        return RequestError(code, detail, status=status, may_pass=True, wait=retry_after(headers))
    if code in _FOR_GOOD:
        known = {"UnsupportedLanguagePairException": 400, "ResourceNotFoundException": 404}
        return RequestError(code, detail, status=known.get(code), stops_the_run=True)
    found = refused(status, headers, detail)
    if code and not code.isdigit():
        found.reason = code
    return found


def _disconnected(error: Any) -> RequestError:
    """Reads an error of botocore that is no answer."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if kinds & {"EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError"}:
        return unreachable(str(error))
    if "ReadTimeoutError" in kinds:
        return timed_out()
    if kinds & {"HTTPClientError", "ConnectionError", "IncompleteReadError"}:
        return dropped(str(error))
    return RequestError(type(error).__name__, str(error))
