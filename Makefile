# Short names for the scripts, which need no make: ./scripts/chat and ./scripts/test.

PORT ?= 4000

.PHONY: help chat test check format tidy bench clean

help:
	@echo "make chat [PORT=4000]  build the chat and run it"
	@echo "make test              build everything and run every test"
	@echo "make check             what CI runs: sanitizers, clang, format, headers, tests"
	@echo "make format            lay the sources out with clang-format"
	@echo "make tidy              clang-tidy over the libraries"
	@echo "make bench             build and run the benchmarks"

chat:
	@exec ./scripts/chat $(PORT)

test:
	@./scripts/test

check:
	@./.ci/run

format:
	@./scripts/format

tidy:
	@./scripts/tidy

bench:
	@./scripts/bench

clean:
	rm -rf build
