"""What the once-a-second statistics tell a mechanic: rates, losses, delay and sizes, from readings made by hand."""

from livekit.rtc._proto import stats_pb2 as proto

from desktop.core.link import Limit, LinkStats
from desktop.rtc.stats import StatsReader


def _transport(fragment: str, received: int, sent: int) -> proto.RtcStats:
    return proto.RtcStats(
        transport=proto.RtcStats.Transport(
            rtc=proto.RtcStatsData(id="T01"),
            transport=proto.TransportStats(
                bytes_received=received, bytes_sent=sent, ice_local_username_fragment=fragment
            ),
        )
    )


def _pair(*, round_trip_s: float = 0.02, spare: float = 1e6, key: str = "CP1", answers: int = 0) -> proto.RtcStats:
    return proto.RtcStats(
        candidate_pair=proto.RtcStats.CandidatePair(
            rtc=proto.RtcStatsData(id=key),
            candidate_pair=proto.CandidatePairStats(
                nominated=True,
                current_round_trip_time=round_trip_s,
                available_outgoing_bitrate=spare,
                responses_received=answers,
            ),
        )
    )


def _inbound(key: str, *, packets: int, lost: int, frames: int, size: tuple[int, int] = (1280, 720)) -> proto.RtcStats:
    return proto.RtcStats(
        inbound_rtp=proto.RtcStats.InboundRtp(
            rtc=proto.RtcStatsData(id=key),
            stream=proto.RtpStreamStats(kind="video"),
            received=proto.ReceivedRtpStreamStats(packets_received=packets, packets_lost=lost, jitter=0.012),
            inbound=proto.InboundRtpStreamStats(
                frames_decoded=frames,
                frame_width=size[0],
                frame_height=size[1],
                freeze_count=frames // 30,
                total_freeze_duration=frames / 100,
                jitter_buffer_delay=frames * 0.05,
                jitter_buffer_emitted_count=frames,
            ),
        )
    )


def _outbound(key: str, *, packets: int, frames: int, size: tuple[int, int], bound: bool = False) -> proto.RtcStats:
    reason = proto.LIMITATION_BANDWIDTH if bound else proto.LIMITATION_NONE
    return proto.RtcStats(
        outbound_rtp=proto.RtcStats.OutboundRtp(
            rtc=proto.RtcStatsData(id=key),
            stream=proto.RtpStreamStats(kind="video"),
            sent=proto.SentRtpStreamStats(packets_sent=packets),
            outbound=proto.OutboundRtpStreamStats(
                frames_sent=frames, frame_width=size[0], frame_height=size[1], quality_limitation_reason=reason
            ),
        )
    )


def _report(key: str, lost: float) -> proto.RtcStats:
    return proto.RtcStats(
        remote_inbound_rtp=proto.RtcStats.RemoteInboundRtp(
            remote_inbound=proto.RemoteInboundRtpStreamStats(local_id=key, fraction_lost=lost)
        )
    )


def test_the_first_reading_gives_no_rates() -> None:
    assert StatsReader().read([[_transport("a", 1000, 1000)], []], 5.0) is None


def test_both_connections_are_counted_though_their_transports_have_one_name() -> None:
    reader = StatsReader()
    reader.read([[_transport("sends", 0, 50_000)], [_transport("receives", 100_000, 0)]], 5.0)
    stats = reader.read([[_transport("sends", 1000, 100_000)], [_transport("receives", 300_000, 500)]], 7.0)
    assert stats is not None
    assert (stats.rx_kbps, stats.tx_kbps) == (804.0, 202.0)


def test_what_comes_in_is_told_of_the_largest_picture_that_moves() -> None:
    reader = StatsReader()
    first = [_inbound("large", packets=100, lost=0, frames=30), _inbound("still", packets=9, lost=0, frames=9)]
    then = [
        _inbound("large", packets=190, lost=10, frames=60, size=(640, 360)),
        _inbound("still", packets=9, lost=0, frames=9, size=(1920, 1080)),
    ]
    reader.read([[], first], 5.0)
    stats = reader.read([[], [*then, _pair(round_trip_s=0.08, spare=300_000)]], 6.0)
    assert stats is not None
    assert (stats.frame_width, stats.frame_height, stats.fps) == (640, 360, 30.0)
    assert stats.rx_loss == 0.1
    assert stats.round_trip_ms == 80.0
    assert (stats.freezes, round(stats.frozen_ms), round(stats.buffer_ms)) == (2, 300, 50)
    assert stats.spare_out_kbps is None, "the receiving connection only repeats what it started with"


