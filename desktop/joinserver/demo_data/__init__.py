"""The practice people, plans and sessions (contract section 10); the same ids at every load, times relative to it."""

from desktop.joinserver.demo_data.ids import DEMO_PASSWORD, demo_id
from desktop.joinserver.demo_data.loader import NotADemoDatabase, fill, has_demo_people, how_to_sign_in, load

__all__ = ["DEMO_PASSWORD", "NotADemoDatabase", "demo_id", "fill", "has_demo_people", "how_to_sign_in", "load"]
