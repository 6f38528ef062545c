"""The hashes that the hub knows files by, in its listing and in its headers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from huggingface_hub.hf_api import RepoSibling

_SHA256, _SHA1 = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{40}")
_ETAG = re.compile(r'(W/)?"?([0-9a-f]{40}|[0-9a-f]{64})"?')


def sha256_of(path: Path) -> str:
    """Returns the SHA-256 (hex) of a file's content."""
    return _hash(path, hashlib.sha256())


def listed_hash(sibling: RepoSibling) -> str | None:
    """Returns what the hub lists: SHA-256 of a file in git-lfs, git's own hash of another.

    Returns:
        The hash (hex); `None` if it lists none, or something else.
    """
    if sibling.lfs:
        return sibling.lfs.sha256 if _SHA256.fullmatch(str(sibling.lfs.sha256)) else None
    return sibling.blob_id if _SHA1.fullmatch(str(sibling.blob_id)) else None


def has_hash(path: Path, listed: str) -> bool:
    """Whether a file has the content that `listed_hash` stands for."""
    if _SHA256.fullmatch(listed):
        return sha256_of(path) == listed
    header = b"blob %d\0" % path.stat().st_size
    return _hash(path, hashlib.sha1(header, usedforsecurity=False)) == listed


@contextmanager
def checked_headers(refusal: Callable[[], Exception]) -> Iterator[None]:
    """Refuses answers to huggingface_hub whose headers are no hashes: it makes paths of them.

    Args:
        refusal: Makes the error that is raised.
    """
    from huggingface_hub import configure_http_backend
    from huggingface_hub.utils import _http

    def check(response: Any, **options: Any) -> None:
        headers, target = response.headers, urlsplit(response.headers.get("Location", ""))
        followed = response.is_redirect and not target.netloc  # then the next answer counts
        commit = headers.get("X-Repo-Commit")
        etag = headers.get("X-Linked-Etag") or headers.get("ETag")
        strange = etag is not None and not followed and not _ETAG.fullmatch(etag)
        if commit is not None and not _SHA1.fullmatch(commit):
            strange = True
        if response.request.method == "HEAD" and strange:
            raise refusal()

    usual = _http._GLOBAL_BACKEND_FACTORY

    def checking() -> Any:
        session = usual()
        session.hooks["response"].append(check)
        return session

    configure_http_backend(checking)
    try:
        yield
    finally:
        configure_http_backend(usual)


def _hash(path: Path, digest: hashlib._Hash) -> str:
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
