"""The one place where text from elsewhere is made safe to show: controls and bidi overrides out, length capped.

All remote text is plain text. Names, chat lines, concerns, file names and server messages pass through
`clean_line` or `clean_block` before any widget, delegate or window title sees them.
"""

import re
import unicodedata

NAME_CAP = 120
LINE_CAP = 400
BLOCK_CAP = 4_000

_BIDI_AND_INVISIBLE = "\u061c\u200b\u200e\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069"
_CONTROLS_BUT_LF = "\u0000-\u0009\u000b-\u001f\u007f-\u009f"
_SURROGATES_AND_SEPARATORS = "\ud800-\udfff\u2028\u2029"
# A class of characters and not a question for each: lines are cleaned in the GUI thread, as fast as others send them.
_DROPPED_BUT_LF = re.compile(f"[{_CONTROLS_BUT_LF}{_SURROGATES_AND_SEPARATORS}{_BIDI_AND_INVISIBLE}]+")
_FIRST_COMBINING = "\u0300"
_UUID = r"[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}"
_ID_SHAPED = re.compile(rf"^(?:\w+-)?{_UUID}$")
_EMAIL = re.compile(r"^([^\s@]+)@[^\s@]+\.[^\s@]+$")
_MAX_COMBINING = 8


def _calm_combining(text: str) -> str:
    """Cap runs of combining marks, which otherwise paint over neighbouring rows and stall text layout."""
    if max(text, default="") < _FIRST_COMBINING:
        return text
    kept: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        if run <= _MAX_COMBINING:
            kept.append(char)
    return "".join(kept)


def clean_line(text: str, cap: int = LINE_CAP) -> str:
    """Return `text` as one safe line of at most `cap` code points.

    NFC; C0/C1 controls, line separators, bidi marks and overrides and zero-width spaces removed (U+200C and U+200D
    stay: names and joined emoji need them); white space folded (contract section 5, Names).
    """
    source = unicodedata.normalize("NFC", text[: cap * 8])
    spaced = re.sub(r"[\t\r\n\v\f\u0085\u2028\u2029]", " ", source)
    kept = _DROPPED_BUT_LF.sub("", spaced)
    return _calm_combining(" ".join(kept.split()))[:cap].rstrip()


def clean_block(text: str, cap: int = BLOCK_CAP) -> str:
    """Return `text` as safe lines of at most `cap` code points in all: as `clean_line`, but line breaks stay."""
    source = unicodedata.normalize("NFC", text[: cap * 8].replace("\r\n", "\n").replace("\r", "\n"))
    kept = _DROPPED_BUT_LF.sub("", source.replace("\t", "    "))
    return _calm_combining(kept)[:cap].strip("\n")


def usable_name(raw: str | None) -> str | None:
    """Return the name to show for a stored value, or None where the next rule must be asked.

    Not usable: empty or invisible after cleaning, or shaped like a UUID or `word-UUID`. An e-mail address counts
    as its local part (contract section 5, Names).
    """
    if raw is None:
        return None
    name = clean_line(raw, NAME_CAP)
    if email := _EMAIL.match(name):
        name = email.group(1)
    if not any(_visible(char) for char in name) or _ID_SHAPED.match(name):
        return None
    return name


def _visible(char: str) -> bool:
    return unicodedata.category(char)[0] not in {"C", "Z", "M"}


def first_word(name: str) -> str:
    """Return the first word of a display name, as sentences use it ("Dana is here")."""
    return name.split(" ", 1)[0]


def initials(name: str) -> str:
    """Return one or two capital letters for an avatar; a symbol or emoji name gives its first visible character."""
    letters = [word[0] for word in name.split() if word[0].isalnum()]
    if not letters:
        return next((char for char in name if _visible(char)), "?")
    chosen = letters[:1] if len(letters) == 1 else [letters[0], letters[-1]]
    return "".join(chosen).upper()
