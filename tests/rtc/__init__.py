"""The LiveKit room of the app: real tracks without a server where possible, a real livekit-server for the rest."""
