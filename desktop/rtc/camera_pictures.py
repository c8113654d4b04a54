"""Pictures of the own camera: as the SDK takes them, and as their owner sees them."""

import numpy as np
from livekit import rtc

from desktop.core.frames import Frame
from desktop.rtc.camera_source import CameraFrame

_OWN_VIEW_WIDTH = 480
_BGRA_BYTES = 4


def to_video_frame(frame: CameraFrame) -> rtc.VideoFrame | None:
    """Return a camera's frame as the SDK takes it; None where size and bytes disagree, which the SDK never checks."""
    pixels = frame.width * frame.height
    if len(frame.data) == pixels * _BGRA_BYTES:
        layout = rtc.VideoBufferType.BGRA
    elif len(frame.data) == pixels * 3 // 2 and frame.width % 2 == 0 and frame.height % 2 == 0:
        layout = rtc.VideoBufferType.I420
    else:
        return None
    return rtc.VideoFrame(frame.width, frame.height, layout, frame.data)


def own_view(frame: CameraFrame, video_frame: rtc.VideoFrame) -> Frame:
    """Return a small mirrored copy for the owner: people expect a mirror of themselves."""
    bgra = video_frame
    if video_frame.type != rtc.VideoBufferType.BGRA:
        bgra = video_frame.convert(rtc.VideoBufferType.BGRA)
    rows = np.frombuffer(bgra.data, dtype=np.uint32).reshape(frame.height, frame.width)
    step = max(1, frame.width // _OWN_VIEW_WIDTH)
    turned = frame.rotation in {90, 270}
    small = rows[::-step, ::step] if turned else rows[::step, ::-step]
    height, width = small.shape
    return Frame(small.tobytes(), width, height, frame.rotation)
