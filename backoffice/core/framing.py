"""What is looked at before Django makes a request of it, because Django would stumble over it and answer with a bare 500.

Django decodes the query string in the charset that the Content-Type names, while it still makes the request object: a
charset that is none (hex, idna), or a query with too many fields, then ends outside of everything that answers politely.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
Start = Callable[..., Any]
ONLY = frozenset({"utf-8", "utf8"})


class OneCharset:
    """A WSGI application in front of Django's: UTF-8 need not be said, and anything else is refused with 415."""

    def __init__(self, application: Callable[[Environ, Start], Iterable[bytes]]) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        kind = str(environ.get("CONTENT_TYPE") or "")
        pieces = [piece.strip() for piece in kind.split(";")]
        said = [piece for piece in pieces if piece.lower().startswith("charset")]
        if said:
            if not all(_value(piece) in ONLY for piece in said):
                return _refused(start_response, "The only charset that is spoken here is UTF-8.")
            environ["CONTENT_TYPE"] = "; ".join(piece for piece in pieces if piece not in said)
        return self.application(environ, start_response)


def _value(parameter: str) -> str:
    return parameter.partition("=")[2].strip().strip('"').lower()


def _refused(start_response: Start, detail: str) -> Iterable[bytes]:
    """In English: no language was asked for yet."""
    told = {
        "type": "urn:backoffice:problem:unknown_charset",
        "title": "Unsupported media type",
        "status": 415,
        "code": "unknown_charset",
        "detail": detail,
        "hint": "Leave the charset out of the Content-Type.",
        "errors": [],
        "facts": {},
        "request_id": "",
    }
    body = json.dumps(told).encode()
    start_response(
        "415 Unsupported Media Type",
        [
            ("Content-Type", "application/problem+json"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
        ],
    )
    return [body]
