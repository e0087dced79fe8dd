"""PDFs: read with limits, forms and notes pressed flat onto their pages, the bare pages put into a new document.

1. ``open_guarded`` refuses what is encrypted, cut off, or says that it is more than it may be.
2. ``_flatten`` makes what was filled in and drawn a part of the page.
3. ``_bare_pages`` copies each page with the few keys that make its looks: scripts, actions, links, forms, attachments,
   outlines, metadata have nowhere to be.
4. ``scrubbing.scrub`` walks what is left; ``write`` writes it; ``check_drawable`` draws every page, small.
"""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Pdf, sanitize

from dunkelwerk.dialogues.uploads.outcomes import Limits, Refusal
from dunkelwerk.dialogues.uploads.scrubbing import LIMIT_EXCEEDED, scrub

PAGE_KEYS = frozenset({"/Type", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Contents", "/Group"})
RESOURCES = frozenset(
    {"/Font", "/XObject", "/ColorSpace", "/Pattern", "/Shading", "/ExtGState", "/Properties", "/ProcSet"}
)
#: where a reader looks for the end of a PDF (ISO 32000-2, annex I: in the last 1024 bytes)
TAIL = 1024
#: pixels of the longest side when a page is drawn as a trial
TRIAL = 200
#: points; what is beyond cannot be drawn or printed (ISO 32000-2, annex C)
WIDEST = 14_400
#: everything that pikepdf knows to remove; the new document should have none of it
AGAIN = (
    sanitize.Sanitizer()
    .remove_javascript()
    .remove_external_access()
    .remove_attachments()
    .remove_multimedia()
    .remove_thumbnails()
    .remove_search_index()
    .remove_web_capture()
    .remove_private_app_data()
    .remove_collection()
)


def rewrite_document(data: bytes, limits: Limits) -> bytes:
    """The same pages in a new PDF with nothing else in it.

    Raises:
        Refusal: ``encrypted``, ``unreadable`` or ``bomb``.
        Exception: whatever qpdf raises; the file is broken.
    """
    with open_guarded(data, limits) as old, Pdf.new() as new:
        _flatten(old)
        _bare_pages(old, new)
        scrub(new, limits)
        AGAIN.apply(new)
        return write(new)


def open_guarded(data: bytes, limits: Limits) -> Pdf:
    """Opened and counted.

    A PDF that only forbids printing or copying (an owner's password) opens without one and is taken.
    A cross-reference table that qpdf can mend is mended, where the file has its end and as many pages as it says.
    """
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=limits.max_unpacked,
        run_length_max_memory=limits.max_unpacked,
        parser_max_nesting=100,
        parser_max_container_size=limits.max_objects,
    )
    before = pikepdf.settings.qpdf_limit_errors()
    try:
        pdf = Pdf.open(BytesIO(data), inherit_page_attributes=False)  # it would walk the pages before they are counted
    except pikepdf.PasswordError:
        raise Refusal("encrypted") from None
    except (pikepdf.PdfError, RuntimeError) as error:
        is_bomb = pikepdf.settings.qpdf_limit_errors() > before or LIMIT_EXCEEDED in str(error)
        raise (Refusal("bomb", "content") if is_bomb else Refusal("unreadable", "structure")) from None
    _check(pdf, data, limits)
    return pdf


def _check(pdf: Pdf, data: bytes, limits: Limits) -> None:
    if b"%%EOF" not in data[-TAIL:]:
        raise Refusal("unreadable", "cut off")
    if _is_only_a_form(pdf):
        raise Refusal("unreadable", "XFA")
    if len(pdf.objects) > limits.max_objects:
        raise Refusal("bomb", "content")
    pages = _count_pages(pdf, limits)
    said = pdf.Root.Pages.get("/Count")
    if pages == 0 or (pdf.get_warnings() and said != pages):
        raise Refusal("unreadable", "pages")


def _is_only_a_form(pdf: Pdf) -> bool:
    """A dynamic XFA form, whose single page says "please wait" in any reader but one."""
    return bool(pdf.Root.get("/NeedsRendering", False))


def _count_pages(pdf: Pdf, limits: Limits) -> int:
    """Walk the tree, before qpdf does: one that shares its branches would grow without end."""
    pages, stack, steps = 0, [pdf.Root.Pages], 0
    while stack:
        node = stack.pop()
        steps += 1
        kids = node.get("/Kids") if isinstance(node, Dictionary) else None
        if isinstance(kids, Array):
            if len(kids) + len(stack) > 10 * limits.max_pages:
                raise Refusal("bomb", "pages", limits.max_pages)
            stack += list(kids)
        elif isinstance(node, Dictionary):
            pages += 1
        if pages > limits.max_pages or steps > 10 * limits.max_pages:
            raise Refusal("bomb", "pages", limits.max_pages)
    return pages


def _flatten(pdf: Pdf) -> None:
    """What was typed into a form, drawn, stamped or signed stays to be seen."""
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, Dictionary) and form.get("/NeedAppearances", False):
        pdf.generate_appearance_streams()
    if any("/Annots" in page.obj for page in pdf.pages):
        pdf.flatten_annotations("all")


def _bare_pages(old: Pdf, new: Pdf) -> None:
    for page in (each.obj for each in old.pages):
        for key in set(page.keys()) - PAGE_KEYS:
            del page[key]
    new.pages.extend(old.pages)
    for page in (each.obj for each in new.pages):  # here it has what it inherited
        resources = page.get("/Resources")
        if isinstance(resources, Dictionary):
            for key in set(resources.keys()) - RESOURCES:
                del resources[key]
    layers = old.Root.get("/OCProperties")
    if isinstance(layers, Dictionary):  # which layers are shown: what was hidden stays hidden
        new.Root.OCProperties = new.copy_foreign(old.make_indirect(layers))


def write(pdf: Pdf) -> bytes:
    """The file: compressed, without any trailing dictionary of titles and dates; the same pages give the same bytes."""
    # the first half of an /ID stays as it came, and a maker takes it from the clock
    for key in ("/Info", "/ID"):
        if key in pdf.trailer:
            del pdf.trailer[key]
    if "/Metadata" in pdf.Root:
        del pdf.Root["/Metadata"]
    stream = BytesIO()
    modes = pikepdf.ObjectStreamMode
    pdf.save(stream, object_stream_mode=modes.generate, fix_metadata_version=False, deterministic_id=True)
    return stream.getvalue()


def strip_written(data: bytes) -> bytes:
    """A PDF of our own making, without what its maker says about itself."""
    with Pdf.open(BytesIO(data)) as pdf:
        return write(pdf)


def check_drawable(data: bytes) -> int:
    """Draw every page, small; their number.

    Raises:
        Refusal: ``unreadable``, where a page has an impossible size or cannot be drawn.
    """
    document = pypdfium2.PdfDocument(data)
    try:
        for number in range(len(document)):
            _draw(document, number)
        return len(document)
    except pypdfium2.PdfiumError:
        raise Refusal("unreadable", "page") from None
    finally:
        document.close()


def _draw(document: pypdfium2.PdfDocument, number: int) -> None:
    page = document[number]
    longest = max(page.get_size())
    if not 1 <= longest <= WIDEST:
        raise Refusal("unreadable", "page")
    page.render(scale=TRIAL / longest, may_draw_forms=False).close()
    page.close()
