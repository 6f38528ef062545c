"""A small Hugging Face hub on 127.0.0.1: the part of its HTTP protocol that downloads use."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

LARGE = (".safetensors", ".bin", ".model", ".msgpack", ".h5")  # what git-lfs would keep


@dataclass
class Repo:
    """A repository: its commits, and how the hub treats who asks.

    Attributes:
        branches: The commit of each branch and tag.
        commits: The files of each commit.
        gated: Whether only `token` opens it, and its listing is public all the same.
        private: Whether it does not exist for others than `token`.
        token: Who may read it.
        cut: After how many bytes the next answer with a file of this name breaks off.
        stalled: After how many bytes it comes to a stop, until the hub ends.
        served: What is sent instead of the files of these names, whose listing stays true.
        headers: What is sent instead of the usual headers with any file.
        hashes: What is listed instead of the hashes of these files.
        status: What a request about it is answered with, with a web page, if it goes wrong.
    """

    branches: dict[str, str] = field(default_factory=dict)
    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    gated: bool = False
    private: bool = False
    token: str = "hf_right"
    cut: dict[str, int] = field(default_factory=dict)
    stalled: dict[str, int] = field(default_factory=dict)
    served: dict[str, bytes] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    status: int | None = None

    def push(self, files: Mapping[str, bytes], branch: str = "main") -> str:
        """Makes a commit of these files on a branch."""
        parts = [self.branches.get(branch, "")] + [
            f"{name} {hashlib.sha256(files[name]).hexdigest()}" for name in sorted(files)
        ]
        commit = hashlib.sha1("\n".join(parts).encode()).hexdigest()
        self.commits[commit] = dict(files)
        self.branches[branch] = commit
        return commit

    def commit(self, revision: str) -> str | None:
        return revision if revision in self.commits else self.branches.get(revision)


@dataclass
class Hub:
    """The hub: its repositories, and what it was asked.

    Attributes:
        url: Its address, for HF_ENDPOINT.
        repos: By id.
        requests: Method and path of every request, with `+from` where it asked for a rest.
    """

    url: str = ""
    repos: dict[str, Repo] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def asked(self) -> list[str]:
        """What was asked since the last call."""
        made, self.requests[:] = list(self.requests), []
        return made


@contextmanager
def serving() -> Iterator[Hub]:
    """Runs a hub in a thread."""
    hub = Hub()
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


def etag(name: str, content: bytes) -> str:
    """SHA-256 of a file in git-lfs, git's own hash of another."""
    if name.endswith(LARGE):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        offset = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        rest = f" +{offset[1]}" if offset else ""
        self.hub.requests.append(f"{self.command} {path}{rest}")
        if path.startswith("/api/datasets/"):
            self._answer_about_datasets(path)
            return
        api = re.fullmatch(r"/api/models/(.+?)/revision/(.+)", path)
        file = re.fullmatch(r"/(.+?)/resolve/([^/]+)/(.+)", path)
        match = api or file
        repo = self.hub.repos.get(match[1]) if match else None
        if match is None or (repo is not None and repo.status is not None):
            self._answer(repo.status if repo else 404, b"sorry", {"Content-Type": "text/html"})
            return
        knows = repo is not None and self.headers.get("Authorization") == f"Bearer {repo.token}"
        if repo is None or (repo.private and not knows):
            self._refuse(404 if "Authorization" in self.headers else 401, "RepoNotFound")
        elif (commit := repo.commit(match[2])) is None:
            self._refuse(404, "RevisionNotFound")
        elif api:
            self._list(match[1], repo, commit)
        elif repo.gated and not knows:
            self._refuse(403 if "Authorization" in self.headers else 401, "GatedRepo")
        elif match[3] not in repo.commits[commit]:
            self._refuse(404, "EntryNotFound")
        else:
            self._send_file(repo, commit, match[3], int(offset[1]) if offset else 0)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.do_GET()

    def _answer_about_datasets(self, path: str) -> None:
        """Repositories of data sets are called `datasets/ID`, as their files' addresses are."""
        match = re.fullmatch(
            r"/api/(datasets/[^/]+/[^/]+)(?:/(revision|tree)/([^/]+)/?(.*))?", path
        )
        repo = self.hub.repos.get(match[1]) if match else None
        if match is None or repo is None:
            self._refuse(404, "RepoNotFound")
            return
        commit = repo.commit(match[3] or "main")
        if commit is None:
            self._refuse(404, "RevisionNotFound")
        elif match[2] == "tree":
            self._list_folder(repo.commits[commit], match[4])
        else:
            self._list(match[1].removeprefix("datasets/"), repo, commit)

    def _list_folder(self, files: Mapping[str, bytes], folder: str) -> None:
        entries, above = [], f"{folder}/" if folder else ""
        for name, content in files.items():
            if name.startswith(above) and "/" not in name.removeprefix(above):
                facts = {"type": "file", "path": name, "size": len(content)}
                entries.append({**facts, "oid": etag(name, content)[:40]})
        status = 200 if entries else 404
        self._answer(status, json.dumps(entries).encode(), {"Content-Type": "application/json"})

    def _list(self, name: str, repo: Repo, commit: str) -> None:
        siblings = []
        for file, content in repo.commits[commit].items():
            known = repo.hashes.get(file, etag(file, content))
            size = {"size": len(content)}
            lfs = {"sha256": known, "pointerSize": 130, **size}
            large = file.endswith(LARGE)
            siblings.append(
                {"rfilename": file, **size, "blobId": known[:40], **({"lfs": lfs} if large else {})}
            )
        body = {"id": name, "modelId": name, "sha": commit, "siblings": siblings}
        self._answer(200, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def _send_file(self, repo: Repo, commit: str, name: str, offset: int) -> None:
        content = repo.commits[commit][name]
        headers = {"ETag": f'"{etag(name, content)}"', "X-Repo-Commit": commit, **repo.headers}
        content = repo.served.get(name, content)
        if offset:
            headers["Content-Range"] = f"bytes {offset}-{len(content) - 1}/{len(content)}"
        get = self.command == "GET"
        stalled = repo.stalled.get(name) if get else None
        cut = repo.cut.pop(name, stalled) if get else None
        self._answer(206 if offset else 200, content[offset:], headers, cut, stalled is not None)

    def _refuse(self, status: int, code: str) -> None:
        self._answer(status, b"", {"X-Error-Code": code})

    def _answer(
        self,
        status: int,
        body: bytes,
        headers: Mapping[str, str],
        cut: int | None = None,
        stalled: bool = False,
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[:cut])
        if cut is not None:
            self.wfile.flush()
            if stalled:
                self.hub.ended.wait()
            self.close_connection = True


WEIGHTS = bytes(range(256)) * 40
MODEL = {
    "config.json": b'{"model_type": "m2m_100"}',
    "generation_config.json": b'{"num_beams": 4}',
    "tokenizer_config.json": b"{}",
    "sentencepiece.bpe.model": b"pieces",
    "model.safetensors": WEIGHTS,
    "pytorch_model.bin": b"a pickle",
    "tf_model.h5": b"another framework's",
    "modeling_own.py": b"raise SystemExit('executed')",
    "training_args.bin": b"a pickle",
    "README.md": b"a card",
}
WANTED = {
    "config.json",
    "generation_config.json",
    "tokenizer_config.json",
    "sentencepiece.bpe.model",
    "model.safetensors",
}


def environment(home: Path, url: str = "http://127.0.0.1:9") -> dict[str, str]:
    """Variables for a process that knows this hub, or none, and this cache, and no other."""
    return {
        "HF_ENDPOINT": url,
        "HF_HOME": str(home),
        "HF_HUB_CACHE": str(home / "hub"),
        "HF_TOKEN_PATH": str(home / "token"),
        "HF_TOKEN": "",
        "HUGGING_FACE_HUB_TOKEN": "",
        "HF_HUB_OFFLINE": "0",
        "TRANSFORMERS_OFFLINE": "0",
        "HF_HUB_DISABLE_XET": "1",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
