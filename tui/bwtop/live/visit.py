"""What the sampler knows of a node that it reads."""

import asyncio


class Visit:
    """When a node is read next, and the reading under way."""

    def __init__(self, agent_uid: str) -> None:
        self.agent_uid = agent_uid
        self.due = 0.0
        self.begun = False
        """It was read before, or at least it was tried."""
        self.failures = 0
        self.task: asyncio.Task[None] | None = None
        self.hurried = asyncio.Event()
        """Set when the node is looked at again, or something on it has changed."""
        self.waiting = False
        """Its exec is open and waits for the next sample."""
        self.dismissed = asyncio.Event()
        """Set when other nodes need the place of an exec that waits although nobody looks at its node any more."""

    def is_due(self, now: float, *, annotated: bool) -> bool:
        """Whether to read the node now; a pod with a limit brings the first reading forward."""
        return self.task is None and (self.due <= now or (annotated and not self.begun))
