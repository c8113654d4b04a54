"""What is said in the practice sessions, the lines that try to break a screen among them."""

from typing import Final

HOSTILE_LINES: Final = (
    'a < b > c && "quote"',
    "<img src=/dev/zero>",
    "<table>" * 285,
    "x" * 2_000,
    "javascript:alert(1) and \\\\fileserver\\share\\boot.ini",
    "the file is called \u202egnp.exe",
    "Z" + "\u0301" * 200 + "algo",
    "\U0001f527\U0001f697\U0001f469\U0001f3fd\u200d\U0001f527\U0001f525",
    "one\r\ntwo\ttabbed\r\nthree",
    "رقم الهيكل 1FTEW1E50KFA00005 من فضلك",
)

CHARGE_PORT: Final = (
    ("customer", "The cable has been stuck since this morning"),
    ("mechanic", "Is the charge light still on?"),
    ("customer", "No, the car says charging complete"),
    ("mechanic", "Lock the doors, then unlock them twice from the key"),
)

_WHEEL_BEARING: Final = (
    ("customer", "It hums from about 30 and gets louder in left turns"),
    ("mechanic", "Does it change when you roll off the throttle?"),
    ("customer", "No, only with speed"),
    ("mechanic", "Then it is a wheel rather than the gearbox. Can you jack up the front right?"),
)


def charge_port_talk() -> list[tuple[str, str]]:
    """Return the 14 lines of the live chat: role and text."""
    hostile = [("customer" if index % 2 else "mechanic", line) for index, line in enumerate(HOSTILE_LINES)]
    return [*CHARGE_PORT, *hostile]


def wheel_bearing_talk() -> list[tuple[str, str]]:
    """Return the 120 lines of the long video session: role and text."""
    hostile = [("mechanic" if index % 2 else "customer", line) for index, line in enumerate(HOSTILE_LINES)]
    filler = [
        ("customer" if index % 2 else "mechanic", f"Reading {index + 1}: play {0.1 * (index % 9 + 1):.1f} mm")
        for index in range(120 - len(_WHEEL_BEARING) - len(hostile))
    ]
    return [*_WHEEL_BEARING, *filler, *hostile]
