"""11: the opening handshake. RFC 6455 §4.2, RFC 9112."""

import datetime
import time

from case import Lenient, Mismatch, expect, expect_handshake, numbered
from wire import Violation, accept_of, octets, text

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
DROPPED = "the connection was closed"


def answer(server, sent, chop=0, then=None):
    """The response, or DROPPED."""
    with server.raw() as peer:
        peer.send(sent, chop)
        if then:
            time.sleep(0.05)
            peer.send(then)
        try:
            response = peer.read_response()
        except (EOFError, ConnectionResetError):
            return DROPPED
        if response.status == 101:
            if response.header("Sec-WebSocket-Accept") != accept_of(KEY):
                raise Violation("RFC 6455 §4.2.2: wrong Sec-WebSocket-Accept")
            peer.send(text(b"after"))
            expect(peer, ("text", b"after"))
            expect_handshake(peer)
        return response


def changed(server, replace=None, drop=(), add=(), end="\r\n"):
    lines = []
    for line in server.request(key=KEY):
        name = line.split(":")[0]
        if name in drop:
            continue
        lines.append((replace or {}).get(name, line))
    first = (replace or {}).get("GET", lines[0]).replace("{path}", server.path)
    return octets([first, *lines[1:], *add], end)


def status_of(response):
    return response if response == DROPPED else f"status {response.status}"


def accepted(chop=0, may_refuse=False, **how):
    def body(server):
        response = answer(server, changed(server, **how), chop)
        if response != DROPPED and response.status == 101:
            for name in ("Upgrade", "Connection"):
                if not response.header(name):
                    raise Mismatch([name], ["no such header"])
            return
        if may_refuse:
            raise Lenient(f"refused: {status_of(response)}")
        raise Mismatch(["status 101"], [status_of(response)])
    return body


def rejected(*statuses, may_accept=False, headers=(), chop=0, **how):
    """One of `statuses` is the answer; another error, or none, is not against the RFC."""
    def body(server):
        judge(answer(server, changed(server, **how), chop))

    def judge(response):
        if response != DROPPED and response.status in statuses:
            for name, value in headers:
                if value not in (response.header(name) or ""):
                    raise Mismatch([f"{name}: {value}"], [str(response.header(name))])
            return
        if response != DROPPED and response.status == 101:
            if may_accept:
                raise Lenient("accepted")
            raise Mismatch([f"status {each}" for each in statuses], ["status 101"])
        if response != DROPPED and response.status < 400 and not may_accept:
            raise Mismatch([f"status {each}" for each in statuses], [status_of(response)])
        raise Lenient(f"expected status {'/'.join(map(str, statuses))}; got {status_of(response)}")
    body.judge = judge
    return body


def literal(sent, *statuses, may_accept=False):
    """Octets that are hardly a request."""
    judge = rejected(*statuses, may_accept=may_accept).judge
    return lambda server: judge(answer(server, sent))


