"""The demo's API server: every request, from its token to its answer."""

import asyncio
import gzip
import random
from typing import Any

import msgspec
from aiohttp import web

from bwtop.demo import discovery
from bwtop.demo.access import ADMIN, Access, Attributes
from bwtop.demo.columns import columns
from bwtop.demo.containers import check_exec, websocket_needs_create
from bwtop.demo.eras import era
from bwtop.demo.errors import StatusError, method_not_allowed, too_large_version, unauthorized
from bwtop.demo.exec import serve_exec
from bwtop.demo.faults import Faults, Mishap
from bwtop.demo.paging import Pages
from bwtop.demo.protobuf import MEDIA_TYPE, read_review
from bwtop.demo.requests import Query, Target, is_review, json_object, number, target, truth, verb
from bwtop.demo.selectors import Selector, field_selector, label_selector
from bwtop.demo.spec import CiliumSpec
from bwtop.demo.views import View, view
from bwtop.demo.watches import Ending, Watcher, Watches, WatchRequest
from bwtop.demo.world import World
from bwtop.demo.writing import Writer

GZIP_FROM = 128 * 1024
"""Bytes from which a list is compressed for clients that take it, as kube-apiserver does."""
LOGIN_PAGE = "<!doctype html><title>Sign in</title><form>please sign in</form>\n"
Body = dict[str, Any]


class ApiServer:
    def __init__(self, world: World, *, token: str) -> None:
        self._world, self._token = world, token
        self.watches = Watches()
        self.access = Access()
        self._pages = Pages()
        self.faults = Faults(world, self.watches, self._pages)
        self._writer = Writer(world)
        self._era = era(msgspec.convert(world.spec.cilium, CiliumSpec).version)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        try:
            mishap = await self.faults.meet(request.method, request.path)
            self._world.advance()
            if mishap is Mishap.LOGIN_PAGE:
                return web.Response(text=LOGIN_PAGE, content_type="text/html")
            answer = await self._answer(request, self._user(request))
            return await _cut(request, answer) if mishap is Mishap.CUT else answer
        except StatusError as error:
            return _refusal(error)

    def _user(self, request: web.Request) -> str:
        """Who asks: the token's user, or whom that user impersonates; raises StatusError 401."""
        given = request.headers.get("Authorization", "")
        if given != f"Bearer {self._token}" or self.faults.token_expired:
            raise unauthorized()
        return request.headers.get("Impersonate-User", ADMIN)

    async def _answer(self, request: web.Request, user: str) -> web.StreamResponse:
        found = discovery.answer(
            request.path, accept=request.headers.get("Accept", ""), version=self._world.spec.kubernetes
        )
        if found:
            return web.Response(
                body=msgspec.json.encode(found[0]), content_type=None, headers={"Content-Type": found[1]}
            )
        if is_review(request.path):
            return await self._review(request, user)
        asked = target(request.path)
        if asked is None:
            return web.Response(status=404, text="404 page not found\n")
        word = verb(request.method, request.query, named=bool(asked.name))
        self.access.check(asked.attributes(word, user))
        if asked.subresource == "exec":
            if "Upgrade" in request.headers and websocket_needs_create(self._world.spec.kubernetes):
                self.access.check(asked.attributes("create", user))
            check_exec(self._world, asked, request.query)
            return await serve_exec(self._world, request, asked)
        match word:
            case "watch":
                return await self._watch(request, asked)
            case "get":
                stored = self._world.store[asked.kind].get(_namespace(asked), asked.name)
                return _json(self._view(request, asked).one(stored))
            case "list":
                return await self._list(request, asked)
        return await self._write(request, asked, word)

    async def _review(self, request: web.Request, user: str) -> web.StreamResponse:
        if request.method != "POST":
            raise method_not_allowed()
        _, group, _, resource = request.path.strip("/").split("/")
        self.access.check(Attributes(user=user, verb="create", group=group, resource=resource))
        body = await request.read()
        asked = read_review(body) if request.content_type == MEDIA_TYPE else json_object(body)
        return _json(msgspec.json.encode(self.access.review(asked, user)), status=201)

    async def _list(self, request: web.Request, asked: Target) -> web.StreamResponse:
        query, limit = request.query, number(request.query, "limit")
        if token := query.get("continue", ""):
            items, metadata = self._pages.next(token, limit=limit)
        else:
            self._check_version(number(query, "resourceVersion"))
            selects, filtered = _selection(query, asked)
            found = [stored for stored in self._world.store[asked.kind].within(asked.namespace) if selects(stored)]
            items, metadata = self._pages.first(
                found, version=self._world.store.version, limit=0 if _from_cache(query) else limit, filtered=filtered
            )
        return await _json_maybe_zipped(request, self._view(request, asked).many(items, metadata))

    async def _watch(self, request: web.Request, asked: Target) -> web.StreamResponse:
        query, collection = request.query, self._world.store[asked.kind]
        version = number(query, "resourceVersion")
        self._check_version(version)
        initial = truth(query, "sendInitialEvents")
        selects, _ = _selection(query, asked)
        wanted = WatchRequest(
            path=request.path,
            namespace=_namespace(asked),
            selects=selects,
            since=None if initial or not version else version,
            bookmarks=truth(query, "allowWatchBookmarks"),
            initial_events_end=initial,
            timeout=number(query, "timeoutSeconds") or random.uniform(1800, 3600),
        )
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        watcher = Watcher(
            wanted,
            collection,
            self._view(request, asked),
            version=lambda: self._world.store.version,
            write=response.write,
        )
        with self.watches.open(collection, request.path) as queue:
            backlog = watcher.backlog()
            await response.prepare(request)
            if backlog:
                await response.write(backlog)
            ending = await watcher.follow(queue, bookmark_every=self.watches.bookmark_every)
        if ending in (Ending.CUT, Ending.TORN) and request.transport:
            request.transport.abort()
        elif ending is Ending.SILENT:
            await asyncio.Event().wait()  # until the client hangs up
        return response

    async def _write(self, request: web.Request, asked: Target, word: str) -> web.StreamResponse:
        body, query, agent = await request.read(), request.query, request.headers.get("User-Agent", "")
        asked = Target(kind=asked.kind, namespace=_namespace(asked), name=asked.name, subresource=asked.subresource)
        match word:
            case "create" if not asked.name:
                stored = self._writer.create(asked, body, query, user_agent=agent)
            case "patch" if asked.name:
                stored = self._writer.patch(asked, body, query, media=request.content_type, user_agent=agent)
            case "delete":
                stored = self._writer.delete(asked, body, query)
            case _:
                raise method_not_allowed()
        return _json(self._view(request, asked).one(stored), status=201 if word == "create" else 200)

    def _check_version(self, asked: int) -> None:
        if asked > self._world.store.version:
            raise too_large_version(asked=asked, current=self._world.store.version)

    def _view(self, request: web.Request, asked: Target) -> View:
        return view(
            asked.kind,
            accept=request.headers.get("Accept", ""),
            columns=columns(asked.kind, era=self._era),
            now=lambda: self._world.unix,
            include=request.query.get("includeObject", ""),
        )


