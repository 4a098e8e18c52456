"""The clusters that the screen can go to: the contexts of a kubeconfig, or the demo clusters."""

import asyncio
import contextlib
import os
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from bwtop.cli.flags import Target
from bwtop.cli.session import demo_cluster
from bwtop.kube.config import ConfigRequest
from bwtop.kube.kubeconfig import kubeconfig_files, read_contexts
from bwtop.model.place import Contexts, Place

DEMO = "demo-"
"""What the contexts of demo clusters begin with."""


class Places(Protocol):
    @property
    def start(self) -> Place:
        """Where the flags begin."""

    def contexts(self) -> Contexts:
        """Blocks. Raises KubeError."""

    async def request(self, place: Place) -> ConfigRequest:
        """How to connect there. Raises KubeError."""


class KubeconfigPlaces:
    def __init__(self, target: Target) -> None:
        self._request = target.request
        self._first: str | None = None
        """The context that flags and kubeconfig came to: `kubectl config use-context` elsewhere moves nobody here."""
        self.start = Place(context=target.request.context or "", namespace=target.namespace)

    def contexts(self) -> Contexts:
        return read_contexts(kubeconfig_files(self._request.kubeconfig, os.environ))

    async def request(self, place: Place) -> ConfigRequest:
        """Flags that replace a part of a context count for the context that they were given with, and for no other."""
        if self._first is None:
            self._first = self._request.context or (await asyncio.to_thread(self.contexts)).current
        if place.context in ("", self._first):
            return replace(self._request, context=self._first or None)
        return replace(
            self._request, context=place.context, cluster=None, user=None, server=None, token=None,
            insecure=False, tls_server_name=None,
        )  # fmt: skip


class DemoPlaces:
    """Demo clusters are started when they are gone to, and go on until the program ends."""

    def __init__(self, target: Target, stack: contextlib.ExitStack) -> None:
        """Raises UsageError when there is no demo cluster of the name in the flags."""
        assert target.demo is not None
        self._request = target.request
        self._stack = stack
        self._kubeconfigs: dict[str, Path] = {target.demo: stack.enter_context(demo_cluster(target.demo))}
        self.start = Place(context=DEMO + target.demo, namespace=target.namespace)

    def contexts(self) -> Contexts:
        from bwtop.demo.spec import cluster_names

        return Contexts(names=[DEMO + name for name in cluster_names()], current=self.start.context)

    async def request(self, place: Place) -> ConfigRequest:
        name = place.context.removeprefix(DEMO)
        if name not in self._kubeconfigs:
            self._kubeconfigs[name] = await asyncio.to_thread(self._stack.enter_context, demo_cluster(name))
        path = str(self._kubeconfigs[name])
        return replace(self._request, kubeconfig=path, context=None, cluster=None, user=None, server=None)


def places_of(target: Target, stack: contextlib.ExitStack) -> Places:
    """Those of the flags. Raises UsageError when there is no demo cluster of the name in them."""
    return DemoPlaces(target, stack) if target.demo else KubeconfigPlaces(target)
