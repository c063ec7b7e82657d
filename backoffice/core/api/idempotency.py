"""The header Idempotency-Key: a write that is sent again is answered with the first answer, byte for byte.

A key belongs to the credential that used it. What makes two requests the same is their method, their address with its
query, and the bytes of the body. A refusal is not kept: it changed nothing, and the mended request may use the same key.
"""

import json
from collections.abc import Callable
from typing import Any, Final

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.core.actors import Actor
from backoffice.core.commands import Answer, fingerprint, once
from backoffice.core.errors import Invalid

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotent-Replay"


def carry_out_once(
    view: Any, request: Request, handle: Callable[[], Response], *, is_required: bool
) -> HttpResponse | Response:
    """The answer of `handle`, or the one it gave the first time. Invalid when a required key is missing."""
    key = request._request.headers.get(HEADER)
    if key is None:
        if is_required:
            raise Invalid(
                "idempotency_key_missing",
                _("This address needs the header Idempotency-Key, so that a repeat cannot do it twice."),
                field=HEADER,
                hint=_("Send a random UUID, and the same one when you send the same request again."),
            )
        return _located(view, handle())
    actor: Actor = request.actor  # type: ignore[attr-defined]  # what authentication adds

    def run() -> Answer:
        response: Any = handle()
        response.accepted_renderer = request.accepted_renderer
        response.accepted_media_type = request.accepted_media_type
        response.renderer_context = view.get_renderer_context()
        response.render()
        return Answer(response.status_code, bytes(response.content), response.headers.get("Content-Type", ""))

    plain_request = request._request
    body = fingerprint(str(request.method), plain_request.get_full_path(), plain_request.body)
    answer = once(scope=actor.credential, key=key, body=body, run=run)
    response = HttpResponse(answer.body, status=answer.status, content_type=answer.content_type or None)
    if not answer.content_type:
        del response["Content-Type"]  # nothing was said, so it has no kind
    if answer.is_replay:
        response[REPLAYED] = "true"
    if answer.status == 201:
        _set_location(view, response, json.loads(answer.body))
    return response


def _located(view: Any, response: Response) -> Response:
    if response.status_code == 201:
        _set_location(view, response, response.data)
    return response


def _set_location(view: Any, response: HttpResponse, body: Any) -> None:
    """Where the new thing is, on the first answer and on every replay alike."""
    identity = body.get("id") if isinstance(body, dict) else None
    address = view.address_of(identity) if identity is not None and hasattr(view, "address_of") else ""
    if address:
        response["Location"] = address
