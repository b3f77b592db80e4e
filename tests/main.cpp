// The entry point of every test program. Version 3 of Catch2 brings it in a library
// instead.
#if !__has_include(<catch2/catch_all.hpp>)
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif
