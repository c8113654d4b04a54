"""What a mechanic and the other side see when servers and networks go wrong, against the real things."""
