"""A summary as PDF: everything on paper as it was written, nothing interpreted, and only where files can be chosen."""

import contextlib
import re
import zlib
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

from desktop.ui.field import ErrorLine
from desktop.ui.summary.pdf import summary_pdf
from desktop.ui.summary.pdf_button import SavePdfButton
from tests.ui.conftest import Dress
from tests.ui.hands import find
from tests.ui.summary.test_summary_page import Shown, opened
from tests.ui.test_completion_page import DONE

PARTS = (("Findings", "Fix now: hose"), ("What I did", "Looked at it."), ("Next steps", ""), ("Parts needed", "Hose"))


def read(pdf: bytes) -> tuple[int, str]:
    """Return the number of pages and every text that is drawn on them, without its spaces."""
    objects = dict(re.findall(rb"(\d+) 0 obj\n(.*?)endobj", pdf, re.DOTALL))
    letters = {
        number: _letters(_stream(objects[found.group(1)]))
        for number, body in objects.items()
        if (found := re.search(rb"/ToUnicode (\d+) 0 R", body)) is not None
    }
    drawn, font = "", b""
    for content in map(_stream, objects.values()):
        for named, glyphs in re.findall(rb"/F(\d+) \S+ Tf|<([0-9A-F]+)> Tj", content):
            font = named or font
            codes = (glyphs[at : at + 4] for at in range(0, len(glyphs), 4))
            drawn += "".join(letters[font][int(code, 16)] for code in codes)
    return len(re.findall(rb"/Type /Page\b", pdf)), "".join(drawn.split())


def _stream(body: bytes) -> bytes:
    found = re.search(rb"stream\r?\n(.*?)endstream", body, re.DOTALL)
    if found is None:
        return b""
    with contextlib.suppress(zlib.error):
        return zlib.decompress(found.group(1))
    return found.group(1)


def _letters(table: bytes) -> dict[int, str]:
    """Return the letter of each glyph of a font."""
    first, listed = re.findall(rb"<(\w+)> <\w+> \[(.*?)\]", table)[0]
    return {
        int(first, 16) + place: bytes.fromhex(code.decode()).decode("utf-16-be")
        for place, code in enumerate(re.findall(rb"<(\w+)>", listed))
    }


def test_everything_written_is_on_paper_and_empty_parts_are_left_out(qapp: object) -> None:
    pages, text = read(summary_pdf("Session ended with Dana", "2016 Honda · 32 min", PARTS))
    assert pages == 1
    for words in ("Session ended with Dana", "2016 Honda", "Findings", "Fix now: hose", "Looked at it.", "Hose"):
        assert words.replace(" ", "") in text
    assert "Nextsteps" not in text


@pytest.mark.parametrize("words", ["<b>Bo</b> & Sons", '<img src="/dev/zero">', "&lt;i&gt; %1 %n"])
def test_markup_stands_literally_on_paper(qapp: object, words: str) -> None:
    _, text = read(summary_pdf(words, words, (("Findings", words),)))
    assert text.count(words.replace(" ", "")) == 3


def test_a_long_summary_goes_on_over_the_page_and_a_long_word_is_broken(qapp: object) -> None:
    lines = "\n".join(f"Line {number} of the work" for number in range(1, 121))
    pages, text = read(summary_pdf("Long", "", (("What I did", f"{lines}\n{'x' * 3_000}"),)))
    assert pages > 2
    assert "Line1of" in text
    assert "Line120of" in text
    assert text.count("x") == 3_000


def test_pictures_are_on_paper(qapp: object) -> None:
    image = QImage(640, 480, QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    without = summary_pdf("Title", "", PARTS)
    pages, _ = read(summary_pdf("Title", "", PARTS, (image,) * 9))
    assert pages > 1
    assert len(summary_pdf("Title", "", PARTS, (image,))) > len(without)


def test_save_pdf_writes_what_stands_in_the_form(shown: Shown, tmp_path: Path) -> None:
    page = opened(shown)
    target = tmp_path / "summary.pdf"
    button = find(page, SavePdfButton, "savePdf")
    button.save_to(str(target))
    _, text = read(target.read_bytes())
    for words in (DONE.customer_name, "Upper radiator hose and clamp", "Do not drive."):
        assert words.replace(" ", "") in text
    assert button.text() == "PDF saved"


def test_a_place_that_takes_no_file_is_said(shown: Shown, tmp_path: Path) -> None:
    page = opened(shown)
    find(page, SavePdfButton, "savePdf").save_to(str(tmp_path / "no-such-folder" / "summary.pdf"))
    assert find(page, ErrorLine, "summaryError").sentence == "The PDF could not be saved there."
    assert list(tmp_path.iterdir()) == []


def test_a_kiosk_has_no_place_to_save_to(shown: Shown, dress: Dress) -> None:
    page = opened(shown, size=dress("kiosk-bay"))
    assert find(page, QWidget, "savePdf").isHidden()
