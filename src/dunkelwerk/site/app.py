"""The application: files from memory of their places, everything else by Django; the database made ready first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.headers import Headers

from django.core.wsgi import get_wsgi_application
from whitenoise import WhiteNoise

from dunkelwerk.infra.migrating import migrate_if_needed
from dunkelwerk.portal.assets import STATIC, prefix
from dunkelwerk.portal.house import read_house
from dunkelwerk.site.addresses import client_address, is_https, trusted_proxies
from dunkelwerk.site.headers import MORE

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]


def build_application() -> Application:
    """The application; raises CommandError where the database or a setting is not as it must be."""
    migrate_if_needed()
    house = read_house()
    files = WhiteNoise(
        get_wsgi_application(),
        max_age=WhiteNoise.FOREVER,
        immutable_file_test=lambda _path, _url: True,
        allow_all_origins=False,
        add_headers_function=add_headers,
    )
    files.add_files(str(STATIC), prefix())
    if house.static:
        files.add_files(str(house.static), f"{prefix()}own/")
    return Doorman(files)


def add_headers(headers: Headers, _path: str, _url: str) -> None:
    """The headers of a file."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = MORE["Cross-Origin-Resource-Policy"]


def current(path: str) -> str:
    """The path, that of a file of another version as ours: while versions change, pages of both ask any process."""
    parts = path.split("/", 3)
    return prefix() + parts[3] if len(parts) == 4 and parts[1] == "static" else path


class Doorman:
    """Says who comes and how: the address behind trusted proxies, and whether the way there is TLS."""

    def __init__(self, inside: Application) -> None:
        self.inside, self.https, self.trusted = inside, is_https(), trusted_proxies()

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """The answer. ``REMOTE_ADDR`` is the person's address from here on."""
        environ["REMOTE_ADDR"] = client_address(
            peer=environ.get("REMOTE_ADDR", ""),
            forwarded=environ.pop("HTTP_X_FORWARDED_FOR", ""),
            trusted=self.trusted,
        )
        if self.https:
            environ["wsgi.url_scheme"] = "https"
        environ["PATH_INFO"] = current(environ.get("PATH_INFO", ""))
        return self.inside(environ, start_response)
