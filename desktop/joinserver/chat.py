"""Chat as it is stored: messages kept once by `tempId`, read by cursor, and marked as read."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, func, select, update

from desktop.backend.wire import (
    MAX_MESSAGE_LENGTH,
    Attachment,
    AttachmentRef,
    Cursors,
    Message,
    MessagePush,
    MessagesAnswer,
    ReadPush,
    SendMessageRequest,
)
from desktop.core.people import Role, UserId
from desktop.joinserver import booking, people, rules
from desktop.joinserver.errors import ApiError
from desktop.joinserver.links import LinkSigner
from desktop.joinserver.members import Member, is_id
from desktop.joinserver.tables import FileRow, MessageRow, SessionRow
from desktop.joinserver.unit import Unit, new_id

JOIN_PAGE = 50
_OF_SESSION: Final = select(MessageRow).where(MessageRow.session_id == bindparam("session"))
_NEWEST: Final = _OF_SESSION.order_by(MessageRow.seq.desc()).limit(bindparam("limit"))
_BEFORE: Final = _NEWEST.where(MessageRow.seq < bindparam("seq"))
_AFTER: Final = _OF_SESSION.where(MessageRow.seq > bindparam("seq")).order_by(MessageRow.seq).limit(bindparam("limit"))
_SEQ_DIGITS = 15  # more than any session has, less than any database counts


class MessageViews:
    """Makes the wire form of a session's messages; names are looked up once."""

    def __init__(self, unit: Unit, row: SessionRow, links: LinkSigner) -> None:
        """Look up who the two sides are."""
        self._unit = unit
        self._row = row
        self._links = links
        self._mechanic = people.user_of_mechanic(unit, row.mechanic_id) if row.mechanic_id else None
        self._names = {role: people.name_of_role(unit, row, role) for role in Role}

    def role(self, sender: UserId) -> Role:
        """Return the side of a sender."""
        return Role.MECHANIC if sender == self._mechanic else Role.CUSTOMER

    def name(self, role: Role) -> str:
        """Return the name of a side."""
        return self._names[role]

    def message(self, stored: MessageRow, *, with_links: bool = True) -> Message:
        """Return a message as it goes out; pushed copies carry no links."""
        role = self.role(stored.sender_id)
        return Message(
            id=stored.id,
            session_id=stored.session_id,
            sender_id=stored.sender_id,
            sender_role=role.value,
            sender_name=self._names[role],
            content=stored.content,
            attachments=tuple(self._attachments(stored, with_links=with_links)),
            temp_id=stored.temp_id,
            seq=stored.seq,
            created_at=stored.created_at,
            read_at=stored.read_at,
        )

    def read_attached(self, messages: Iterable[MessageRow]) -> None:
        """Read the files of many messages at once."""
        wanted = {file_id for stored in messages for file_id in stored.attachments}
        if wanted:
            self._unit.keep(self._unit.session.scalars(select(FileRow).where(FileRow.id.in_(wanted))))

    def _attachments(self, stored: MessageRow, *, with_links: bool) -> list[Attachment]:
        found = []
        for file_id in stored.attachments:
            file = self._unit.find(FileRow, file_id)
            if file is None:
                continue
            url, until = self._links.link(file.id, self._unit.now) if with_links else (None, None)
            found.append(
                Attachment(
                    file_id=file.id, name=file.file_name, url=url, url_expires_at=until, size=file.file_size,
                    type=file.file_type,
                )
            )  # fmt: skip
        return found


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a session's messages, oldest first."""

    messages: tuple[Message, ...]
    cursors: Cursors
    has_more: bool


def cursor(seq: int) -> str:
    """Return the opaque cursor of a place between messages."""
    return base64.urlsafe_b64encode(f"seq:{seq}".encode()).decode().rstrip("=")


EMPTY_PAGE: Final = Page((), Cursors(before=None, after=cursor(0)), has_more=False)
"""The newest messages of a session that has none."""


def read_cursor(text: str) -> int:
    """Return the place of a cursor. Raises ApiError `bad_cursor`."""
    try:
        decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        label, _, number = decoded.partition(":")
        if label != "seq" or not number.isdecimal() or len(number) > _SEQ_DIGITS or cursor(int(number)) != text:
            raise ApiError("bad_cursor")
        return int(number)
    except (binascii.Error, ValueError) as error:
        raise ApiError("bad_cursor") from error


def last_seq(unit: Unit, row: SessionRow) -> int:
    """Return the number of the newest message, 0 without any."""
    return unit.session.scalar(select(func.max(MessageRow.seq)).where(MessageRow.session_id == row.id)) or 0


