"""The chat of one session as an item model: applies the transcript's changes, knows names, groups and delivery."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Slot,
)

from desktop.core.chat import ChatChange, ChatMessage, Delivery
from desktop.core.people import Person, Role
from desktop.core.text import clean_block, clean_line
from desktop.models.chat_row import GROUP_GAP, ChatRow, day_words, spoken, status_of

SENDING_SHOWN_AFTER_S = 0.3
REVEAL_CHUNK = 50

type Index = QModelIndex | QPersistentModelIndex


class ChatDataRole(IntEnum):
    """The model's own data role: a `ChatRow`."""

    ROW = Qt.ItemDataRole.UserRole + 1


_NAME_ROLES = (ChatDataRole.ROW, Qt.ItemDataRole.AccessibleTextRole)
"""What of a message follows a rename; its height does not."""


class ChatModel(QAbstractListModel):
    """The messages in order. GUI thread only; names are looked up when asked, so that a rename shows everywhere.

    A long history is revealed from its end in small steps, so that no single one holds up the GUI; until then
    `rowCount` is smaller than the number of messages. `zone` is the time zone of the times shown, by default the PC's.
    """

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        own_role: Role = Role.MECHANIC,
        zone: tzinfo | None = None,
        today: date | None = None,
    ) -> None:
        super().__init__(parent)
        self._own_role = own_role
        self._zone = zone
        self._fixed_today = today
        self._messages: list[ChatMessage] = []
        self._hidden = 0
        self._texts: dict[tuple[str, str], tuple[str, str, date]] = {}
        self._rows: list[ChatRow | None] = []
        self._people: tuple[Person, ...] = ()
        self._is_connected = True
        self._sending_since: dict[tuple[str, str], float] = {}
        self._sending_shown: set[tuple[str, str]] = set()
        self._sending_timer = QTimer(self)
        self._sending_timer.setSingleShot(True)
        self._sending_timer.timeout.connect(self._show_sending)
        self._reveal_timer = QTimer(self)
        self._reveal_timer.timeout.connect(self._reveal)

    # Changes

    def apply(self, *changes: ChatChange) -> None:
        """Apply changes of the transcript, in order; neighbouring additions become one insertion.

        A message that is replaced waits for the additions after it, so that neither many edits of one line nor edits
        between new lines are shown one by one.
        """
        run: list[ChatChange] = []
        replaced: dict[int, ChatMessage] = {}
        for change in changes:
            if change.kind == "added":
                if run and change.index != run[-1].index + 1:
                    self._insert(run)
                    run = []
                run.append(change)
                if replaced and change.index <= max(replaced):
                    replaced = {at + (at >= change.index): message for at, message in replaced.items()}
            elif change.kind == "moved" and change.index != change.to_index:
                self._put(run, replaced)
                run, replaced = [], {}
                self._move(change)
            else:
                replaced[change.index] = change.message
        self._put(run, replaced)

    @Slot()
    def clear(self) -> None:
        """Forget every message, text and name: the next session starts empty."""
        self.beginResetModel()
        self._messages.clear()
        self._texts.clear()
        self._rows.clear()
        self._people = ()
        self._hidden = 0
        self._sending_since.clear()
        self._sending_shown.clear()
        self._sending_timer.stop()
        self._reveal_timer.stop()
        self.endResetModel()

    def set_people(self, people: Sequence[Person]) -> None:
        """Set who may have written, as the directory names them now; every bubble of whoever is renamed follows."""
        if tuple(people) == self._people:
            return
        before = self._names()
        self._people = tuple(people)
        after = self._names()
        renamed = [
            at for at, message in enumerate(self._messages) if before[_writer(message)] != after[_writer(message)]
        ]
        if renamed:
            # A name takes one line, whatever it is: nothing has to be laid out anew.
            self._changed(renamed[0], renamed[-1], _NAME_ROLES)

    def set_connected(self, connected: bool) -> None:  # noqa: FBT001 - a plain setter, as Qt's own
        """Say whether lines on their way are being sent, or wait for the connection."""
        if connected != self._is_connected:
            self._is_connected = connected
            for row, message in enumerate(self._messages):
                if message.delivery is Delivery.SENDING:
                    self._changed(row, row)

    # Reading

    @property
    def message_count(self) -> int:
        """How many messages there are, revealed or not."""
        return len(self._messages)

    @property
    def shown_count(self) -> int:
        """How many messages are revealed."""
        return len(self._messages) - self._hidden

    @property
    def is_revealing(self) -> bool:
        """Whether messages that are here already are still to be revealed."""
        return self._hidden > 0

    def message_at(self, row: int) -> ChatMessage:
        """Return the message of a visible row."""
        return self._messages[self._hidden + row]

    def row(self, row: int) -> ChatRow:
        """Return what is drawn in a visible row."""
        at = self._hidden + row
        known = self._rows[at]
        if known is None:
            known = self._rows[at] = self._row(at)
        return known

    def texts(self) -> tuple[str, ...]:
        """Return what was written in all lines held."""
        return tuple(self.row(row).text for row in range(self.rowCount()))

    def rowCount(self, parent: Index | None = None) -> int:
        """Return how many messages are revealed."""
        if parent is not None and parent.isValid():
            return 0
        return len(self._messages) - self._hidden

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the row to draw, its text, or the sentence that a screen reader says."""
        if not index.isValid() or not 0 <= index.row() < self.rowCount():
            return None
        if role == ChatDataRole.ROW:
            return self.row(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._clean(self.message_at(index.row()))[0]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(self.row(index.row()))
        return None

    def name_of(self, message: ChatMessage) -> str:
        """Return the name a message is shown under: by identity, else by role; never the key itself."""
        for person in self._people:
            if person.identity is not None and person.identity == message.sender:
                return person.display_name
        for person in self._people:
            if person.role is message.role:
                return person.display_name
        return message.role.label

    # Inside

    def _put(self, run: Sequence[ChatChange], replaced: Mapping[int, ChatMessage]) -> None:
        if run:
            self._insert(run)
        for at, message in replaced.items():
            self._replace(at, message)

    def _insert(self, run: Sequence[ChatChange]) -> None:
        at, count = run[0].index, len(run)
        for change in run:
            self._watch_sending(change.message)
        if at < self._hidden or (not self._messages and count > REVEAL_CHUNK):
            kept = REVEAL_CHUNK if not self._messages else 0
            hidden = count - kept
            if kept:
                self.beginInsertRows(QModelIndex(), 0, kept - 1)
            self._messages[at:at] = [change.message for change in run]
            self._rows[at:at] = [None] * count
            self._hidden += hidden
            if kept:
                self.endInsertRows()
            self._reveal_timer.start(0)
            return
        first = at - self._hidden
        self.beginInsertRows(QModelIndex(), first, first + count - 1)
        self._messages[at:at] = [change.message for change in run]
        self._rows[at:at] = [None] * count
        self.endInsertRows()
        self._changed(at - 1, at - 1)
        self._changed(at + count, at + count)

    def _replace(self, at: int, message: ChatMessage) -> None:
        self._forget_text(self._messages[at])
        self._messages[at] = message
        self._watch_sending(message)
        self._changed(at - 1, at + 1)

    def _move(self, change: ChatChange) -> None:
        source, target = change.index, change.to_index
        if min(source, target) < self._hidden:
            self._reveal_all()
        before = target + 1 if target > source else target
        top = QModelIndex()
        self.beginMoveRows(top, source - self._hidden, source - self._hidden, top, before - self._hidden)
        del self._messages[source]
        self._messages.insert(target, change.message)
        del self._rows[source]
        self._rows.insert(target, None)
        self.endMoveRows()
        self._forget_text(change.message)
        self._watch_sending(change.message)
        self._changed(min(source, target) - 1, max(source, target) + 1)

    def _reveal_all(self) -> None:
        while self._hidden:
            self._reveal()

    @Slot()
    def _reveal(self) -> None:
        count = min(REVEAL_CHUNK, self._hidden)
        if count:
            self.beginInsertRows(QModelIndex(), 0, count - 1)
            self._hidden -= count
            self.endInsertRows()
            self._changed(self._hidden + count, self._hidden + count)
        if not self._hidden:
            self._reveal_timer.stop()

    def _changed(self, first: int, last: int, roles: Sequence[int] = ()) -> None:
        for at in range(max(first, 0), min(last + 1, len(self._rows))):
            self._rows[at] = None
        top = max(first - self._hidden, 0)
        bottom = min(last, len(self._messages) - 1) - self._hidden
        if top <= bottom:
            self.dataChanged.emit(self.index(top), self.index(bottom), roles)

    def _watch_sending(self, message: ChatMessage) -> None:
        if message.delivery is not Delivery.SENDING:
            self._sending_since.pop(message.key, None)
            self._sending_shown.discard(message.key)
            return
        if message.key not in self._sending_shown:
            self._sending_since.setdefault(message.key, time.monotonic())
            if not self._sending_timer.isActive():
                self._sending_timer.start(round(SENDING_SHOWN_AFTER_S * 1000))

    @Slot()
    def _show_sending(self) -> None:
        now_s = time.monotonic()
        due = {key for key, since_s in self._sending_since.items() if now_s - since_s >= SENDING_SHOWN_AFTER_S}
        for key in due:
            del self._sending_since[key]
        self._sending_shown |= due
        for row, message in enumerate(self._messages):
            if message.key in due:
                self._changed(row, row)
        if self._sending_since:
            next_s = min(self._sending_since.values()) + SENDING_SHOWN_AFTER_S - now_s
            self._sending_timer.start(max(1, round(next_s * 1000)))

    def _clean(self, message: ChatMessage) -> tuple[str, str, date]:
        """Return a message's text, its time and its day, as they are shown here."""
        known = self._texts.get(message.key)
        if known is None:
            local = message.sent_at.astimezone(self._zone)
            known = self._texts[message.key] = (clean_block(message.text), f"{local:%H:%M}", local.date())
        return known

    def _forget_text(self, message: ChatMessage) -> None:
        self._texts.pop(message.key, None)

    def _row(self, at: int) -> ChatRow:
        message = self._messages[at]
        before = self._messages[at - 1] if at else None
        after = self._messages[at + 1] if at + 1 < len(self._messages) else None
        text, clock, day = self._clean(message)
        is_new_day = before is None or self._day_of(before) != day
        is_tail = after is None or not self._same_group(message, after)
        delivery = self._shown_delivery(message, is_tail=is_tail)
        return ChatRow(
            key=message.key,
            role=message.role,
            is_own=message.role is self._own_role,
            name=self.name_of(message),
            role_word=message.role.label if self._has_namesake(message) else "",
            time=clock,
            day=day_words(day, self._today()) if is_new_day else "",
            text=text,
            attachments=tuple(clean_line(name, 120) for name in message.attachment_names),
            is_head=before is None or not self._same_group(before, message),
            is_tail=is_tail,
            delivery=delivery,
            status=status_of(delivery, is_connected=self._is_connected),
        )

    def _today(self) -> date:
        return self._fixed_today or datetime.now(UTC).astimezone(self._zone).date()

    def _day_of(self, message: ChatMessage) -> date:
        return self._clean(message)[2]

    def _same_group(self, first: ChatMessage, second: ChatMessage) -> bool:
        return (
            (first.sender, first.role) == (second.sender, second.role)
            and second.sent_at - first.sent_at < GROUP_GAP
            and self._day_of(first) == self._day_of(second)
        )

    def _shown_delivery(self, message: ChatMessage, *, is_tail: bool) -> Delivery | None:
        match message.delivery:
            case Delivery.SENDING:
                return Delivery.SENDING if message.key in self._sending_shown else None
            case Delivery.SENT:
                return Delivery.SENT if is_tail and message.role is self._own_role else None
            case Delivery.FAILED | Delivery.NOT_SAVED:
                return message.delivery
        return None

    def _names(self) -> dict[tuple[str, Role], tuple[str, bool]]:
        """Return what each writer is called, and whether somebody of another role is called the same."""
        one_of_each = {_writer(message): message for message in self._messages}
        return {who: (self.name_of(message), self._has_namesake(message)) for who, message in one_of_each.items()}

    def _has_namesake(self, message: ChatMessage) -> bool:
        name = self.name_of(message)
        return any(person.role is not message.role and person.display_name == name for person in self._people)


def _writer(message: ChatMessage) -> tuple[str, Role]:
    return message.sender, message.role
