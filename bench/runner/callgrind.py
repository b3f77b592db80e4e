"""User instructions by function, and calls of the allocator, as Valgrind's callgrind counts them."""
import re

# Valgrind stands still with io_uring.
BEFORE = ("env", "WEBSOCK_REACTOR=epoll", "valgrind", "--tool=callgrind", "--callgrind-out-file={output}",
          "--trace-children=no", "-q")
ALLOCATORS = ("malloc", "calloc", "realloc", "aligned_alloc", "posix_memalign")


class Names:
    """A name is written once, with its number; later the number alone."""

    def __init__(self):
        self.known = {}

    def of(self, text):
        number, name = re.match(r"\((\d+)\)\s*(.*)", text).groups()
        if name:
            self.known[number] = re.sub(r"'\d+$", "", name)
        return self.known[number]


def read(path):
    """{"instructions": n, "allocations": n, "in <function>": instructions of its own}"""
    names, found, function, callee, inclusive = Names(), {"instructions": 0, "allocations": 0}, "", "", False
    for line in path.read_text().splitlines():
        if line.startswith("fn="):
            function = "in " + names.of(line[3:])
        elif line.startswith("cfn="):
            callee = names.of(line[4:])
        elif line.startswith("calls="):
            inclusive = True  # the next line is the callee's cost
            if callee in ALLOCATORS:
                found["allocations"] += int(line[6:].split()[0])
        elif re.match(r"[+*\-\d]", line):
            if not inclusive:
                cost = int(line.split()[-1])
                found[function] = found.get(function, 0) + cost
                found["instructions"] += cost
            inclusive = False
    return found
