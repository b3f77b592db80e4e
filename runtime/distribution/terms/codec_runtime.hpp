// Pids, references, aliases, exit reasons, terms and values as terms of Erlang.
#pragma once

#include "../../address/alias.hpp"
#include "../../address/pid.hpp"
#include "../../term/exit_reason.hpp"
#include "../../term/reference.hpp"
#include "../../term/term.hpp"
#include "../etf/value.hpp"
#include "codec.hpp"

#include <optional>

namespace websock::runtime::distribution {

/// `undefined` when it is empty, like the references below.
template <>
struct codec<pid> {
  static void write(encoding& to, const pid& value);
  [[nodiscard]] static std::optional<pid> read(decoding& from);
};

template <>
struct codec<reference> {
  static void write(encoding& to, reference value);
  [[nodiscard]] static std::optional<reference> read(decoding& from);
};

/// The reference that it is to Erlang; `undefined` without an owner.
template <>
struct codec<alias> {
  static void write(encoding& to, const alias& value);
  [[nodiscard]] static std::optional<alias> read(decoding& from);
};

/// As exit_terms.hpp says; every term is an exit reason.
template <>
struct codec<exit_reason> {
  static void write(encoding& to, const exit_reason& value);
  [[nodiscard]] static std::optional<exit_reason> read(decoding& from);
};

/// As terms.hpp says; every term is one, and an empty one cannot be sent.
template <>
struct codec<term> {
  static void write(encoding& to, const term& value);
  [[nodiscard]] static std::optional<term> read(decoding& from);
};

/// Unchanged; every term is one.
template <>
struct codec<etf::value> {
  static void write(encoding& to, const etf::value& value);
  [[nodiscard]] static std::optional<etf::value> read(decoding& from) {
    return from.in.value();
  }
};

} // namespace websock::runtime::distribution
