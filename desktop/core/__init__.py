"""Plain data and pure rules of the product: frozen dataclasses, no IO, no Qt, the standard library only.

Everything here may be passed between threads. Nothing here knows how a value is fetched, stored or drawn.
"""