def good():
    yield "a plain handshake", accepted()
    for chop in (1, 3, 50):
        yield f"a handshake in pieces of {chop} octets", accepted(chop=chop)
    yield "a list of connection tokens", accepted(replace={"Connection": "Connection: keep-alive, Upgrade"})
    yield "a list of connection tokens without spaces", accepted(
        replace={"Connection": "Connection: keep-alive,Upgrade"})
    yield "connection tokens in two headers", accepted(
        replace={"Connection": "Connection: keep-alive"}, add=["Connection: Upgrade"])
    yield "tokens in another case", accepted(
        replace={"Connection": "Connection: uPGRADE", "Upgrade": "Upgrade: WebSocket"})
    yield "header names in another case", accepted(
        replace={"Connection": "CONNECTION: Upgrade", "Upgrade": "upgrade: websocket",
                 "Sec-WebSocket-Version": "sec-websocket-version: 13",
                 "Sec-WebSocket-Key": f"SEC-WEBSOCKET-KEY: {KEY}"})
    yield "spaces and tabs around values", accepted(replace={"Upgrade": "Upgrade: \t websocket \t"})
    yield "no space behind the colon", accepted(replace={"Upgrade": "Upgrade:websocket"})
    yield "a list of protocols to upgrade to", accepted(replace={"Upgrade": "Upgrade: h2c, websocket"}, may_refuse=True)
    yield "headers in another order", lambda server: accepted()(Reversed(server))
    yield "headers that mean nothing here", accepted(
        add=["Cookie: a=b; c=d", "User-Agent: test", "X-Empty:", "Accept: */*"])
    yield "a header of 4 KiB", accepted(add=["Cookie: " + "c" * 4096])
    yield "thirty headers", accepted(add=[f"X-{i}: {i}" for i in range(30)])
    yield "an extension nobody knows is not agreed on", no_agreement("Sec-WebSocket-Extensions: x-unknown; a=1")
    yield "two extensions nobody knows, in two headers", no_agreement(
        "Sec-WebSocket-Extensions: x-unknown", 'Sec-WebSocket-Extensions: y-unknown; b="2"')
    yield "a query in the target", accepted(replace={"GET": "GET {path}?a=b&c=%20 HTTP/1.1"})
    yield "an absolute target", accepted(replace={"GET": "GET http://localhost{path} HTTP/1.1"}, may_refuse=True)
    yield "an empty line before the request", lambda server: literal_good(b"\r\n" + changed(server))(server)
    yield "HTTP/1.2 is a later 1.x", accepted(replace={"GET": "GET {path} HTTP/1.2"}, may_refuse=True)


class Reversed:
    """The server, asked with the headers the other way round."""

    def __init__(self, server):
        self.raw, self.path, self.request_of = server.raw, server.path, server.request

    def request(self, **how):
        first, *rest = self.request_of(**how)
        return [first, *reversed(rest)]


def literal_good(sent):
    def body(server):
        response = answer(server, sent)
        if response == DROPPED or response.status != 101:
            raise Lenient(f"refused: {status_of(response)}")
    return body


def no_agreement(*lines):
    def body(server):
        response = answer(server, changed(server, add=lines))
        if response == DROPPED or response.status != 101:
            raise Mismatch(["status 101"], [status_of(response)])
        if response.header("Sec-WebSocket-Extensions"):
            raise Mismatch(["no extension"], [response.header("Sec-WebSocket-Extensions")])
    return body


def subprotocol(server):
    """RFC 6455 §4.2.2: a server that does not choose one names none."""
    response = answer(server, changed(server, add=["Sec-WebSocket-Protocol: a-protocol, b-protocol"]))
    chosen = None if response == DROPPED else response.header("Sec-WebSocket-Protocol")
    if chosen not in (None, "a-protocol", "b-protocol"):
        raise Mismatch(["none of them, or one"], [chosen])


def wrong():
    upgrade = [("Sec-WebSocket-Version", "13")]
    yield "the method OPTIONS", rejected(204, 200, 405, 501, replace={"GET": "OPTIONS {path} HTTP/1.1"})
    for method in ("POST", "PUT", "HEAD", "DELETE", "get", "FOO"):
        yield f"the method {method}", rejected(405, 400, 501, 426, replace={"GET": method + " {path} HTTP/1.1"})
    for version in ("0", "7", "8", "12", "14", "255"):
        yield f"version {version}: 426 with the version spoken", rejected(
            426, headers=upgrade, may_accept=version == "8",
            replace={"Sec-WebSocket-Version": f"Sec-WebSocket-Version: {version}"})
    for version in ("", "x", "-13", "13, 8", "013", "256"):
        yield f"the version {version!r}", rejected(
            400, 426, may_accept=version == "013",
            replace={"Sec-WebSocket-Version": f"Sec-WebSocket-Version: {version}"})
    yield "no version", rejected(400, 426, drop=["Sec-WebSocket-Version"])
    yield "two versions", rejected(400, 426, add=["Sec-WebSocket-Version: 8"])
    yield "no key", rejected(400, drop=["Sec-WebSocket-Key"])
    yield "two keys", rejected(400, add=[f"Sec-WebSocket-Key: {KEY}"])
    keys = {"an empty key": "", "a key of 15 octets": "AAAAAAAAAAAAAAAAAAAA", "a key of 17 octets": "A" * 22 + "A=",
            "a key that is no base64": "!" * 22 + "==", "a key without padding": KEY[:22],
            "a key of 24 octets": "A" * 32}
    for name, key in keys.items():
        yield name, rejected(400, replace={"Sec-WebSocket-Key": f"Sec-WebSocket-Key: {key}"})
    yield "no Upgrade", rejected(426, 400, drop=["Upgrade"])
    yield "no Connection", rejected(426, 400, drop=["Connection"])
    yield "neither Upgrade nor Connection", rejected(426, 400, 404, drop=["Upgrade", "Connection"], may_accept=False)
    yield "another protocol in Upgrade", rejected(426, 400, replace={"Upgrade": "Upgrade: h2c"})
    yield "Upgrade: websockets", rejected(426, 400, replace={"Upgrade": "Upgrade: websockets"})
    yield "Connection without the token", rejected(426, 400, replace={"Connection": "Connection: keep-alive"})
    yield "Connection: NotUpgrade", rejected(426, 400, replace={"Connection": "Connection: NotUpgrade"})
    yield "a subprotocol that is no token", rejected(400, may_accept=True, add=["Sec-WebSocket-Protocol: a/b"])


