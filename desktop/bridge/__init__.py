"""Where asyncio meets Qt, and the only such place: methods go in, signals come out, nothing waits.

Law of the room: a gateway lives in the GUI thread. Its methods submit a coroutine to `LoopThread` and return at once;
its signals carry one frozen object each and are delivered queued, so connect them to methods of QObjects only. State
objects are coalesced to the newest. What nobody expected becomes one plain sentence with a reference that is also in
the log.
"""
