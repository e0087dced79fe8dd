"""What a file is by its first bytes, never by its name. Whether it really is that, decoding it will tell."""

from __future__ import annotations

from dunkelwerk.dialogues.uploads.outcomes import MEBI, Kind, Limits, Refused

STARTS: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF-", "pdf"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
)
#: of HEIF files with HEVC pictures (ISO/IEC 23008-12, annex B), and the general ones that some phones write
HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


def kind_of(data: bytes) -> Kind | None:
    """The kind that stands at offset 0; None for any other."""
    if data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS:
        return "heic"
    return next((kind for start, kind in STARTS if data.startswith(start)), None)


def check_at_the_door(data: bytes, limits: Limits) -> Refused | None:
    """What can be refused without decoding anything."""
    if not data:
        return Refused("empty")
    if len(data) > limits.max_bytes:
        return Refused("too_large", limit=limits.max_bytes // MEBI)
    return None if kind_of(data) else Refused("wrong_type")


def check_number(files: int, limits: Limits) -> Refused | None:
    """Whether one question may have so many files."""
    return Refused("too_many", limit=limits.max_files) if files > limits.max_files else None