def http():
    yield "HTTP/1.0", rejected(400, 426, 505, replace={"GET": "GET {path} HTTP/1.0"})
    yield "HTTP/2.0 in a request line", rejected(505, 400, replace={"GET": "GET {path} HTTP/2.0"})
    yield "no Host", rejected(400, drop=["Host"], may_accept=True)
    yield "two Hosts", rejected(400, add=["Host: other"], may_accept=True)
    yield "lines that end with LF alone", rejected(400, end="\n", may_accept=True)
    yield "a header without a colon", rejected(400, add=["no colon here"], may_accept=True)
    yield "a space before the colon", rejected(400, add=["X-Space : 1"], may_accept=True)
    yield "a folded header", rejected(400, add=["X-Folded: a", " b"], may_accept=True)
    yield "a NUL in a header", rejected(400, add=["X-Nul: a\0b"])
    yield "a request line without version", rejected(400, 505, replace={"GET": "GET {path}"})
    yield "a request line of one word", literal(b"GET\r\n\r\n", 400)
    yield "a target with a space", rejected(400, 404, 414, replace={"GET": "GET /a b HTTP/1.1"})
    yield "a target without its slash", rejected(400, 404, replace={"GET": "GET x HTTP/1.1"}, may_accept=True)
    yield "a request line of 64 KiB", rejected(
        414, 400, 431, 404, replace={"GET": "GET /" + "x" * 65536 + " HTTP/1.1"})
    yield "a header of 64 KiB", rejected(431, 400, 413, add=["X-Long: " + "x" * 65536], may_accept=True)
    yield "a header name of 64 KiB", rejected(431, 400, 413, add=["X" * 65536 + ": 1"], may_accept=True)
    yield "a thousand headers", rejected(431, 400, add=[f"X-{i}: {i}" for i in range(1000)], may_accept=True)
    yield "a body", rejected(400, 413, add=["Content-Length: 5"], may_accept=True)
    yield "a body in chunks", rejected(400, 413, 501, add=["Transfer-Encoding: chunked"], may_accept=True)
    yield "a body with two lengths", rejected(400, 413, add=["Content-Length: 5", "Content-Length: 6"], may_accept=True)
    yield "TLS instead of HTTP", literal(bytes.fromhex("16030100a5010000a10303") + b"\n" * 20, 400)
    yield "frames instead of a request", literal(text(b"Hello") + b"\r\n\r\n", 400)
    yield "HTTP/2 with prior knowledge", literal(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, 400)