def _train(packets: int, frames: int, octets: int, assembling_s: float, *, repeats: int = 0) -> proto.RtcStats:
    item = _inbound("only", packets=packets + repeats, lost=0, frames=frames)
    entry = item.inbound_rtp.inbound
    entry.frames_received, entry.total_assembly_time = frames, assembling_s
    entry.bytes_received, entry.header_bytes_received = octets + 1000 * repeats, 0
    entry.retransmitted_packets_received, entry.retransmitted_bytes_received = repeats, 1000 * repeats
    return item


def test_how_close_the_packets_of_a_frame_follow_each_other_tells_how_wide_the_line_is() -> None:
    reader = StatsReader()
    reader.read([[], [_train(100, 80, 60_000, 1.0)]], 5.0)
    narrow = reader.read([[], [_train(120, 95, 75_000, 1.1)]], 6.0)
    wide = reader.read([[], [_train(140, 110, 90_000, 1.11, repeats=20)]], 7.0)
    single = reader.read([[], [_train(150, 120, 97_500, 1.11, repeats=20)]], 8.0)
    assert narrow is not None
    assert wide is not None
    assert single is not None
    assert narrow.train_kbps is not None
    assert round(narrow.train_kbps) == 300
    assert wide.train_kbps is not None
    assert round(wide.train_kbps) == 3000, "what was sent again came at any time"
    assert single.train_kbps is None, "frames of one packet tell nothing"
    assert [stats.repeats for stats in (narrow, wide, single)] == [0, 20, 0]


def test_a_stream_that_is_new_is_not_counted_from_its_beginning() -> None:
    reader = StatsReader()
    reader.read([[], []], 5.0)
    stats = reader.read([[], [_inbound("new", packets=500, lost=500, frames=300)]], 6.0)
    assert stats is not None
    assert (stats.rx_loss, stats.fps) == (0.0, 0.0)


def test_what_goes_out_is_told_with_the_loss_that_the_server_reports() -> None:
    reader = StatsReader()
    quiet = [
        _outbound("q", packets=0, frames=0, size=(320, 180)),
        _outbound("f", packets=0, frames=0, size=(1280, 720)),
    ]
    busy = [
        _outbound("q", packets=30, frames=15, size=(320, 180)),
        _outbound("f", packets=90, frames=24, size=(1280, 720), bound=True),
        _report("q", 0.0),
        _report("f", 0.2),
        _pair(round_trip_s=0.02, spare=450_000),
    ]
    reader.read([quiet, []], 5.0)
    stats = reader.read([busy, [_pair(round_trip_s=0.3, spare=300_000)]], 6.0)
    assert stats is not None
    assert (stats.sent_width, stats.sent_height, stats.sent_fps) == (1280, 720, 24.0)
    assert round(stats.tx_loss, 6) == 0.15
    assert stats.limit is Limit.BANDWIDTH
    assert stats.spare_out_kbps == 450.0
    assert stats.round_trip_ms == 300.0, "the slower of both ways is what somebody notices"


def test_a_quiet_room_measures_nothing_and_does_not_fail() -> None:
    reader = StatsReader()
    reader.read([[], []], 5.0)
    assert reader.read([[], []], 6.0) == LinkStats()


def test_the_media_servers_answers_are_counted_also_where_not_a_byte_comes_in() -> None:
    reader = StatsReader()
    transports = [_transport("a", 100, 100), _transport("b", 100, 100)]
    told = []
    for second, (publisher, subscriber) in enumerate([(4, 9), (5, 10), (5, 10), (1, 11)]):
        lists = (
            [transports[0], _pair(key="CP1", answers=publisher)],
            [transports[1], _pair(key="CP2", answers=subscriber)],
        )
        told.append(reader.read(lists, float(second)))
    assert [stats and (stats.rx_kbps, stats.ice_answers) for stats in told] == [None, (0, 2), (0, 0), (0, 1)]
