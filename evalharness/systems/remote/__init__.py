"""Systems that are asked over HTTP: services, and servers of language models.

`remote` is the system that all of them are; `chat`, `completion`, `deepl`, `google`, `azure`,
`amazon` and `libretranslate` say what each service is sent and answers. They share one way to
send (`http`, `route`), to ask in parallel and again (`dispatch`, `limits`, `clock`), and to read
answers (`answers`, `events`, `cleaning`).
"""

from evalharness.systems.remote.amazon import AmazonSystem
from evalharness.systems.remote.azure import AzureSystem
from evalharness.systems.remote.chat import ChatSystem
from evalharness.systems.remote.deepl import DeeplSystem
from evalharness.systems.remote.dispatch import Answers, Texts
from evalharness.systems.remote.errors import RequestError
from evalharness.systems.remote.google import GoogleSystem
from evalharness.systems.remote.grouping import fill_requests
from evalharness.systems.remote.http import Http
from evalharness.systems.remote.libretranslate import LibreTranslateSystem
from evalharness.systems.remote.remote import RemoteSystem
from evalharness.systems.remote.vendor import VendorSystem

__all__ = [
    "AmazonSystem",
    "Answers",
    "AzureSystem",
    "ChatSystem",
    "DeeplSystem",
    "GoogleSystem",
    "Http",
    "LibreTranslateSystem",
    "RemoteSystem",
    "RequestError",
    "Texts",
    "VendorSystem",
    "fill_requests",
]
