"""The real program against real servers and a real customer process: what a mechanic sees from sign-in to the end."""
