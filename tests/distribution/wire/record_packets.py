#!/usr/bin/env python3
"""Records what a real Erlang node sends to another node, expression by expression.

usage: record_packets.py > captured_packets.txt

Each expression runs in an erl of its own, which connects to a node that this program plays: it has an epmd
of its own on a free port, does the handshake (version 6), answers what a recording asks for, and writes down
the packets without their lengths, in hexadecimal. A run of one octet is written as [octet*count].
"""

import hashlib
import itertools
import os
import socket
import struct
import subprocess
import threading

NAME, PEER, COOKIE = b"cxx@127.0.0.1", b"erl@127.0.0.1", "recorded"
CREATION, PEER_CREATION = 7, 9

MANDATORY = (0x4 | 0x8 | 0x10 | 0x20 | 0x80 | 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x20000 | 0x40000
             | 0x1000000 | 0x2000000 | 1 << 34 | 1 << 36)
ATOM_CACHE, SEND_SENDER, EXIT_PAYLOAD, FRAGMENTS = 0x2000, 0x80000, 0x400000, 0x800000
SPAWN, ALIAS, SEQ_TRACE = 1 << 32, 1 << 35, 0x100000
ALL = MANDATORY | ATOM_CACHE | SEND_SENDER | EXIT_PAYLOAD | FRAGMENTS | SPAWN | ALIAS | SEQ_TRACE

PRELUDE = f"""
Pid = binary_to_term(<<131,88,119,{len(NAME)},"{NAME.decode()}",17:32,0:32,{CREATION}:32>>),
Alias = binary_to_term(<<131,90,3:16,119,{len(NAME)},"{NAME.decode()}",{CREATION}:32,1:32,2:32,3:32>>),
Node = '{NAME.decode()}',
Trace = fun() -> seq_trace:set_token(label, 5), seq_trace:set_token(send, true) end,
register(observed, self()),
"""
TRACED = "Trace(), "

# Name, flags, expression, and what the node does with the first packet.
RECORDINGS = [
    ("send", ALL - SEND_SENDER, "Pid ! hello", None),
    ("send_sender", ALL, "Pid ! {hello, \"text\", <<1,2>>, 1.5}", None),
    ("reg_send", ALL, "{directory, Node} ! {hello, self()}", None),
    ("alias_send", ALL, "Alias ! hello", None),
    ("link, then unlink", ALL, "link(Pid), unlink(Pid)", None),
    ("exit", ALL, "spawn(fun() -> link(Pid), exit({because, 1}) end)", None),
    ("exit, reason inside", ALL - EXIT_PAYLOAD, "spawn(fun() -> link(Pid), exit({because, 1}) end)", None),
    ("exit2", ALL, "exit(Pid, {because, 1})", None),
    ("exit2, reason inside", ALL - EXIT_PAYLOAD, "exit(Pid, {because, 1})", None),
    ("monitor, then demonitor", ALL, "demonitor(monitor(process, Pid))", None),
    ("monitor by name, then demonitor", ALL, "demonitor(monitor(process, {directory, Node}))", None),
    ("monitor_exit", ALL, "{directory, Node} ! self(), receive stop -> exit({because, 1}) end", "monitor"),
    ("monitor_exit by name, reason inside", ALL - EXIT_PAYLOAD,
     "{directory, Node} ! self(), receive stop -> exit({because, 1}) end", "monitor_name"),
    ("unlink_id_ack", ALL, "{directory, Node} ! self(), receive stop -> ok end", "unlink"),
    ("group_leader", ALL, "group_leader(self(), Pid)", None),
    ("spawn_request", ALL, "spawn_request(Node, lists, seq, [1, 3], [monitor, link])", None),
    ("spawn_reply", ALL, "{directory, Node} ! self(), receive stop -> ok end", "spawn"),
    ("spawn_reply, refused", ALL, "{directory, Node} ! self(), receive stop -> ok end", "bad_spawn"),
    ("send, traced", ALL - SEND_SENDER, TRACED + "Pid ! hello", None),
    ("send_sender, traced", ALL, TRACED + "Pid ! hello", None),
    ("reg_send, traced", ALL, TRACED + "{directory, Node} ! hello", None),
    ("alias_send, traced", ALL, TRACED + "Alias ! hello", None),
    ("exit, traced", ALL, "spawn(fun() -> link(Pid), Trace(), exit(because) end)", None),
    ("exit, traced, reason inside", ALL - EXIT_PAYLOAD,
     "spawn(fun() -> link(Pid), Trace(), exit(because) end)", None),
    ("exit2, traced", ALL, TRACED + "exit(Pid, because)", None),
    ("exit2, traced, reason inside", ALL - EXIT_PAYLOAD, TRACED + "exit(Pid, because)", None),
    ("spawn_request, traced", ALL, TRACED + "spawn_request(Node, lists, seq, [1, 3], [])", None),
    ("atoms again", ALL, "[{directory, Node} ! {hello, N} || N <- [one, two, one]]", None),
    ("a long atom", ALL, "{directory, Node} ! list_to_atom(lists:duplicate(255, 16#10348))", None),
    ("pass-through", MANDATORY, "{directory, Node} ! {hello, self()}, link(Pid), exit(Pid, because)", None),
    ("fragments", ALL, "Pid ! {large, binary:copy(<<\"x\">>, 150000)}", None),
]


