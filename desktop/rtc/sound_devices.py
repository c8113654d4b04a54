"""Which sound devices this PC has and which to use, as somebody else knows it who can look without risk."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SoundProcessing:
    """What the SDK does to the microphone's sound before it is sent."""

    echo_cancellation: bool = True
    noise_suppression: bool = True
    auto_gain: bool = True


@dataclass(frozen=True, slots=True)
class SoundDevices:
    """Names of the outputs and inputs that exist now. Monitors of outputs are no inputs.

    `output` and `input` are the ones to use; "" leaves the choice to the system. The SDK must not be asked what there
    is: with a sound server that has no output, asking ends the process. `restarts` counts restarts of the sound server.
    """

    outputs: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    output: str = ""
    input: str = ""
    processing: SoundProcessing = field(default_factory=SoundProcessing)
    restarts: int = 0