def dated(server, sent, status):
    """RFC 9110 §6.6.1: responses have a Date in the form of RFC 5322; those of 1xx and 5xx may."""
    response = answer(server, sent)
    if response == DROPPED or response.status != status:
        raise Mismatch([f"status {status}"], [status_of(response)])
    date = response.header("Date") or ""
    if not date and status // 100 in (1, 5):
        raise Lenient("no Date")
    try:
        when = datetime.datetime.strptime(date, "%a, %d %b %Y %H:%M:%S GMT")
    except ValueError:
        raise Mismatch(["a Date"], [date]) from None
    off = abs(when - datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None))
    if off > datetime.timedelta(seconds=60):
        raise Mismatch(["the time now"], [date])


def options(target, needs):
    """RFC 9110 §9.3.7: what is allowed, and the connection stays."""
    def body(server):
        path = server.path if target is None else target
        with server.raw() as peer:
            for _ in range(2):
                peer.send(octets([f"OPTIONS {path} HTTP/1.1", "Host: localhost"]))
                response = peer.read_response()
                if response.status in (404, 405, 501):
                    raise Lenient(f"refused: {status_of(response)}")
                if response.status not in (200, 204):
                    raise Mismatch(["status 204"], [status_of(response)])
                allow = {each.strip() for each in (response.header("Allow") or "").split(",")}
                if not needs <= allow:
                    raise Mismatch([f"Allow: {', '.join(sorted(needs))}"], [str(response.header("Allow"))])
    return body


def methods():
    yield "OPTIONS of the resource", options(None, {"GET"})
    yield "OPTIONS of the server", options("*", {"GET"})
    known = [("Allow", "GET")]
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE"):
        yield f"{method}: 405 with what is allowed", rejected(
            405, headers=known, replace={"GET": method + " {path} HTTP/1.1"})
    for method in ("BREW", "get", "Options", "GETX"):
        yield f"{method}, which nobody knows: 501", rejected(501, replace={"GET": method + " {path} HTTP/1.1"})
    yield "CONNECT: no tunnels", literal(b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 501, 405)
    yield "GET *", literal(b"GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400)
    yield "an OPTIONS with a body is the last request", last_request
    yield "a 101 has a Date", lambda server: dated(server, changed(server), 101)
    yield "a 426 has a Date", lambda server: dated(server, changed(server, drop=["Upgrade"]), 426)
    yield "a 400 has a Date", lambda server: dated(server, b"GET\r\n\r\n", 400)
    yield "a 501 has a Date", lambda server: dated(server, changed(server, replace={"GET": "BREW / HTTP/1.1"}), 501)


def last_request(server):
    """RFC 9112 §9.3: where a body is not read, no request can be found behind it."""
    with server.raw() as peer:
        peer.send(octets([f"OPTIONS {server.path} HTTP/1.1", "Host: localhost", "Content-Length: 39"])
                  + b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n")
        response = peer.read_response()
        if "close" not in (response.header("Connection") or "").lower():
            raise Lenient("the body was read, or the connection stays")
        try:
            second = peer.read_response()
        except (EOFError, ConnectionResetError):
            return
        raise Mismatch(["the end of the stream"], [f"status {second.status}"])


def frames_behind(server):
    """RFC 6455 §4.1 has clients wait, but octets that are there already are not lost."""
    with server.raw() as peer:
        peer.send(changed(server) + text(b"early") + text(b"bird"))
        if peer.read_response().status != 101:
            raise Mismatch(["status 101"], [f"status {peer.response.status}"])
        expect(peer, ("text", b"early"), ("text", b"bird"))
        expect_handshake(peer)


def half_a_frame_behind(server):
    with server.raw() as peer:
        frame = text(b"early")
        peer.send(changed(server) + frame[:4])
        if peer.read_response().status != 101:
            raise Mismatch(["status 101"], [f"status {peer.response.status}"])
        peer.send(frame[4:])
        expect(peer, ("text", b"early"))
        expect_handshake(peer)


def cases():
    yield from numbered("11.1", *good(), ("subprotocols that are offered", subprotocol))
    yield from numbered("11.2", *wrong())
    yield from numbered("11.3", *http())
    yield from numbered("11.4", ("frames in one piece with the handshake come back", frames_behind),
                        ("half a frame in one piece with the handshake", half_a_frame_behind))
    yield from numbered("11.5", *methods())
