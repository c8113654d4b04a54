"""The plans of the practice shop, active and not."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """A plan row."""

    slug: str
    name: str
    minutes: int
    price: float
    active: bool = True


MARKUP_PLAN_NAME: Final = "<b>Big</b> Plan\u202ex"
PLANS: Final = (
    DemoPlan("free", "Free Session", 5, 0.0),
    DemoPlan("quick", "Quick Chat", 30, 9.99),
    DemoPlan("standard", "Standard Video", 45, 29.99),
    DemoPlan("diagnostic", "Diagnostic Session", 60, 49.99),
    DemoPlan("ev-deep-dive", "EV & Hybrid Deep Dive", 90, 79.0),
    DemoPlan("fleet-monthly", "Fleet Monthly", 0, 199.0),
    DemoPlan("markup-plan", MARKUP_PLAN_NAME, 30, 1.0),
    DemoPlan("video15", "Video 15 (old)", 15, 19.0, active=False),
    DemoPlan("winter-check", "Winter Check", 20, 15.0, active=False),
)