def page(
    unit: Unit, views: MessageViews, row: SessionRow, limit: int, *, before: int | None = None, after: int | None = None
) -> Page:
    """Return up to `limit` messages: the newest, or those just before or just after a place."""
    asked: dict[str, object] = {"session": row.id, "limit": limit + 1}
    if after is not None:
        found = list(unit.session.scalars(_AFTER, asked | {"seq": after}))
    elif before is not None:
        found = list(unit.session.scalars(_BEFORE, asked | {"seq": before}))
    else:
        found = list(unit.session.scalars(_NEWEST, asked))
    has_more = len(found) > limit
    found = sorted(found[:limit], key=lambda stored: stored.seq)
    older = bool(found) and found[0].seq > 1
    newest = found[-1].seq if found else (after or 0)
    views.read_attached(found)
    cursors = Cursors(before=cursor(found[0].seq) if older else None, after=cursor(newest))
    return Page(tuple(views.message(stored) for stored in found), cursors, has_more)


def messages_answer(unit: Unit, row: SessionRow, found: Page) -> MessagesAnswer:
    """Return the answer that carries a page."""
    count = unit.session.scalar(select(func.count()).where(MessageRow.session_id == row.id)) or 0
    return MessagesAnswer(
        session_id=row.id,
        session_type=booking.kind_of(row),
        message_count=count,
        messages=found.messages,
        has_more=found.has_more,
        cursors=found.cursors,
    )


def find_sent(unit: Unit, member: Member, temp_id: str) -> MessageRow | None:
    """Return the message that a sender stored under a `tempId` before."""
    return unit.session.scalar(
        select(MessageRow).where(
            MessageRow.session_id == member.row.id,
            MessageRow.sender_id == member.caller.user_id,
            MessageRow.temp_id == temp_id,
        )
    )


def store(unit: Unit, member: Member, links: LinkSigner, request: SendMessageRequest) -> Message:
    """Store a new message unchanged and push it into the room. Raises ApiError."""
    _check_content(request)
    attached = _own_files(unit, member, request.attachments)
    if member.row.status in rules.TERMINAL:
        raise ApiError("session_ended", status=member.row.status)
    stored = MessageRow(
        id=new_id(), session_id=member.row.id, sender_id=member.caller.user_id, content=request.content,
        attachments=attached, created_at=unit.now, seq=last_seq(unit, member.row) + 1, temp_id=request.temp_id,
    )  # fmt: skip
    unit.session.add(stored)
    unit.touch(member.row)
    views = MessageViews(unit, member.row, links)
    live = MessagePush(message=views.message(stored, with_links=False), seq=stored.seq)
    unit.push(member.row, "chat.message", live, MessagePush(seq=stored.seq))
    return views.message(stored)


def _check_content(request: SendMessageRequest) -> None:
    if not request.content.strip() and not request.attachments:
        raise ApiError("empty_message")
    if "\0" in request.content:
        raise ApiError("bad_content")
    if len(request.content) > MAX_MESSAGE_LENGTH:
        raise ApiError("message_too_long", length=len(request.content), max=MAX_MESSAGE_LENGTH)


def _own_files(unit: Unit, member: Member, attachments: tuple[AttachmentRef, ...]) -> list[str]:
    found = []
    for attachment in attachments:
        file = unit.session.get(FileRow, attachment.file_id) if is_id(attachment.file_id) else None
        if file is None or (file.session_id, file.uploaded_by) != (member.row.id, member.caller.user_id):
            raise ApiError("bad_attachment")
        found.append(file.id)
    return found


def mark_read(unit: Unit, member: Member, up_to: str) -> int:
    """Mark the other side's messages up to one as read, once each; return how many. Raises ApiError."""
    last = unit.session.scalar(select(MessageRow).where(MessageRow.id == up_to, MessageRow.session_id == member.row.id))
    if last is None:
        raise ApiError("invalid_request", fields=["upTo"])
    seq = last.seq
    fresh = unit.session.scalars(
        update(MessageRow)
        .where(
            MessageRow.session_id == member.row.id,
            MessageRow.seq <= seq,
            MessageRow.sender_id != member.caller.user_id,
            MessageRow.read_at.is_(None),
        )
        .values(read_at=unit.now)
        .returning(MessageRow.id)
    ).all()
    if fresh:
        unit.touch(member.row)
        unit.push(member.row, "chat.read", ReadPush(up_to_seq=seq, by_role=member.role.value, read_at=unit.now))
    return len(fresh)


def unread_counts(unit: Unit, user_id: UserId, session_ids: list[str]) -> dict[str, int]:
    """Return how many messages of others are unread, by session."""
    rows = unit.session.execute(
        select(MessageRow.session_id, func.count())
        .where(MessageRow.session_id.in_(session_ids), MessageRow.sender_id != user_id, MessageRow.read_at.is_(None))
        .group_by(MessageRow.session_id)
    )
    return {str(session_id): count for session_id, count in rows}
