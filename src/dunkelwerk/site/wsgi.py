"""The WSGI application of a web process: ``dunkelwerk.site.wsgi:application``, for Granian or any other server."""

from __future__ import annotations

from dunkelwerk.site.settings import configure

configure()

from dunkelwerk.site.app import build_application  # noqa: E402 - Django must know its settings first

application = build_application()
