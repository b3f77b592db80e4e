// Patterns and the order in which they match; knows no handlers (router does).
#pragma once

#include "websock/http/request.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace websock::http {

/// No pattern fits the path: 404.
struct no_route {};

/// Patterns fit the path, but not with this method: 405, or what an OPTIONS asks for.
/// `allow` is the value of that header.
struct wrong_method {
  std::string allow;
};

/// RFC 9110 §9.1 has no such method, nor has any route: 501.
struct unknown_method {};

/// Patterns are '/'-separated: literal segments, `:name` for one non-empty segment, and
/// last
/// `*name` for the rest of the path, possibly empty. Literal beats `:name` beats `*name`,
/// compared from the left.
class route_table {
public:
  struct found {
    std::size_t index = 0; // of the route in the order added
    path_params params;
  };
  using result = std::variant<found, no_route, wrong_method, unknown_method>;

  /// Throws std::invalid_argument, naming the pattern, if it is malformed or (with this
  /// method, whatever the names of its parameters) already there, or the method is none
  /// that routes can have.
  void add(std::string_view method, std::string_view pattern);

  /// `raw_path` is still percent-encoded; each segment is decoded once, so that an
  /// escaped slash does not split it. HEAD falls back to GET; "*" fits no route, and all
  /// of them are allowed there.
  [[nodiscard]] result match(std::string_view method, std::string_view raw_path) const;

private:
  struct segment {
    enum class kind : std::uint8_t { literal, param, rest }; // the most specific first
    kind what = kind::literal;
    std::string text; // the literal, or the name of the parameter
  };
  struct route {
    std::string method;
    std::vector<segment> segments;
    std::size_t index = 0;
  };
  using path_segments = std::vector<std::string>;

  [[nodiscard]] static std::vector<segment> parse(std::string_view pattern);
  [[nodiscard]] static segment parse_segment(std::string_view text);
  static void check_names(const std::vector<segment>& segments, std::string_view pattern);
  [[nodiscard]] static bool is_same(const route& a, const route& b);
  [[nodiscard]] static bool precedes(const route& a, const route& b);
  [[nodiscard]] static bool fits(const segment& segment, const std::string& text);
  [[nodiscard]] static bool fits(const route& route, const path_segments& path);
  [[nodiscard]] bool is_known(std::string_view method) const;
  [[nodiscard]] static path_params params_of(const route& route,
                                             const path_segments& path);

  std::vector<route> routes_; // the first that fits is the one
};

} // namespace websock::http
