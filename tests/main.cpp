// The entry point of every test program. With Catch2 version 3, a library provides it
// instead.
#if !__has_include(<catch2/catch_all.hpp>)
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif
