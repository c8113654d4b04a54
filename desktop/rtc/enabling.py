"""Stopping and restarting one subscribed picture at the server, without giving the subscription back."""

from livekit import rtc
from livekit.rtc._ffi_client import FfiClient
from livekit.rtc._proto import ffi_pb2 as proto


def set_enabled(publication: rtc.RemoteTrackPublication, enabled: bool) -> None:  # noqa: FBT001 - the state itself
    """Let the server send a subscribed picture, or not one byte of it; the sender's unused layers stop as well.

    Unsubscribing is no way to pause: with two peer connections a track that is subscribed again comes without
    `track_subscribed`, in every try. This stays subscribed, and the first picture is back within a tenth of a second.
    The SDK's Python side has no method for it, only its native side. Enabling forgets the chosen layer: choose it
    again afterwards. Choosing one lets the server send, but its pictures are black here until it is enabled too.
    """
    request = proto.FfiRequest()
    request.enable_remote_track_publication.track_publication_handle = publication._ffi_handle.handle  # noqa: SLF001 - as above
    request.enable_remote_track_publication.enabled = enabled
    FfiClient.instance.request(request)
