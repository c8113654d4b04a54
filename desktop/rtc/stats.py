"""LinkMeter: asks a room's statistics once a second and tells them as one frozen `LinkStats`.

With two peer connections `subscriber_stats` hold what comes in and `publisher_stats` what goes out; with one all is in
the latter. So everything is found by its kind and its id, never by its list or place.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from livekit import rtc
from livekit.rtc._proto import stats_pb2 as proto

from desktop.core.link import Limit, LinkStats

_log = logging.getLogger(__name__)

EVERY_S = 1.0
_ANSWER_S = 3.0
_KBIT = 1000.0
_LIMITS = {
    proto.LIMITATION_CPU: Limit.CPU,
    proto.LIMITATION_BANDWIDTH: Limit.BANDWIDTH,
}


@dataclass(frozen=True, slots=True)
class _Totals:
    """What only ever grows, of one stream or transport."""

    bytes_in: int = 0
    bytes_out: int = 0
    packets: int = 0
    lost: int = 0
    frames: int = 0
    frozen_s: float = 0.0
    buffered_s: float = 0.0
    buffered_count: int = 0
    answers: int = 0
    octets: int = 0
    repeats: int = 0
    repeated_octets: int = 0
    arrived: int = 0
    assembling_s: float = 0.0

    def since(self, before: "_Totals") -> "_Totals":
        """Return the growth since `before`."""
        return _Totals(
            self.bytes_in - before.bytes_in,
            self.bytes_out - before.bytes_out,
            self.packets - before.packets,
            max(0, self.lost - before.lost),
            self.frames - before.frames,
            self.frozen_s - before.frozen_s,
            self.buffered_s - before.buffered_s,
            self.buffered_count - before.buffered_count,
            max(0, self.answers - before.answers),
            self.octets - before.octets,
            self.repeats - before.repeats,
            self.repeated_octets - before.repeated_octets,
            self.arrived - before.arrived,
            self.assembling_s - before.assembling_s,
        )


_NOTHING = _Totals()


class StatsReader:
    """Turns successive readings into rates: what a stream counted before it was first seen is not counted."""

    def __init__(self) -> None:
        """Start without a reading."""
        self._totals: dict[str, _Totals] = {}
        self._read_s: float | None = None

    def read(self, lists: Iterable[Iterable[proto.RtcStats]], now_s: float) -> LinkStats | None:
        """Return the time since the last reading as rates; None for the first one. `now_s` is any steady clock."""
        known = [tuple(items) for items in lists]
        items = [item for part in known for item in part]
        totals = {key: value for item in items for key, value in _totals(item)}
        before, self._totals = self._totals, totals
        read_s, self._read_s = self._read_s, now_s
        if read_s is None or now_s <= read_s:
            return None
        grown = {key: value.since(before.get(key, value)) for key, value in totals.items()}
        return _link(known, grown, now_s - read_s)


def _link(lists: list[tuple[proto.RtcStats, ...]], grown: dict[str, _Totals], seconds: float) -> LinkStats:
    items = [item for part in lists for item in part]
    moved = [value for key, value in grown.items() if key.startswith("transport ")]
    inbound = [(item.inbound_rtp, grown[_key(item)]) for item in items if item.WhichOneof("stats") == "inbound_rtp"]
    outbound = [(item.outbound_rtp, grown[_key(item)]) for item in items if item.WhichOneof("stats") == "outbound_rtp"]
    picture, pictured = max(
        (pair for pair in inbound if pair[0].stream.kind == "video" and pair[1].packets > 0),
        key=lambda pair: pair[0].inbound.frame_width * pair[0].inbound.frame_height,
        default=(None, _NOTHING),
    )
    sent, sent_grown = max(
        (pair for pair in outbound if pair[0].stream.kind == "video" and pair[1].frames > 0),
        key=lambda pair: pair[0].outbound.frame_width * pair[0].outbound.frame_height,
        default=(None, _NOTHING),
    )
    got, lost = sum(value.packets for _, value in inbound), sum(value.lost for _, value in inbound)
    return LinkStats(
        rx_kbps=8 * sum(value.bytes_in for value in moved) / seconds / _KBIT,
        tx_kbps=8 * sum(value.bytes_out for value in moved) / seconds / _KBIT,
        rx_loss=lost / (got + lost) if got + lost > 0 else 0.0,
        tx_loss=_sending_loss(items, grown),
        round_trip_ms=_round_trip_ms(items),
        jitter_ms=_KBIT * max((entry.received.jitter for entry, value in inbound if value.packets > 0), default=0.0),
        buffer_ms=_KBIT * pictured.buffered_s / pictured.buffered_count if pictured.buffered_count > 0 else 0.0,
        frame_width=picture.inbound.frame_width if picture is not None else 0,
        frame_height=picture.inbound.frame_height if picture is not None else 0,
        fps=max(0.0, pictured.frames / seconds),
        freezes=picture.inbound.freeze_count if picture is not None else 0,
        frozen_ms=_KBIT * pictured.frozen_s,
        sent_width=sent.outbound.frame_width if sent is not None else 0,
        sent_height=sent.outbound.frame_height if sent is not None else 0,
        sent_fps=sent_grown.frames / seconds,
        limit=_limit([entry for entry, value in outbound if value.frames > 0]),
        spare_out_kbps=_spare_out_kbps(lists),
        ice_answers=sum(value.answers for value in grown.values()),
        train_kbps=_train_kbps(pictured),
        repeats=pictured.repeats,
    )


def _totals(item: proto.RtcStats) -> Iterable[tuple[str, _Totals]]:
    """Return what an item counts, under its key; nothing for the kinds that are not needed."""
    match item.WhichOneof("stats"):
        case "inbound_rtp":
            entry = item.inbound_rtp.inbound
            received = item.inbound_rtp.received
            yield (
                _key(item),
                _Totals(
                    packets=received.packets_received,
                    lost=received.packets_lost,
                    frames=entry.frames_decoded,
                    frozen_s=entry.total_freeze_duration,
                    buffered_s=entry.jitter_buffer_delay,
                    buffered_count=entry.jitter_buffer_emitted_count,
                    octets=entry.bytes_received + entry.header_bytes_received,
                    repeats=entry.retransmitted_packets_received,
                    repeated_octets=entry.retransmitted_bytes_received,
                    arrived=entry.frames_received,
                    assembling_s=entry.total_assembly_time,
                ),
            )
        case "outbound_rtp":
            packets = item.outbound_rtp.sent.packets_sent
            yield _key(item), _Totals(packets=packets, frames=item.outbound_rtp.outbound.frames_sent)
        case "transport":
            moved = item.transport.transport
            yield _key(item), _Totals(bytes_in=moved.bytes_received, bytes_out=moved.bytes_sent)
        case "candidate_pair":
            yield _key(item), _Totals(answers=item.candidate_pair.candidate_pair.responses_received)


def _key(item: proto.RtcStats) -> str:
    """Return what an item is known by from one reading to the next. Both connections name their transports alike."""
    match item.WhichOneof("stats"):
        case "inbound_rtp":
            return f"in {item.inbound_rtp.rtc.id}"
        case "outbound_rtp":
            return f"out {item.outbound_rtp.rtc.id}"
        case "candidate_pair":
            return f"pair {item.candidate_pair.rtc.id}"
        case _:
            return f"transport {item.transport.transport.ice_local_username_fragment}"


def _train_kbps(pictured: _Totals) -> float | None:
    """Return how fast packets follow the first one of their frame: all but those first ones in the time they took."""
    packets = pictured.packets - pictured.repeats
    followers = packets - pictured.arrived
    if followers <= 0 or pictured.assembling_s <= 0:
        return None
    octets = (pictured.octets - pictured.repeated_octets) * followers / packets
    return 8 * octets / pictured.assembling_s / _KBIT


def _sending_loss(items: list[proto.RtcStats], grown: dict[str, _Totals]) -> float:
    """Return what the server misses of what was sent, each stream weighted by its packets."""
    reports = [
        item.remote_inbound_rtp.remote_inbound for item in items if item.WhichOneof("stats") == "remote_inbound_rtp"
    ]
    weighed = [(report.fraction_lost, grown.get(f"out {report.local_id}", _NOTHING).packets) for report in reports]
    packets = sum(weight for _, weight in weighed)
    return sum(lost * weight for lost, weight in weighed) / packets if packets > 0 else 0.0


def _round_trip_ms(items: list[proto.RtcStats]) -> float:
    pairs = [item.candidate_pair.candidate_pair for item in items if item.WhichOneof("stats") == "candidate_pair"]
    return _KBIT * max((pair.current_round_trip_time for pair in pairs if pair.nominated), default=0.0)


def _limit(sending: list[proto.RtcStats.OutboundRtp]) -> Limit:
    limits = {_LIMITS.get(entry.outbound.quality_limitation_reason, Limit.NONE) for entry in sending}
    return next((limit for limit in (Limit.BANDWIDTH, Limit.CPU) if limit in limits), Limit.NONE)


def _spare_out_kbps(lists: list[tuple[proto.RtcStats, ...]]) -> float | None:
    """Return the estimate of the connection that sends; the other one only repeats what it started with."""
    for part in lists:
        kinds = {item.WhichOneof("stats") for item in part}
        pairs = [item.candidate_pair.candidate_pair for item in part if item.WhichOneof("stats") == "candidate_pair"]
        if "outbound_rtp" in kinds and (chosen := [pair for pair in pairs if pair.nominated]):
            return max(pair.available_outgoing_bitrate for pair in chosen) / _KBIT
    return None


class LinkMeter:
    """Measures a room from `start` to `close`; `tell` is called on the loop, once a second while it is connected."""

    def __init__(self, room: rtc.Room, tell: Callable[[LinkStats], None]) -> None:
        """Make it for one room; on the running loop."""
        self._room = room
        self._tell = tell
        self._reader = StatsReader()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to measure."""
        self._task = asyncio.create_task(self._run(), name="link-meter")

    async def close(self) -> None:
        """Stop measuring; before the room is disconnected."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                async with asyncio.timeout(_ANSWER_S):
                    answer = await self._room.get_rtc_stats()
            except (RuntimeError, AssertionError, TimeoutError) as error:
                # The SDK's way of saying that the room is not connected just now, or not any more.
                _log.debug("no statistics: %s", type(error).__name__)
                continue
            stats = self._reader.read((answer.publisher_stats, answer.subscriber_stats), loop.time())
            if stats is not None:
                self._tell(stats)
