"""The summary that a mechanic writes after a session: its draft, what is sent of it, and what was sent."""

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from desktop.core.session import FileEntry

TEXT_CAP = 4_000
LINE_CAP = 200
PICTURES_CAP = 10
NO_FINDINGS = "No findings."


class Verdict(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WATCH = "watch"
    FIX_NOW = "fix_now"

    @property
    def words(self) -> str:
        """The words on its segment."""
        return {Verdict.OK: "OK", Verdict.WATCH: "Watch", Verdict.FIX_NOW: "Fix now"}[self]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    title: str = ""
    note: str = ""
    verdict: Verdict = Verdict.OK

    @property
    def line(self) -> str:
        """The finding as one line of text; empty while nothing is written."""
        title, note = self.title.strip(), self.note.strip()
        if not title and not note:
            return ""
        return f"{self.verdict.words}: {'. '.join(part for part in (title.rstrip('.'), note) if part)}"


@dataclass(frozen=True, slots=True)
class SummaryDraft:
    """What is written so far. `temp_id` stays over every try to send it; `is_wanted` says that it is to be sent.

    `pictures` holds the ids of the session's pictures that go with it.
    """

    temp_id: str
    findings: tuple[Finding, ...] = ()
    steps_taken: str = ""
    next_steps: str = ""
    parts: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    is_wanted: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether both texts that a summary needs are there."""
        return bool(self.steps_taken.strip() and self.next_steps.strip())

    @property
    def findings_text(self) -> str:
        """The findings as text, a line each."""
        lines = [line for finding in self.findings if (line := finding.line)]
        return "\n".join(lines) or NO_FINDINGS

    @property
    def parts_text(self) -> str:
        """The parts as text, a line each."""
        return "\n".join(self.parts)

    @property
    def is_too_long(self) -> bool:
        """Whether one of its texts is longer than a summary may be."""
        texts = (self.findings_text, self.steps_taken, self.next_steps, self.parts_text)
        return any(len(text) > TEXT_CAP for text in texts)

    def to_json(self) -> str:
        """Return it as text to keep."""
        return json.dumps(asdict(self))


def new_draft() -> SummaryDraft:
    """Return an empty draft with an id of its own."""
    return SummaryDraft(str(uuid4()))


def draft_of_json(text: str) -> SummaryDraft:
    """Return a draft that was kept. Raises ValueError for a text that is none."""
    try:
        kept = json.loads(text)
        findings = tuple(Finding(one["title"], one["note"], Verdict(one["verdict"])) for one in kept["findings"])
        draft = SummaryDraft(**kept)
    except (KeyError, TypeError) as error:
        raise ValueError("not a summary's draft") from error
    return replace(draft, findings=findings, parts=tuple(draft.parts), pictures=tuple(draft.pictures))


@dataclass(frozen=True, slots=True)
class SentSummary:
    """A summary as the platform keeps it; all texts are clean."""

    findings: str
    steps_taken: str
    next_steps: str
    parts_needed: str = ""
    submitted_at: datetime | None = None
    pictures: tuple[FileEntry, ...] = ()


class SummaryPhase(StrEnum):
    """Where a summary stands. KEPT waits on this PC for the connection, TAKEN was sent now."""

    LOADING = "loading"
    WRITING = "writing"
    SENDING = "sending"
    KEPT = "kept"
    TAKEN = "taken"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class SummaryState:
    """The summary as its page draws it.

    `loads` rises whenever `draft` did not come from the form: only then the form takes it. `saved_at` is when it was
    kept on this PC; `is_unsaved` that the disk refused it.
    """

    phase: SummaryPhase = SummaryPhase.LOADING
    draft: SummaryDraft = field(default_factory=new_draft, repr=False)
    loads: int = 0
    saved_at: datetime | None = None
    is_unsaved: bool = False
    sentence: str = ""
    sent: SentSummary | None = None
