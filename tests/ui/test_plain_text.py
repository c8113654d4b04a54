"""Whatever people write is shown as they wrote it: never as markup, never wider or higher than its place."""

import pytest
from PySide6.QtCore import QSize, Qt

from desktop.ui.plain_label import PlainLabel
from desktop.ui.text_block import lay_out, shortened
from desktop.ui.theme import theme
from tests.ui.samples import HOSTILE_NAMES


@pytest.mark.usefixtures("qapp")
class TestPlainLabel:
    def test_sr_33_markup_is_shown_literally(self) -> None:
        label = PlainLabel("<b>Bo</b> &amp; Sons")
        plain = PlainLabel("bBobxxampxSons")
        assert label.textFormat() is Qt.TextFormat.PlainText
        assert label.text() == "<b>Bo</b> &amp; Sons"
        assert label.sizeHint().width() > plain.sizeHint().width()

    @pytest.mark.parametrize("name", HOSTILE_NAMES)
    def test_a_name_is_cut_on_screen_and_whole_for_a_screen_reader(self, name: str) -> None:
        label = PlainLabel(name, "title", name=True)
        label.resize(200, label.sizeHint().height())
        assert label.accessibleName() == name
        assert not label.grab().isNull()
        assert label.sizeHint().width() < 1200

    def test_a_label_may_become_small_instead_of_widening_its_page(self) -> None:
        label = PlainLabel("W" * 400)
        assert label.minimumSizeHint().width() < 100
        label.resize(QSize(120, 30))
        assert label.is_cut

    def test_wrapped_text_grows_downwards_in_lines_of_the_design(self) -> None:
        label = PlainLabel("one two three four five six seven eight nine ten", wrap=True)
        line = theme().line_height("body")
        assert label.heightForWidth(1000) == line
        assert label.heightForWidth(120) % line == 0
        assert label.heightForWidth(120) > 2 * line

    def test_too_many_lines_end_in_an_ellipsis(self) -> None:
        label = PlainLabel("grinding " * 200, wrap=True, max_lines=3)
        assert label.heightForWidth(300) == 3 * theme().line_height("body")
        label.resize(300, 100)
        assert label.is_cut

    def test_the_first_part_of_a_band_is_strong(self) -> None:
        label = PlainLabel(wrap=True)
        label.set_text("Sound goes on.", lead="Weak network.")
        assert label.text() == "Weak network.  Sound goes on."


def test_a_name_of_forty_signs_is_kept_and_a_longer_one_cut_between_signs() -> None:
    mechanic = "👩🏽\u200d🔧"
    assert shortened(mechanic * 40, 40) == mechanic * 40
    assert shortened(mechanic * 41, 40) == mechanic * 40 + "…"
    assert shortened("ab", 2) == "ab"


@pytest.mark.usefixtures("qapp")
def test_two_thousand_characters_without_a_space_are_broken_into_lines() -> None:
    block = lay_out("x" * 2000, theme().font("body"), 400, 22)
    assert block.width <= 400
    assert block.line_count > 20
