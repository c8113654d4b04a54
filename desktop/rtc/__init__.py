"""LiveKit, and the only room of the app that imports it: a call's room, its pictures, its sound and its live chat.

Law of the room: the SDK's habits are obeyed here, once, so that nobody else has to know them. What happens leaves as
frozen data of `events`, decoded pictures through `mailboxes`, failures as RoomConnectError. Everything runs on the
worker loop; every task started here has an owner here who ends it. No token ever reaches a log line or an error text.
`events`, `mailboxes`, `camera_source` and `sound_devices` do not load the SDK.
"""
