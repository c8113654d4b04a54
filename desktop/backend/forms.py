"""Multipart forms: fields and files that stream from disk while they are sent, and who hears how far they are."""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx

Progress = Callable[[int], None]
"""Is told how many bytes of the whole body have left, on the loop; rises, and starts again with each try."""


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file of a form. `name` is the label sent, `path` where its bytes are."""

    field_name: str
    name: str
    media_type: str
    path: Path = field(repr=False)


@dataclass(frozen=True, slots=True)
class Form:
    """A multipart body. Its files are opened anew for each try."""

    fields: Mapping[str, str] = field(repr=False)
    files: tuple[FilePart, ...] = ()
    progress: Progress | None = None


FormParts = list[tuple[str, tuple[str | None, IO[bytes] | bytes, str | None]]]
"""A form as httpx takes it: the field's name, then file name, content and media type."""


@contextlib.contextmanager
def opened(form: Form) -> Iterator[FormParts]:
    """Open a form's files for one try, in the form that httpx takes. Raises OSError for a file that cannot be read.

    Fields travel as parts too: a form without files is a multipart body all the same.
    """
    with contextlib.ExitStack() as stack:
        parts: FormParts = [(name, (None, value.encode(), None)) for name, value in form.fields.items()]
        for part in form.files:
            content = stack.enter_context(part.path.open("rb"))
            parts.append((part.field_name, (part.name, content, part.media_type)))
        yield parts


class CountedStream(httpx.AsyncByteStream):
    """A request's body that tells how much of it has been handed to the connection."""

    def __init__(self, inner: httpx.AsyncByteStream, progress: Progress) -> None:
        """Pass `inner` on."""
        self._inner = inner
        self._progress = progress

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the body in its pieces."""
        sent = 0
        async for chunk in self._inner:
            yield chunk
            sent += len(chunk)
            self._progress(sent)

    async def aclose(self) -> None:
        """Close the inner stream."""
        await self._inner.aclose()
