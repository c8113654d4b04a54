"""The chat on screen: bubbles, composer and quick replies; one panel for the call, the chat session and the review."""
