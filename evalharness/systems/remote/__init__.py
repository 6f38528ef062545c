"""Systems over the wire, and what they share."""

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
from evalharness.systems.remote.system import RemoteSystem
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
