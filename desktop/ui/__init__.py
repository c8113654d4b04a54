"""Widgets: pages, tiles, panels, delegates and the theme; a page draws a frozen state and emits wishes.

The law of this room:

- A page has `render_state(state)` (`render` is Qt's own) and signals named `..._requested`. It imports
  `core` and `models`, never an adapter.
- Remote text is plain text: `PlainLabel` for labels, `paint_text`/`TextBlock` in painted widgets and delegates. No
  QLabel of one's own, no tooltip made of it. Texts have passed `core/text.py` before they arrive here.
- Every control has an object name (stable, for tests and the practice day) and an accessible name.

How a widget gets its looks:

- `theme()` is the one `Theme` in use. Read it where it is needed (in `paintEvent`, in a layout method) and keep
  nothing of it: `theme().color("accent")` a QColor by role, `theme().size("control")` device-independent pixels of
  the profile (touch sizes already in millimetres), `theme().font("title", tabular=True)`,
  `theme().line_height("body")`, `theme().space("x4")`, `theme().radius("control")`, `theme().ms("panel")`,
  `theme().is_kiosk`.
- A widget that fixes sizes, fonts or palettes does so in one method, calls it in its constructor, and connects
  `appearance().changed` to that same method. A purely painted widget without sizes of its own needs nothing: every
  visible widget is repainted when the theme changes.
- Backgrounds come from the one style sheet by dynamic properties: `set_surface(widget, "raised")`
  (surface, sunken, raised, overlay; `edge="left" | "top" | "bottom" | "right" | "all"` adds the one-pixel border).
- Icons: `paint_icon(painter, rect, "mic", colour)` or `icon_pixmap("mic", px, colour, ratio)`.
- `mark_region(header, content, bar)` names the parts of a page that F6 visits.
- Buttons: `Button(text, icon, name=..., kind="accent", primary=True)`, kinds accent, danger, outline, quiet, plain; in
  the control bar `CallButton`.
"""
