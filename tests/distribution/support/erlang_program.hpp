// Erlang's own programs as peers of a test, on ports of their own; they end with it.
#pragma once

#include "tests/distribution/support/child_program.hpp"
#include "tests/support/loopback.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tests {

/// Whether erl, epmd and escript are installed; says so where they are not.
[[nodiscard]] bool has_erlang();

/// Erlang's epmd on a port of its own, once it listens there.
class erlang_epmd {
public:
  explicit erlang_epmd(std::uint16_t port = free_port());
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

private:
  std::uint16_t port_;
  child_program program_;
};

struct erlang_options {
  std::string cookie = "secret";
  std::vector<std::string> flags = {}; // of erl
};

/// A node NAME@127.0.0.1 of Erlang at an epmd, which evaluates an expression.
class erlang_program {
public:
  erlang_program(std::uint16_t epmd, const std::string& name,
                 const std::string& expression, const erlang_options& options = {});
  [[nodiscard]] std::string line() { return program_.line(); }
  std::string line_with(std::string_view part) { return program_.line_with(part); }

private:
  child_program program_;
};

} // namespace tests
