"""A link leads to exactly one session or nowhere, whatever is in it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.session_link import LONGEST_LINK, SessionLink, session_link

ID = "c0de1234-0000-4000-8000-00000000abcd"


@pytest.mark.parametrize("view", ["chat", "video"])
def test_a_link_names_a_session_and_its_view(view: str) -> None:
    assert session_link(f"baylink://{view}/{ID}") == SessionLink(view, ID)  # type: ignore[arg-type]  # both views and the id by their text
    assert session_link(f"baylink://{view}/{ID.upper()}") == SessionLink(view, ID)  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    "text",
    [
        "",
        ID,
        f"baylink://diagnostic/{ID}",
        f"baylink:/video/{ID}",
        f"BAYLINK://video/{ID}",
        f"https://video/{ID}",
        f"baylink://video/{ID}/",
        f"baylink://video/{ID}?token=1",
        f"baylink://video/{ID}#end",
        f" baylink://video/{ID}",
        f"baylink://video/{ID}\n",
        f"baylink://user@video/{ID}",
        f"baylink://video:80/{ID}",
        f"baylink://video/../{ID}",
        f"baylink://video/%63{ID[1:]}",
        f"baylink://video/{ID.replace('-', '')}",
        f"baylink://video/{ID}{ID}",
        f"baylink://video/{ID.replace('0', '٠')}",
        "baylink://video/" + "0" * 10_000,
        "--kiosk",
    ],
)
def test_anything_else_leads_nowhere(text: str) -> None:
    assert session_link(text) is None


_PIECES = st.sampled_from(
    ["baylink", "://", "video", "chat", "/", ID, ID[:8], "-", "%2f", "\0", "\u202e", " ", "\n", "?"]
)


@given(st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=12).map("".join)))
def test_no_text_is_read_as_more_than_it_says(text: str) -> None:
    link = session_link(text)
    if link is not None:
        assert text.lower() == f"baylink://{link.view}/{link.session_id}"
        assert len(text) <= LONGEST_LINK
        assert re.fullmatch(r"[0-9a-f-]{36}", link.session_id)
