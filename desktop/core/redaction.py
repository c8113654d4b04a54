"""What must never be written or passed on: secrets are cut out of any text, private words out of what leaves the PC."""

import re
from collections.abc import Iterable

_REDACTED = "[redacted]"
_CUT = "███"
_SECRETS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"eyJ[\w.\-]+"), _REDACTED),
    (re.compile(r"bl_[ar]t_[\w.\-~+/=]+"), _REDACTED),
    (re.compile(r"(?i)\b(bearer|basic)\s+(?!\[redacted\])[^\s,;\"']+"), rf"\1 {_REDACTED}"),
    (re.compile(r"(?i)\b(sb-[\w.\-]*token[\w.\-]*)=[^\s;,]+"), rf"\1={_REDACTED}"),
    (
        re.compile(
            r"(?i)([\"']?\b[\w\-]*(?:password|passwd|secret|api_?key|access_token|refresh_token|authorization|sig)[\"']?"
            r"\s*[:=]\s*)(\"(?:\\.|[^\"\\])*\"?|'(?:\\.|[^'\\])*'?|(?!\[redacted\])[^\s,;&)}\]]+)"
        ),
        rf"\1{_REDACTED}",
    ),
)
_PERSONAL: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[^\s@<>()\[\]\"',;:=]+@[^\s@<>()\[\]\"',;:]+"), "[e-mail]"),
    (re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}"), "[id]"),
)
_SHORTEST_TEXT = 4


def redact(text: str) -> str:
    """Return `text` without tokens, passwords, cookies and signatures."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


def scrub(text: str, *, names: Iterable[str] = (), texts: Iterable[str] = ()) -> str:
    """Return `text` as it may leave this PC: no secrets, no e-mail addresses, no ids, nothing of `names` and `texts`.

    `names` are display names, cut out word by word; `texts` are what people wrote, cut out line by line. Lines of
    fewer than four letters tell nothing and would only cut the rest to pieces.
    """
    text = redact(text)
    for pattern, replacement in _PERSONAL:
        text = pattern.sub(replacement, text)
    lines = {line.strip() for written in texts for line in written.splitlines()}
    for line in sorted((line for line in lines if len(line) >= _SHORTEST_TEXT), key=len, reverse=True):
        text = re.sub(re.escape(line), _CUT, text, flags=re.IGNORECASE)
    for word in sorted({word for name in names for word in name.split()}, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", _CUT, text, flags=re.IGNORECASE)
    return text
