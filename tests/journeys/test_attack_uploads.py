"""Files that somebody sends to do harm, or by mistake: each is refused with what to do, and nothing of it stays."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pikepdf
import pytest
from site_support import PATIENCE, Letter, Site, free_port, wait_until
from web_support import Person, sentence

sys.path.insert(0, str(Path(__file__).parents[1] / "dialogues" / "uploads"))

import samples

ASKED = ["sick_note", "complete"]
#: bytes of an answer's first line up to its status
LINE = len(b"HTTP/1.1 413")
JPEG = samples.encode(samples.picture((600, 400)), "JPEG")


@pytest.fixture
def person(site: Site) -> Iterator[Person]:
    """Somebody at the page with the upload."""
    with Person(site) as made:
        made.letter = site.letter("sick_note_upload")  # type: ignore[attr-defined]
        made.log_in(made.letter)  # type: ignore[attr-defined]
        yield made


def upload(person: Person, *files: tuple[str, bytes]) -> str:
    """Send files; what the page says against them, empty where it took them all."""
    sent = [("sick_note", file) for file in files]
    answer = person.post("/fragen/1", {"asked": ASKED, "go": "upload:sick_note"}, files=sent)
    assert answer.status_code in (200, 302), answer.status_code
    return sentence(answer)


def kept(site: Site, person: Person) -> list[bytes]:
    """The person's files as the portal shows them again."""
    letter: Letter = person.letter  # type: ignore[attr-defined]
    query = (
        "SELECT u.id FROM dialogue_upload u JOIN dialogue d ON d.id = u.dialogue WHERE d.reference = %s ORDER BY u.id"
    )
    return [person.http.get(f"/datei/{row['id']}").content for row in site.rows(query, letter.reference)]


def encrypted() -> bytes:
    """A PDF that opens with a password."""
    pdf = pikepdf.Pdf.new()
    samples.page(pdf)
    return samples.save(pdf, encryption=pikepdf.Encryption(owner="a", user="b"))


