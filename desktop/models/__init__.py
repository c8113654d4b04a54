"""Qt item models: core data as rows for the views; QtCore only, no widgets, no fetching, no rules of their own.

A model takes a frozen state in the GUI thread, finds what changed, and tells it in Qt's own words (rows inserted,
moved, removed, data changed), so that selection and scrolling survive every update.
"""
