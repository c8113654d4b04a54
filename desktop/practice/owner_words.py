"""What a practice car owner writes: a first line, and an answer to what the mechanic wrote."""

import re

GREETING = "Hi! I'm standing next to the car, phone in hand. Can you see it?"

_ANSWERS: tuple[tuple[str, str], ...] = (
    (r"\b(hi|hello|hey|good (morning|afternoon|evening))\b", "Hello! Thanks for taking a look so quickly."),
    (r"\b(closer|zoom|near)\b", "Moving closer now. Is that better?"),
    (r"\b(still|steady|stop)\b", "Sorry, shaky hands. Holding still."),
    (r"\b(torch|light|dark)\b", "Torch is on. It is a bit gloomy in here."),
    (r"\b(smell|leak|coolant|green)\b", "There is something green under the clamp, and it smells sweet."),
    (r"\b(start|engine|crank|idle|rev)\b", "Starting it... it turns over fine, the noise comes when I brake."),
    (r"\b(brake|grind|noise|hear)\b", "Yes, a grinding from the front left, worst when it is cold."),
    (r"\b(mile|mileage|km|odometer)\b", "The dash says 118,200 miles."),
    (r"\b(thanks|thank you|bye|done)\b", "Thank you, that helped a lot!"),
    (r"\bmoment\b", "No hurry, I am not going anywhere."),
    (r"\?\s*$", "I think so, yes. Do you want me to film it?"),
)
_OTHERWISE = ("Okay.", "Got it, doing that now.", "Sure, tell me when you have seen enough.", "Like this?")


def answer_to(text: str, count: int) -> str:
    """Return the owner's answer to a message; `count` answers were given before (so that they vary)."""
    for pattern, answer in _ANSWERS:
        if re.search(pattern, text, re.IGNORECASE):
            return answer
    return _OTHERWISE[count % len(_OTHERWISE)]
