"""Which sound devices this PC has, as somebody else knows it who can look without risk."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SoundDevices:
    """Names of the outputs and inputs that exist now. Monitors of outputs are no inputs.

    The SDK must not be asked: with a sound server that has no output, asking ends the process.
    """

    outputs: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
