"""What servers wrote on a letter on its way: hops, who it was delivered to, and what ours found out about its sender.

Nothing here is believed yet. A header such as Authentication-Results can be written by anybody; what stands behind
it says which Received lines lie above it, and `vouched` believes only a server of ours (RFC 8601).
"""

from __future__ import annotations

import re

import msgspec

from amends.post.reader import addresses, fields

MOST = 200  # Received lines looked at
_BY = re.compile(r"\bby\s+([A-Za-z0-9._-]{1,253})", re.IGNORECASE)
_SERVER = re.compile(r"\s*([A-Za-z0-9._-]{1,253})(?:\s+\d+)?\s*;")
_DMARC = re.compile(r"\bdmarc\s*=\s*([a-z]{1,20})", re.IGNORECASE)
_POLICY = re.compile(r"\b(?:p|policy\.[a-z-]{1,30})\s*=\s*(reject|quarantine|none)", re.IGNORECASE)
_INSTANCE = re.compile(r"\bi\s*=\s*(\d{1,3})\b")
_DOMAIN = re.compile(r"\bd\s*=\s*([A-Za-z0-9._-]{1,253})")
_ARC = re.compile(r"\barc\s*=\s*pass\b", re.IGNORECASE)


class Vouch(msgspec.Struct, frozen=True):
    """One Authentication-Results field: the server that says so, what of DMARC, and the servers above it."""

    server: str
    dmarc: str = ""  # pass, fail, none, …
    policy: str = ""  # what the sender's domain asks for: reject, quarantine, none
    arc: bool = False
    above: tuple[str, ...] = ()  # the `by` of each Received line above the field


class Trace(msgspec.Struct, frozen=True):
    """The way of a letter, as its header tells it."""

    hops: int = 0
    desk: str = ""  # the mark of the desk that sent it, if one did
    return_path: str = ""  # the envelope's sender, where a mail server wrote it down
    delivered_to: tuple[str, ...] = ()
    vouches: tuple[Vouch, ...] = ()
    quiet: bool = False  # asks for no automatic answer
    language: str = ""  # of its words, as the writer's program says
    sealer: str = ""  # the domain whose ARC seal is the newest

    def vouched(self, servers: tuple[str, ...]) -> Vouch | None:
        """What one of these servers found out. Only lines of theirs may stand above it, for others can be forged."""
        for vouch in self.vouches:
            if _is_of(vouch.server, servers) and all(_is_of(host, servers) for host in vouch.above):
                return vouch
        return None


def read(raw: bytes, start: int, header: fields.Header) -> Trace:
    """The trace of the message whose header begins at `start`."""
    received = header.all("received")
    languages = header.first("content-language") or header.first("accept-language")
    return Trace(
        hops=len(received),
        desk=fields.clean(header.first("x-amends-desk"))[:40],
        return_path=_return_path(header),
        delivered_to=_delivered_to(header),
        vouches=_vouches(raw, start, len(received)) if "authentication-results" in header else (),
        quiet="x-auto-response-suppress" in header,
        language=_language(languages),
        sealer=_sealer(header),
    )


def _return_path(header: fields.Header) -> str:
    boxes = addresses.read_addresses(header.first("return-path")[:1000])
    return boxes[0].address if len(boxes) == 1 else ""


def _sealer(header: fields.Header) -> str:
    """Of the ARC-Seal with the highest instance."""
    newest, domain = 0, ""
    for value in header.all("arc-seal")[:MOST]:
        instance, by = _INSTANCE.search(value[:500]), _DOMAIN.search(value[:500])
        if instance and by and int(instance[1]) > newest:
            newest, domain = int(instance[1]), by[1].lower()
    return domain


def _delivered_to(header: fields.Header) -> tuple[str, ...]:
    names = ("delivered-to", "x-original-to", "envelope-to", "x-delivered-to")
    values = (value for name in names for value in header.all(name))
    boxes = (box.address for value in values for box in addresses.read_addresses(value[:1000]))
    return tuple(dict.fromkeys(address for address in boxes if address))


def _vouches(raw: bytes, start: int, received: int) -> tuple[Vouch, ...]:
    found: list[Vouch] = []
    above: list[str] = []
    for name, _, value_start, field_end in fields.fields_of(raw, start, len(raw))[0]:
        if name == "received":
            by = _BY.search(fields.unfolded(raw[value_start:field_end])[:2000])
            above.append(by[1].lower() if by else "")
        elif name == "authentication-results":
            value = fields.unfolded(raw[value_start:field_end])[:8000]
            server = _SERVER.match(value)
            if server:
                found.append(_vouch(server[1].lower(), value, tuple(above)))
        if len(above) > MOST or len(found) > MOST:
            break
    return tuple(found)


def _vouch(server: str, value: str, above: tuple[str, ...]) -> Vouch:
    dmarc = _DMARC.search(value)
    policy = _POLICY.search(value, dmarc.end() if dmarc else 0)
    return Vouch(
        server=server,
        dmarc=dmarc[1].lower() if dmarc else "",
        policy=policy[1].lower() if policy else "",
        arc=bool(_ARC.search(value)),
        above=above,
    )


def _is_of(host: str, servers: tuple[str, ...]) -> bool:
    return any(host == server or host.endswith("." + server) for server in servers)


def _language(value: str) -> str:
    """The first language tag, such as de or pt-BR; "" when there is none."""
    tag = re.match(r"\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2})", value)
    return tag[1] if tag else ""
