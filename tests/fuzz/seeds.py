#!/usr/bin/env python3
"""Writes the seeds below tests/fuzz/corpus: small inputs, each of which reaches something the others do not."""

import hashlib
import pathlib
import re
import sys
import zlib

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "conformance"))

from wire import BINARY, CLOSE, CONTINUATION, PONG, accept_of, close, fragments, frame, header, ping, request, text, TEXT  # noqa: E402

KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def cut(octets, flags=0, cuts=(0, 4, 1)):
    """As input::pieces reads it, behind a byte of flags."""
    return bytes([flags, len(cuts), *cuts]) + octets


def heads():
    good = request("/a/b?c=%20d", "localhost", KEY)

    def head(*lines):
        return cut("\r\n".join([*lines, "", ""]).encode(), cuts=(6, 0, 30))

    yield "handshake", head(*good)
    yield "offers", head(*good, "Sec-WebSocket-Protocol: a, b", "Sec-WebSocket-Extensions: permessage-deflate; x=\"1\"")
    yield "version", head(*good[:-1], "Sec-WebSocket-Version: 8")
    yield "plain", head("GET http://h:80/%41%zz HTTP/1.0", "Connection: keep-alive")
    yield "pipelined", head("GET / HTTP/1.1", "Host: h", "", "POST /x HTTP/1.1", "Host: h", "Content-Length: 3", "")
    yield "chunked", head("OPTIONS * HTTP/1.1", "Host: [::1]", "Transfer-Encoding: chunked")
    yield "conditional", head("GET / HTTP/1.1", "Host: h", 'If-None-Match: W/"a", "b"', 'If-Match: *',
                              "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT",
                              "If-Unmodified-Since: Sunday, 06-Nov-94 08:49:37 GMT", "Date: Sun Nov  6 08:49:37 1994")
    yield "folded", head("GET / HTTP/1.1", "Host: h", " folded")
    yield "long", cut(b"GET /" + b"x" * 250, flags=1)
    yield "many", cut(("GET / HTTP/1.1\r\n" + "A: b\r\n" * 10).encode(), flags=1)


def bodies():
    yield "sized", cut(b"x" * 200 + b"GET / HTTP/1.1\r\n", flags=1)
    yield "chunked", cut(b"5;a=\"b\"\r\nhello\r\n00A\r\n0123456789\r\n0\r\nA: b\r\n\r\nGET")
    yield "too_large", cut(b"64\r\n" + b"x" * 100 + b"\r\nffffffffffffffff\r\n")
    yield "bare_lf", cut(b"1\nx\r\n0\r\n\r\n")
    yield "lying", cut(b"3\r\nhello\r\n0\r\n\r\n")
    yield "folded", cut(b"0\r\nA: b\r\n c\r\n\r\n")
    yield "form", cut(b"a=1&u[n]=%F0%9D%84%9E&l[]=x+y&l[][m]=&=%ff")
    yield "cookies", cut(b"b=1; a=\"x\" ;a=2")


def frames():
    words = "κόσμε 𝄞".encode()
    yield "messages", cut(text(words) + frame(BINARY, b"\xff\x00") + text(b""))
    yield "fragments", cut(b"".join(fragments(TEXT, [words[:3], b"", words[3:]])) + ping(b"?"))
    yield "between", cut(text(b"a", fin=0) + ping(b"b") + frame(PONG) + frame(CONTINUATION, b"c"))
    yield "lengths", cut(frame(BINARY, b"x" * 126) + frame(BINARY, b"y" * 300))
    yield "huge", cut(header(BINARY, 1 << 62))
    yield "long_form", cut(text(b"x", width=8))
    yield "closes", cut(close(1000, words) + close(None) + text(b"after"))
    yield "bad_close", cut(frame(CLOSE, b"\x03\xed why"))
    yield "bad_text", cut(text(b"good") + text(b"\xed\xa0\x80"))
    yield "client", cut(text(b"server", key=None) + frame(CLOSE, b"\x03\xe8", key=None), flags=1)
    yield "limits", cut(b"".join(fragments(BINARY, [b"x" * 60] * 4)), flags=2)
    yield "marked", cut(text(b"marked", rsv=4))
    yield "trusted", cut(text(b"\xff"), flags=4)


