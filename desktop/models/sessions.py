"""The list of sessions as an item model: group heads and rows, updated by what changed, never by a reset."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop.core.board import BoardGroup, group_of
from desktop.core.people import SessionId
from desktop.core.session import SessionRow
from desktop.models.session_words import BoardMoment, RowWords, order_key, words_of

Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


@dataclass(frozen=True, slots=True)
class GroupHead:
    """A heading between the rows, with how many follow."""

    group: BoardGroup
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class _Entry:
    key: str
    head: GroupHead | None = None
    row: SessionRow | None = None
    words: RowWords | None = None


def _head_title(group: BoardGroup, rows: list[SessionRow], moment: BoardMoment) -> str:
    if group is BoardGroup.ENDED:
        today = moment.now.astimezone().date()
        if any((row.ended_at or row.created_at).astimezone().date() != today for row in rows):
            return "Recently ended"
    return group.heading


def _entries(rows: tuple[SessionRow, ...], moment: BoardMoment) -> list[_Entry]:
    entries: list[_Entry] = []
    for group in BoardGroup:
        members = sorted((row for row in rows if group_of(row) is group), key=order_key)
        if not members:
            continue
        head = GroupHead(group, _head_title(group, members, moment), len(members))
        entries.append(_Entry(f"head {group.value}", head=head))
        entries.extend(_Entry(f"row {row.id}", row=row, words=words_of(row, moment)) for row in members)
    return entries


class SessionListModel(QAbstractListModel):
    """Sessions in their groups. GUI thread only. Group heads have no flags: they can be neither chosen nor focused."""

    HEAD = Qt.ItemDataRole.UserRole + 1
    """A GroupHead, or None for a session."""
    ROW = Qt.ItemDataRole.UserRole + 2
    """The SessionRow, or None for a head."""
    WORDS = Qt.ItemDataRole.UserRole + 3
    """The RowWords of a session, or None for a head."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[SessionRow, ...] = ()
        self._moment: BoardMoment | None = None
        self._entries: list[_Entry] = []

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """How many heads and sessions there are."""
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the datum of a role; texts are plain and clean."""
        if not index.isValid() or index.row() >= len(self._entries):
            return None
        entry = self._entries[index.row()]
        heading = entry.head.title if entry.head else None
        answers: dict[int, Any] = {
            self.ROW: entry.row,
            self.WORDS: entry.words,
            self.HEAD: entry.head,
            Qt.ItemDataRole.DisplayRole: entry.row.customer_name if entry.row else heading,
            Qt.ItemDataRole.AccessibleTextRole: entry.words.spoken if entry.words else heading,
        }
        return answers.get(role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Sessions can be chosen, heads cannot."""
        if not index.isValid() or self._entries[index.row()].row is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def index_of(self, session_id: SessionId | None) -> QModelIndex:
        """Return the index of a session; an invalid one if it is not in the list."""
        key = f"row {session_id}"
        for place, entry in enumerate(self._entries):
            if entry.key == key:
                return self.index(place)
        return QModelIndex()

    def first_session(self) -> QModelIndex:
        """Return the index of the first session, invalid in an empty list."""
        return self.index(1) if len(self._entries) > 1 else QModelIndex()

    def set_rows(self, rows: tuple[SessionRow, ...], moment: BoardMoment) -> None:
        """Show these sessions as of a moment; only what changed is told to the views."""
        self._rows = rows
        self._moment = moment
        self._become(_entries(rows, moment))

    def set_moment(self, moment: BoardMoment) -> None:
        """Let the clock go on: rows whose words changed are told, nothing moves."""
        if moment == self._moment:
            return
        self._moment = moment
        for place, entry in enumerate(self._entries):
            if entry.row is not None:
                words = words_of(entry.row, moment)
                if words != entry.words:
                    self._replace(place, _Entry(entry.key, row=entry.row, words=words))

    def _replace(self, place: int, entry: _Entry) -> None:
        self._entries[place] = entry
        index = self.index(place)
        self.dataChanged.emit(index, index)

    def _become(self, new: list[_Entry]) -> None:
        self._remove_gone({entry.key for entry in new})
        place = 0
        known = {entry.key for entry in self._entries}
        while place < len(new):
            entry = new[place]
            if entry.key not in known:
                place = self._insert_run(new, place, known)
                continue
            if self._entries[place].key != entry.key:
                self._move_up(entry.key, place)
            if self._entries[place] != entry:
                self._replace(place, entry)
            place += 1

    def _remove_gone(self, kept: set[str]) -> None:
        last = len(self._entries) - 1
        while last >= 0:
            if self._entries[last].key in kept:
                last -= 1
                continue
            first = last
            while first > 0 and self._entries[first - 1].key not in kept:
                first -= 1
            self.beginRemoveRows(_NO_PARENT, first, last)
            del self._entries[first : last + 1]
            self.endRemoveRows()
            last = first - 1

    def _insert_run(self, new: list[_Entry], first: int, known: set[str]) -> int:
        """Insert the unknown entries that follow each other from `first`; return the place after them."""
        end = first
        while end < len(new) and new[end].key not in known:
            end += 1
        self.beginInsertRows(_NO_PARENT, first, end - 1)
        self._entries[first:first] = new[first:end]
        self.endInsertRows()
        return end

    def _move_up(self, key: str, place: int) -> None:
        source = next(at for at in range(place, len(self._entries)) if self._entries[at].key == key)
        self.beginMoveRows(_NO_PARENT, source, source, _NO_PARENT, place)
        self._entries.insert(place, self._entries.pop(source))
        self.endMoveRows()
