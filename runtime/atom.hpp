// An atom, as Erlang's `ok` and `error` are.
#pragma once

#include "term/atom.hpp" // IWYU pragma: export