def compressed():
    hello = bytes.fromhex("f248cdc9c90700")
    yield "hello", cut(hello, flags=0)
    yield "fixed_final", cut(bytes.fromhex("f348cdc9c9070000"), flags=0)
    yield "stored", cut(b"\x00\x05\x00\xfa\xffHello\x00", flags=1)
    yield "two_blocks", cut(bytes.fromhex("f24805000000ffffcac9c90700"), flags=0)
    yield "dynamic", cut(zlib_of(bytes(range(256)) * 4 + b"to be or not to be " * 40), flags=1)
    yield "zeros", cut(zlib_of(bytes(30_000)), flags=5)
    yield "reserved_block", cut(b"\x07", flags=0)
    yield "far_distance", cut(bytes.fromhex("4b04120000"), flags=2)


def offers():
    yield "plain", b"\0permessage-deflate"
    yield "all", (b"\0permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                  b"server_max_window_bits=10; client_max_window_bits")
    yield "list", b"\1x-other; a=1, permessage-deflate; client_max_window_bits=\"12\", permessage-deflate"
    yield "bad", b"\2permessage-deflate; server_max_window_bits=7, permessage-deflate; =;, \"\\\""


def answers():
    good = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Accept: {accept_of(KEY)}"]

    def answer(*lines, behind=b"", flags=0):
        return cut("\r\n".join([*lines, "", ""]).encode() + behind, flags=flags, cuts=(9, 0, 40))

    yield "switched", answer(*good, behind=text(b"at once", key=None))
    yield "agreed", answer(*good, "Sec-WebSocket-Protocol: talk", "Sec-WebSocket-Extensions: permessage-deflate; x=1")
    yield "not_offered", answer(*good, "Sec-WebSocket-Protocol: other", "Sec-WebSocket-Extensions: x-other, \"\"")
    yield "wrong_accept", answer(*good[:3], "Sec-WebSocket-Accept: dGhlIHNhbXBsZSBub25jZQ==")
    yield "early_hints", answer("HTTP/1.1 103 Early Hints", "Link: </a>", "", *good)
    yield "refused", answer("HTTP/1.1 503", "Retry-After: 5", behind=b"later")
    yield "old", answer("HTTP/1.0 200 OK")
    yield "folded", answer(good[0], "A: b", " folded")
    yield "long", answer(*good, "X: " + "x" * 128, flags=1)


def urls():
    yield "plain", b"ws://localhost/a/b?c=%20d"
    yield "secure", b"WSS://example.org:8443"
    yield "standard_port", b"wss://example.org:443?q"
    yield "literal", b"ws://[2001:db8::1]:80/"
    yield "fragment", b"ws://h/#f"
    yield "user", b"ws://u:p@h/"
    yield "port", b"ws://h:65536/"


def proxied():
    signature, tcp4, tcp6 = b"\r\n\r\n\0\r\nQUIT\n", bytes([192, 0, 2, 1, 10, 0, 0, 1]), bytes(15) + b"\1"

    def second(command, family, body, flags=0):
        return cut(signature + bytes([command, family]) + len(body).to_bytes(2, "big") + body + b"GET", flags)

    yield "line_4", cut(b"PROXY TCP4 192.0.2.1 10.0.0.1 51234 443\r\nGET")
    yield "line_6", cut(b"PROXY TCP6 2001:db8::1 ::1 51234 443\r\n")
    yield "unknown", cut(b"PROXY UNKNOWN whatever\r\n")
    yield "too_long", cut(b"PROXY UNKNOWN " + b"x" * 100)
    yield "bad_line", cut(b"PROXY TCP4 192.0.2.01 10.0.0.1 0 65536\r\n")
    yield "tcp_4", second(0x21, 0x11, tcp4 + b"\xc8\x22\x01\xbb")
    yield "tcp_6", second(0x21, 0x21, tcp6 * 2 + b"\xc8\x22\x01\xbb" + b"\x03\0\x04abcd")
    yield "unix", second(0x21, 0x31, bytes(216), flags=1)
    yield "health", second(0x20, 0, b"")
    yield "too_big", second(0x21, 0x11, bytes(300), flags=1)
    yield "not_proxied", cut(b"GET / HTTP/1.1\r\n")


def zlib_of(octets):
    out = zlib.compressobj(9, zlib.DEFLATED, -15)
    return (out.compress(octets) + out.flush(zlib.Z_SYNC_FLUSH))[:-4]


def connections():
    def raw(octets):
        return bytes([0, len(octets)]) + octets
    start, ten_steps, minute, talk = bytes(3), bytes([11, 10]), bytes([6, 0xEA, 0x60]), raw(text(b"Hello"))
    yield "echo", start + talk + ten_steps + raw(ping(b"?")) + ten_steps + raw(close(1000))
    yield "fragments", start + b"".join(map(raw, fragments(TEXT, [b"a", b"b"]))) + minute
    yield "broken", start + talk + raw(text(b"\xff")) + talk
    hello = frame(TEXT, bytes.fromhex("f248cdc9c90700"), rsv=4)
    yield "compressed", bytes([0, 8, 0]) + raw(hello) + ten_steps + raw(hello) + raw(close(1000))
    yield "badly_compressed", bytes([0, 8, 0]) + raw(hello) + raw(frame(TEXT, b"\x07", rsv=4))
    yield "half", start + raw(text(b"half")[:4]) + minute
    yield "info", start + bytes([10, 1, 4, 9]) + ten_steps + bytes([10, 7, 4, 9])
    yield "exits", start + talk + bytes([5, 1]) + ten_steps + talk
    yield "killed", start + bytes([5, 2])
    yield "trapped", bytes([0, 1, 0]) + bytes([5, 3]) + ten_steps + bytes([10, 3, 4, 0])
    yield "stop_in_init", bytes([0, 0, 3]) + raw(close(1000))
    yield "raise_in_init", bytes([0, 0, 7])
    yield "full", bytes([0, 4, 0]) + bytes([8, 5]) + bytes([10, 9]) + talk + ten_steps + bytes([9, 0xFF, 0xFF]) + minute
    yield "stop_with_detail", start + bytes([10, 4]) + talk + ten_steps + raw(close(4000))
    yield "bad_detail", start + bytes([10, 5]) + talk
    yield "bad_text", start + bytes([10, 6]) + talk
    yield "by_itself", start + bytes([10, 10]) + talk
    yield "gone", start + talk + bytes([7])
    yield "silent_peer", start + bytes([8, 0]) + talk + minute + minute


def packets():
    """What a real Erlang node sent, as a stream: tests/distribution/wire/record_packets.py."""
    def octets(line):
        run = re.sub(r"\[(..)\*(\d+)\]", lambda found: found[1] * min(int(found[2]), 40), line)
        return bytes.fromhex(run)

    def stream(lines):
        return b"".join(len(each).to_bytes(4, "big") + each for each in map(octets, lines))

    recording = (HERE.parent / "distribution/wire/captured_packets.txt").read_text()
    for part in recording.split("\n= ")[1:]:
        head, *lines = part.strip().splitlines()
        yield re.sub("[^a-z0-9]+", "_", head.split(":")[0]), cut(stream(lines))
    yield "ticks", cut(bytes(8) + stream(["8344006801610a"]) + bytes(4))
    yield "too_long", cut(b"\xff\xff\xff\xff")


def handshakes():
    """What the peer of a handshake says, whose own challenge is 12345 and whose cookie is secret."""
    flags, name = 0xD07DF7FBD, b"\0\x06a@host"  # of OTP 25

    def said(*messages):
        return b"".join(len(each).to_bytes(2, "big") + each for each in messages)

    def digest(challenge):
        return hashlib.md5(b"secret" + str(challenge).encode()).digest()

    challenge = b"N" + flags.to_bytes(8, "big") + (7).to_bytes(4, "big") + bytes(4) + name
    ack = b"a" + digest(12345)
    yield "connects", cut(said(b"sok", challenge, ack) + b"behind")
    yield "connects_at_once", cut(said(b"sok_simultaneous", challenge, ack), cuts=(0,))
    yield "connects_alive", cut(said(b"salive", challenge, ack))
    yield "connects_alive_unwanted", cut(said(b"salive"), flags=1)
    yield "connects_renamed", cut(said(b"snamed:" + name + bytes(4), challenge, ack))
    yield "connects_refused", cut(said(b"snot_allowed"))
    yield "connects_second", cut(said(b"snok"))
    yield "connects_other_cookie", cut(said(b"sok", challenge, b"a" + digest(1)))

    named = b"N" + flags.to_bytes(8, "big") + bytes(4) + name
    reply = b"r" + (7).to_bytes(4, "big") + digest(12345)
    yield "accepts", cut(said(named, reply) + b"behind", flags=10)
    yield "accepts_at_once", cut(said(named, reply), flags=11, cuts=(0,))
    yield "accepts_second", cut(said(named), flags=12)
    yield "accepts_refused", cut(said(named), flags=13)
    yield "accepts_alive", cut(said(named, b"strue", reply), flags=9)
    yield "accepts_alive_not_replaced", cut(said(named, b"sfalse"), flags=9)
    old = b"n\0\x05" + (flags & 0xFFFFFFFF).to_bytes(4, "big") + b"a@host"
    yield "accepts_old_name", cut(said(old, b"c" + (flags >> 32).to_bytes(4, "big") + bytes(4), reply), flags=10)
    yield "accepts_without_flags", cut(said(b"N" + bytes(12) + name, reply), flags=10)
    yield "accepts_other_cookie", cut(said(named, reply[:5] + digest(1)), flags=10)
    yield "accepts_no_node", cut(b"GET / HTTP/1.1\r\n\r\n", flags=10)


def epmds():
    def request(octets, cuts=(0, 4, 1)):
        return cut(len(octets).to_bytes(2, "big") + octets, cuts=cuts)[1:]

    alive = b"x\x10\x92M\0\0\x06\0\x05\0\x04chat\0\x02ab"
    yield "alive", request(alive, cuts=(99,))
    yield "alive_here", cut(alive, cuts=(99,))[1:]  # without the length, as the reader of requests has it
    yield "alive_twice", cut((b"\0\x13" + alive) * 2, cuts=(20,))[1:]
    yield "port", request(b"zchat")
    yield "port_here", cut(b"zchat", cuts=(99,))[1:]
    yield "names", request(b"n")
    yield "kill", request(b"k")
    yield "stop", request(b"schat")
    yield "answer_alive", cut(b"y\0\0\x07", cuts=(1,))[1:]
    yield "answer_alive_wide", cut(b"v\0\0\0\0\x07", cuts=(99,))[1:]
    yield "answer_taken", cut(b"v\x01\0\0\0\x63", cuts=(99,))[1:]
    yield "answer_port", cut(b"w\0" + alive[1:], cuts=(3,))[1:]
    yield "answer_no_port", cut(b"w\x01", cuts=(0,))[1:]
    yield "answer_names", cut(b"\0\0\x11\x11name chat at port 4242\nname b at port x\n", cuts=(9,))[1:]


def terms():
    a, pid = b"w\x01a", b"Xw\x01a" + bytes(11) + b"\x01"
    head = b"\x01" + bytes(16) + b"\0\0\0\x06\0\0\0\x01"
    function = head + a + b"a\x06a\x07" + pid + b"j"
    yield "numbers", b"\0h\x05a\xffb\xff\xff\xff\xffn\x09\0" + bytes(8) + b"\x01F?\xf8" + bytes(6) + \
        b"c" + b"1.5e+00".ljust(31, b"\0")
    yield "big", b"\0o\0\0\0\x09\x01" + bytes(8) + b"\x01"
    yield "atoms", b"\0h\x04w\x02ok" + b"v\0\x02ok" + b"s\x01\xe9" + b"d\0\x01\xe9"
    yield "cached", b"\x01h\x03R\0R\x01XR\x01" + bytes(12)
    yield "identifiers", b"\0h\x07" + pid + b"g" + a + bytes(9) + b"Z\0\x02" + a + bytes(12) + b"r\0\x01" + a + bytes(5) + \
        b"e" + a + bytes(5) + b"x" + a + bytes(12) + b"f" + a + bytes(5)
    yield "lists", b"\0l\0\0\0\x03jk\0\x02hil\0\0\0\x01a\x05a\x06l\0\0\0\x01jk\0\x01x"
    yield "binaries", b"\0h\x02m\0\0\0\x02hiM\0\0\0\x02\x03\x01\xbf"
    yield "maps", b"\0t\0\0\0\x02" + b"w\x01b" + b"t\0\0\0\0" + a + b"i\0\0\0\x01j"
    yield "export", b"\x01qR\0w\x01ba\x02"
    yield "function", b"\0p" + (len(function) + 4).to_bytes(4, "big") + function
    yield "function_cached", b"\x01p" + (len(function) + 4).to_bytes(4, "big") + function
    yield "local", b"\0y\1\2\3\4x"
    yield "compressed", b"\0P\0\0\0\x02" + zlib.compress(b"a\1")
    yield "deep", b"\x02" + b"h\x01" * 6 + b"j"


def envelopes():
    yield "join", b'["1","1","room:a","phx_join",{"a":[1,{"b":null}]}]'
    yield "odd", b' [ {"a":1} ,[1], 5,null,"s",true] '
    yield "escapes", '["\\u00e4\\ud83d\\ude00","\\"","t\\\\","ä",1.5e3]'.encode()
    yield "numbers", b'[-0,1e400,"t","e",12345678901234567890]'
    yield "object", b'{"topic":"t","event":"e","payload":{},"ref":"1","join_ref":2}'
    yield "binary", b"\0\x01\x02\x03\x01" + b"112topedata"
    yield "binary_empty", bytes(5)
    yield "binary_utf8", b"\0\x00\x02\x06\x03" + "ärööm€".encode()
    yield "reply", b"\x01\x01\x01\x01\x02" + b"12tok"
    yield "heartbeat", b'[null,"7","phoenix","heartbeat",{}]'
    yield "recover", b'["1","1","t","phx_join",{"recover":{"epoch":"x","offset":41} }]'
    yield "object_escapes", b'{"t\\u006fpic":null,"event":"\\ud83d\\ude00","payload":[],"ref":{"a":[1e2]},"ref":[0.5],"x":""}'
    yield "more", b'["1","2","t","e",true,{"more":[null]},-0.0]'
    yield "nested", b'[[],{},[[[{"a":[{}]}]]],false,"' + b"x" * 300 + b'"]'
    yield "deepest", b'[1,2,"t","e",' + b"[" * 512 + b"]" * 512 + b"]"
    yield "too_deep", b'[1,2,"t","e",' + b"[" * 513 + b"]" * 513 + b"]"
    yield "wrong", b'["1","2","t","e",{"a":01,}]'
    yield "base64", b"AAECAwQ_-w=="


def messages():
    """Messages of processes, as they are after the version octet."""
    def atom(name):
        return b"w" + bytes([len(name)]) + name.encode()

    def binary(text):
        return b"m" + len(text).to_bytes(4, "big") + text.encode()

    def tupled(*fields):
        return b"h" + bytes([len(fields)]) + b"".join(fields)

    def listed(*elements):
        return b"l" + len(elements).to_bytes(4, "big") + b"".join(elements) + b"j" if elements else b"j"

    pid = b"X" + atom("b@host") + bytes(11) + b"\x01"
    ref = b"Z\0\x03" + atom("b@host") + bytes(15) + b"\x07"
    alias = b"l\0\0\0\x01" + atom("alias") + ref
    said = tupled(atom("said"), binary("ada"), listed(b"a\x01", b"b\0\0\x10\0"), atom("glad"))
    yield "said", said
    yield "said_shorter", tupled(atom("said"), binary(""), b"k\0\x02hi")
    yield "said_longer", tupled(atom("said"), binary("a"), b"j", atom("undefined"), b"a\x01")
    yield "saids", listed(said, said)
    yield "wrapped", tupled(atom("wrapped"), said, b"t\0\0\0\x01" + binary("a") + b"F?\xf8" + bytes(6))
    yield "stop", atom("stop")
    yield "true", atom("true")
    yield "number", b"n\x08\0" + b"\xff" * 8
    yield "text", binary("text")
    yield "pair", tupled(b"a\x05", binary("text"))
    yield "three", tupled(atom("a"), pid, b"a\x05")
    yield "call", tupled(atom("$gen_call"), tupled(pid, alias), said)
    yield "call_old", tupled(atom("$gen_call"), tupled(pid, ref), b"a\x01")
    yield "cast", tupled(atom("$gen_cast"), said)
    yield "reply", tupled(alias, b"a\x01")
    yield "reply_old", tupled(ref, binary("done"))
    yield "reason", tupled(binary("it broke"), b"j")
    yield "shutdown", tupled(atom("shutdown"), b"a\x03")
    yield "share", atom("share")
    yield "publication", tupled(binary("lobby"), said)
    yield "discover", tupled(atom("discover"), pid)
    yield "sync", tupled(atom("$gen_cast"), tupled(atom("sync"), pid, listed(tupled(atom("g"), listed(pid, pid)))))
    yield "sync_inside", tupled(atom("sync"), pid, listed(tupled(atom("g"), listed(pid))))
    yield "join", tupled(atom("join"), pid, atom("g"), pid)
    yield "leave", tupled(atom("leave"), pid, listed(pid, pid), listed(atom("g"), binary("h")))


def redis_envelopes():
    def binary(text):
        return b"m" + len(text).to_bytes(4, "big") + text

    head = b"\x83h\x06w\x07websocka\x01" + binary(b"ada") + b"n\x06\0" + bytes(range(1, 7)) + b"a\x07"
    yield "beat", head + b"w\x04beat"
    yield "leave", head + b"w\x05leave"
    yield "publish", head + b"h\x04w\x07publish" + binary(b"") + binary(b"news") + b"h\x02" + binary(b"hello") + b"a\x07"
    yield "replies", b"+OK\r\n-ERR no\r\n:-7\r\n$-1\r\n$2\r\nab\r\n*3\r\n$7\r\nmessage\r\n*1\r\n:1\r\n*0\r\n"


def tokens():
    def claim(octets, now=1_700_000_000, at=3):
        return (now * 10**9).to_bytes(8, "big") + at.to_bytes(2, "big") + octets

    when = b"n\x06\0" + (1_700_000_000_000).to_bytes(6, "little")
    ada = b"m\0\0\0\x03ada"
    yield "day", claim(b"\x83h\x03" + ada + when + b"b\0\x01\x51\x80")
    yield "late", claim(b"\x83h\x03" + ada + when + b"a\x07", now=1_700_000_060)
    yield "forever", claim(b"\x83h\x03t\0\0\0\x01w\x02ida\x07" + when + b"w\x08infinity", now=9_000_000_000)
    yield "of_two", claim(b"\x83h\x02a\x07" + when, now=0)
    yield "far", claim(b"\x83h\x03j" + b"n\x08\x01" + b"\xff" * 7 + b"\x7f" + b"n\x08\0" + b"\xff" * 7 + b"\x7f")
    yield "never", claim(b"\x83h\x03j" + when + b"b\xff\xff\xff\xff")
    yield "wrong", claim(b"\x83l\0\0\0\x01w\x05wrongj")


SEEDS = {"request_head": heads, "request_body": bodies, "frames": frames, "deflate": compressed, "deflate_offers": offers,
         "connection": connections, "response_head": answers, "url": urls, "proxy_header": proxied, "etf": terms,
         "dist_packet": packets, "dist_handshake": handshakes, "epmd": epmds, "dist_terms": messages,
         "envelope": envelopes, "redis_envelope": redis_envelopes, "phoenix_token": tokens}


def main():
    for target, seeds in SEEDS.items():
        folder = HERE / "corpus" / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, octets in seeds():
            (folder / name).write_bytes(octets)


if __name__ == "__main__":
    main()
