"""How loud the own microphone is in a call: what is left after noise, echo and gain were treated."""

from livekit import rtc

from desktop.core.hearing import SILENCE_DB, decibels

_PEAK_DB = -9.0
"""The SDK tells peaks, a meter shows their mean: speech at both looks the same with this."""


async def level_of(track: rtc.LocalAudioTrack | None) -> float | None:
    """Return the loudness of a published microphone in decibels; None without one, silence while it is muted."""
    if track is None:
        return None
    if track.muted:
        # The SDK keeps the last value of an open microphone.
        return SILENCE_DB
    try:
        stats = await track.get_stats()
    except (AssertionError, RuntimeError, OSError):
        return None  # the room has just gone
    for item in stats:
        if item.WhichOneof("stats") == "media_source":
            return max(SILENCE_DB, decibels(item.media_source.audio.audio_level) + _PEAK_DB)
    return None