def exactly(sock, count):
    octets = b""
    while len(octets) < count:
        more = sock.recv(count - len(octets))
        if not more:
            raise EOFError
        octets += more
    return octets


def packet(sock, width):
    return exactly(sock, int.from_bytes(exactly(sock, width), "big"))


def send(sock, width, octets):
    sock.sendall(len(octets).to_bytes(width, "big") + octets)


def listener():
    return socket.create_server(("127.0.0.1", 0))


def epmd(server, node_port):
    """Registers whoever asks, and knows one node."""
    keep = []
    while True:
        try:
            sock, _ = server.accept()
        except OSError:
            return
        request = packet(sock, 2)
        if request[0] == 120:  # ALIVE2_REQ: registered while the connection lasts
            sock.sendall(struct.pack(">BBI", 118, 0, PEER_CREATION))
            keep.append(sock)
        else:  # PORT_PLEASE2_REQ
            alive = NAME.split(b"@")[0]
            sock.sendall(struct.pack(">BBHBBHHH", 119, 0, node_port, 72, 0, 6, 5, len(alive)) + alive + b"\0\0")
            sock.close()


def digest(challenge):
    return hashlib.md5((COOKIE + str(challenge)).encode()).digest()


def shake_hands(sock, flags):
    packet(sock, 2)
    send(sock, 2, b"sok")
    send(sock, 2, struct.pack(">cQIIH", b"N", flags, 1, CREATION, len(NAME)) + NAME)
    reply = packet(sock, 2)
    send(sock, 2, b"a" + digest(int.from_bytes(reply[1:5], "big")))


def atom(name):
    return b"w" + bytes([len(name)]) + name


def answer(kind, first):
    """The packets that the node sends once it has a packet whose payload is the process's pid."""
    header, pid, ours = b"\x83D\0", b"X" + atom(PEER) + first[-12:], b"X" + atom(NAME) + struct.pack(
        ">III", 17, 0, CREATION)
    ref = b"Z\0\3" + atom(NAME) + struct.pack(">IIII", CREATION, 1, 2, 3)
    stop = header + b"h\3a\x16" + ours + pid + atom(b"stop")

    def spawning(option):
        mfa = b"h\3" + atom(b"lists") + atom(b"seq") + b"a\2"
        return (header + b"h\6a\x1d" + ref + ours + ours + mfa + option + b"l\0\0\0\2a\1a\3j")

    return {
        "monitor": [header + b"h\4a\x13" + ours + pid + ref, stop],
        "monitor_name": [header + b"h\4a\x13" + ours + atom(b"observed") + ref, stop],
        "unlink": [header + b"h\3a\1" + ours + pid, header + b"h\4a\x23b\x12\x34\x56\x78" + ours + pid, stop],
        "spawn": [spawning(b"j"), stop],
        "bad_spawn": [spawning(b"l\0\0\0\1" + atom(b"nonsense") + b"j"), stop],
    }[kind]


def converse(server, flags, kind, packets):
    sock, _ = server.accept()
    shake_hands(sock, flags)
    try:
        while True:
            octets = packet(sock, 4)
            if not octets:
                continue
            packets.append(octets)
            if kind and len(packets) == 1:
                for each in answer(kind, octets):
                    send(sock, 4, each)
    except (EOFError, ConnectionError):
        pass


def record(flags, expression, kind):
    node, names, packets = listener(), listener(), []
    threading.Thread(target=epmd, args=(names, node.getsockname()[1]), daemon=True).start()
    talk = threading.Thread(target=converse, args=(node, flags, kind, packets), daemon=True)
    talk.start()
    # The process lives a moment longer than its expression, so that what it sent leaves.
    code = (f"{PRELUDE} net_kernel:hidden_connect_node(Node), "
            f"{{_, R}} = spawn_monitor(fun() -> catch unregister(observed), register(observed, self()), {expression} end), "
            "receive {'DOWN', R, _, _, _} -> ok end, timer:sleep(700), halt().")
    subprocess.run(["erl", "-noinput", "-name", PEER.decode(), "-setcookie", COOKIE, "-start_epmd", "false",
                    "-kernel", "logger_level", "none", "-eval", code],
                   env={**os.environ, "ERL_EPMD_PORT": str(names.getsockname()[1]), "HOME": "/tmp"},
                   timeout=60, check=True)
    talk.join(10)
    names.close()
    return packets


def shown(octets):
    """Runs of more than 32 equal octets in short, the rest in hexadecimal."""
    parts = []
    for octet, run in itertools.groupby(octets):
        count = len(list(run))
        parts.append(f"[{octet:02x}*{count}]" if count > 32 else f"{octet:02x}" * count)
    return "".join(parts)


def main():
    print("# Written by record_packets.py: what erl sends for an expression, a packet a line.")
    for name, flags, expression, kind in RECORDINGS:
        print(f"\n= {name}: {expression}")
        for octets in record(flags, expression, kind):
            print(shown(octets), flush=True)


if __name__ == "__main__":
    main()
