// How Erlang writes atoms, text and floats. Source: the shell of OTP 25, `~0tp`.
#pragma once

#include <string>
#include <string_view>

namespace websock::runtime::etf::detail {

/// `ok`, `'An atom'`. The name is UTF-8.
void append_atom(std::string& out, std::string_view name);

/// `"text"`, where each octet is a character of Latin-1; without what can't be printed,
/// `[1,2]`.
void append_string(std::string& out, std::string_view latin1);

/// `<<"text">>`, `<<"κόσμε"/utf8>>`, `<<1,2>>`.
void append_binary(std::string& out, std::string_view octets);

/// `104,105`
void append_octets(std::string& out, std::string_view octets);

/// The shortest digits that mean the same number: `0.1`, `1.0e10`.
void append_float(std::string& out, double number);

} // namespace websock::runtime::etf::detail