def _namespace(asked: Target) -> str:
    return asked.namespace if asked.kind.namespaced else ""


def _from_cache(query: Query) -> bool:
    """A list at resourceVersion 0 comes whole from the watch cache: the limit does not count."""
    return query.get("resourceVersion") == "0"


def _selection(query: Query, asked: Target) -> tuple[Selector, bool]:
    """What the query selects, and whether that is less than everything."""
    labels, fields = query.get("labelSelector", ""), query.get("fieldSelector", "")
    if asked.name:
        fields = f"{fields},metadata.name={asked.name}".strip(",")
    by_label, by_field = label_selector(labels), field_selector(fields, asked.kind)
    return (lambda stored: by_label(stored) and by_field(stored)), bool(labels or fields)


def _json(body: bytes, *, status: int = 200) -> web.Response:
    return web.Response(body=body, status=status, content_type="application/json")


async def _json_maybe_zipped(request: web.Request, body: bytes) -> web.Response:
    if len(body) < GZIP_FROM or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return _json(body)
    response = _json(await asyncio.to_thread(gzip.compress, body, 1))
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    return response


async def _cut(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    """The first half of the body, then the end of the connection."""
    if not isinstance(answer, web.Response) or not isinstance(answer.body, bytes):
        return answer
    half = web.StreamResponse(status=answer.status, headers=answer.headers)
    half.content_length = len(answer.body)
    await half.prepare(request)
    await half.write(answer.body[: len(answer.body) // 2])
    if request.transport:
        request.transport.abort()
    return half


def _refusal(error: StatusError) -> web.Response:
    response = _json(error.body(), status=error.code)
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response
