"""Systems over the wire, and what they share."""

from evalharness.systems.remote.chat import ChatSystem
from evalharness.systems.remote.dispatch import Answers, Texts
from evalharness.systems.remote.errors import RequestError
from evalharness.systems.remote.grouping import fill_requests
from evalharness.systems.remote.http import Http
from evalharness.systems.remote.system import RemoteSystem

__all__ = [
    "Answers",
    "ChatSystem",
    "Http",
    "RemoteSystem",
    "RequestError",
    "Texts",
    "fill_requests",
]