REFUSED = {
    "nothing.pdf": (b"", "leer"),
    "program.jpg": (b"MZ" + bytes(4000), "Diese Art von Datei"),
    "page.pdf": (b"<html><script>alert(1)</script></html>", "Diese Art von Datei"),
    "picture.svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "Diese Art von Datei"),
    "half.jpg": (JPEG[: len(JPEG) // 3], "konnten wir nicht lesen"),
    "broken.pdf": (b"%PDF-1.7\n" + bytes(500), "konnten wir nicht lesen"),
    "locked.pdf": (encrypted(), "mit einem Passwort"),
    "400 megapixels.png": (samples.png_of_header(20_000, 20_000), "Bildpunkte"),
    "bomb.pdf": (samples.document_of_bombs(400), "zu aufwendig"),
    "tree.pdf": (samples.document_of_branches(), "mehr als 100 Seiten"),
    "large.jpg": (JPEG + bytes(15 * 1024 * 1024), "größer als 15 MB"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_each_is_refused_with_what_to_do(site: Site, person: Person, name: str) -> None:
    data, said = REFUSED[name]
    told = upload(person, (name, data))
    assert told.startswith(f"{name}: ")
    assert said in told
    assert "Bitte" in told or "bitte" in told
    assert kept(site, person) == []


def test_good_and_bad_together(site: Site, person: Person) -> None:
    """The good one stays, the bad one is told."""
    told = upload(person, ("good.jpg", JPEG), ("bad.jpg", b"MZ"))
    assert told.startswith("bad.jpg: ")
    assert len(kept(site, person)) == 1


def test_what_is_kept_has_nothing_of_what_it_could_do(site: Site, person: Person) -> None:
    """Active content, where a photo was taken, and its camera: gone; what one sees is there."""
    photo = samples.encode(samples.picture((600, 400)), "JPEG", exif=samples.exif(6))
    assert upload(person, ("armed.pdf", samples.armed_document()), ("photo.jpg", photo)) == ""
    document, picture = kept(site, person)
    for content in (document, picture):
        assert content.startswith(b"%PDF-")
        plain = samples.plain(content)
        found = [
            word
            for word in (b"/JavaScript", b"/OpenAction", b"/EmbeddedFile", b"Telefonwerk", samples.PLACE)
            if word in plain
        ]
        assert found == []
    assert samples.inside(picture).height > samples.inside(picture).width


def test_a_photo_as_telephones_make_them(site: Site, person: Person) -> None:
    """HEIC, turned by two notes at once, under whatever name: upright, once, and nobody knows where it was taken."""
    photo = samples.encode(samples.picture((600, 400)), "HEIF", exif=samples.exif(6))
    assert upload(person, ("IMG_0815.HEIC", photo), ("scan.pdf", photo)) == ""
    for content in kept(site, person):
        assert content.startswith(b"%PDF-")
        image = samples.inside(content)
        assert (image.width, image.height) == (400, 600)
        assert samples.PLACE not in samples.plain(content)


def test_what_is_two_things_at_once_is_one_afterwards(site: Site, person: Person) -> None:
    """A picture that also is a PDF with a script, a PDF that also is a ZIP: what one does not see is gone."""
    polyglots = [JPEG + samples.armed_document(), samples.document() + b"PK\x03\x04evil.exe<script>alert(1)</script>"]
    assert upload(person, ("photo.pdf", polyglots[0]), ("letter.jpg", polyglots[1])) == ""
    found = kept(site, person)
    assert len(found) == 2
    for content in found:
        plain = samples.plain(content)
        assert content.startswith(b"%PDF-")
        assert [word for word in (b"/JavaScript", b"/OpenAction", b"<script", b"evil.exe") if word in plain] == []
        assert b"<script" not in content
        assert b"PK\x03\x04" not in content


def test_eleven_files(site: Site, person: Person) -> None:
    """Five are allowed here; six of eleven are told, and a sixth later too."""
    told = upload(person, *[(f"{number}.jpg", JPEG) for number in range(11)])
    assert told.count("höchstens 5 Dateien") == 6
    assert len(kept(site, person)) == 5
    assert 'type="file"' not in person.http.get("/fragen/1").text
    assert "höchstens 5 Dateien" in upload(person, ("6.jpg", JPEG))
    assert len(kept(site, person)) == 5


def test_names_are_only_names(site: Site, person: Person) -> None:
    """A name is shown as text, however it reads; paths and lengths do no harm."""
    for name in ("<b>fett.jpg", "../../etc/passwd.jpg", "x" * 400 + ".jpg", "a\u202egpj.exe.jpg"):
        assert upload(person, (name, JPEG)) == ""
    page = person.http.get("/fragen/1").text
    assert "<b>fett" not in page
    assert "&lt;b&gt;fett.jpg" in page
    assert "\u202e" not in page
    assert "../" not in page.partition('class="files"')[2].partition("</ul>")[0]


def test_a_connection_lost_halfway(site: Site, person: Person) -> None:
    """Nothing is kept of half a file, no error is logged with its content, and the next try is taken."""
    before = len(site.notes())
    cookies = "; ".join(f"{each.name}={each.value}" for each in person.http.cookies.jar)
    edge = "----edge"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="sick_note"; filename="a.jpg"\r\n\r\n'.encode()
    lines = [
        "POST /fragen/1 HTTP/1.1",
        f"Host: 127.0.0.1:{site.port}",
        f"Cookie: {cookies}",
        f"Content-Type: multipart/form-data; boundary={edge}",
        "Content-Length: 2000000",
    ]
    with socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE) as connection:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + head + JPEG * 20)
    assert upload(person, ("a.jpg", JPEG)) == ""
    assert len(kept(site, person)) == 1
    assert [each for each in site.notes()[before:] if each.get("status", 0) >= 500] == []
    wait_until(site.answers, site.logs)


def test_more_than_all_files_may_have(site: Site, person: Person) -> None:
    """What is announced as larger than everything that is allowed is not read at all."""
    cookies = "; ".join(f"{each.name}={each.value}" for each in person.http.cookies.jar)
    lines = ["POST /fragen/1 HTTP/1.1", f"Host: 127.0.0.1:{site.port}", f"Cookie: {cookies}"]
    lines += ["Content-Type: multipart/form-data; boundary=e", f"Content-Length: {400 * 1024 * 1024}"]
    answer = b""
    # the server may hang up before all of it was sent, or before its answer was read
    with socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE) as connection, suppress(ConnectionError):
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n--e\r\n")
        with suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
        while len(answer) < LINE and (more := connection.recv(LINE)):
            answer += more
    assert len(answer) < LINE or answer.split()[1] in (b"400", b"403", b"413")
    assert kept(site, person) == []
    wait_until(site.answers, site.logs)


def test_a_scanner_that_does_not_answer_accepts_nothing(site: Site, tmp_path: Path) -> None:
    """Where a virus scanner is set but away, the file may come later; it is never taken unseen."""
    settings = {
        "DUNKELWERK_SCANNER": f"127.0.0.1:{free_port()}",
        "DUNKELWERK_HOME": site.environment["DUNKELWERK_HOME"],
    }
    scanned = Site(tmp_path, site.url, **settings)
    scanned.start()
    try:
        letter = site.letter("sick_note_upload")
        with Person(scanned) as person:
            person.letter = letter  # type: ignore[attr-defined]
            person.log_in(letter)
            assert "später" in upload(person, ("good.jpg", JPEG))
            assert kept(site, person) == []
    finally:
        scanned.stop()


def test_nothing_of_it_lies_about(site: Site) -> None:
    """What was uploaded is in the database, sealed, and in no file."""
    lying = Path(site.environment["TMPDIR"])
    wait_until(lambda: not list(lying.rglob("*")), lambda: f"temporary files stay: {list(lying.rglob('*'))}")
    stored = site.rows("SELECT content, name FROM dialogue_upload")
    assert stored
    assert not [row for row in stored if b"%PDF" in bytes(row["content"]) or b".jpg" in bytes(row["name"])]
