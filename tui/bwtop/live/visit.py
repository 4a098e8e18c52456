"""What the sampler knows of a node that it reads."""

import asyncio


class Visit:
    """When a node is read next, and the reading under way."""

    def __init__(self, agent_uid: str) -> None:
        self.agent_uid = agent_uid
        self.due = 0.0
        self.failures = 0
        self.task: asyncio.Task[None] | None = None
        self.hurried = asyncio.Event()
        """Set when the node is looked at again, or something on it has changed."""
        self.waiting = False
        """Its exec is open and waits for the next sample."""
        self.dismissed = asyncio.Event()
        """Set when other nodes need the place of an exec that waits although nobody looks at its node any more."""
