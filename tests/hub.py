"""A Hugging Face hub on this machine: the few routes that a download takes, and a list of the requests that came."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

COMMIT = "0123456789abcdef0123456789abcdef01234567"

_INFO = re.compile(r"/api/models/(?P<model>[^/]+/[^/]+)(?:/revision/(?P<revision>[^/?]+))?")
_TREE = re.compile(rf"/api/models/(?P<model>[^/]+/[^/]+)/tree/{COMMIT}")
_FILE = re.compile(rf"/(?P<model>[^/]+/[^/]+)/resolve/{COMMIT}/(?P<file>.+)")


@dataclass
class Hub:
    """What the hub holds, by model, and what it was asked for. ``token`` is what it wants, where it wants one."""

    url: str
    models: dict[str, dict[str, bytes]] = field(default_factory=dict)
    token: str | None = None
    broken: bool = False
    requests: list[str] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)

    def add(self, model: str, folder: Path, **others: bytes) -> None:
        """Put the files of a folder on the hub, and others by name."""
        files = (path for path in folder.rglob("*") if path.is_file())
        self.models[model] = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files} | others


@contextmanager
def serving() -> Iterator[Hub]:
    """Serve a hub on a free port until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    hub = Hub(f"http://127.0.0.1:{server.server_port}")
    server.hub = hub  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with the whole body."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """Answer with the head alone."""
        self._answer(body=False)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the library's name
        """Write nothing to standard error."""

    def _answer(self, *, body: bool) -> None:
        hub: Hub = self.server.hub  # type: ignore[attr-defined]
        path = self.path.partition("?")[0]
        hub.requests.append(f"{self.command} {path}")
        hub.headers.append(dict(self.headers))
        status, content, headers = self._found(hub, path)
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), "Connection": "close", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(content)

    def _found(self, hub: Hub, path: str) -> tuple[int, bytes, dict[str, str]]:
        if hub.broken:
            return 501, b"", {}
        if hub.token is not None and self.headers["Authorization"] != f"Bearer {hub.token}":
            return 401, b"", {"X-Error-Code": "GatedRepo"}
        match = _TREE.fullmatch(path) or _FILE.fullmatch(path) or _INFO.fullmatch(path)
        files = hub.models.get(match["model"]) if match else None
        if match is None or files is None:
            return 404, b"", {"X-Error-Code": "RepoNotFound"}
        if match.re is _INFO and match["revision"] not in {None, "main", "v1", COMMIT}:
            return 404, b"", {"X-Error-Code": "RevisionNotFound"}
        if match.re is _FILE:
            content = files[match["file"]]
            return 200, content, {"ETag": f'"{_digest(content)}"', "X-Repo-Commit": COMMIT}
        answer = _tree(files) if match.re is _TREE else _info(match["model"], files)
        return 200, json.dumps(answer).encode(), {"Content-Type": "application/json"}


def _tree(files: Mapping[str, bytes]) -> list[dict[str, object]]:
    return [
        {"type": "file", "path": name, "size": len(content), "oid": _digest(content)} for name, content in files.items()
    ]


def _info(model: str, files: Mapping[str, bytes]) -> dict[str, object]:
    return {"id": model, "sha": COMMIT, "siblings": [{"rfilename": name} for name in files]}


def _digest(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()
