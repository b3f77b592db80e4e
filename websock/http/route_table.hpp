// Patterns and their order of precedence. Knows no handlers; router does.
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

/// Patterns match the path, but with other methods: 405, or the response to OPTIONS.
/// `allow` is the value of the Allow header.
struct wrong_method {
  std::string allow;
};

/// A method that neither RFC 9110 §9.1 nor any route defines: 501.
struct unknown_method {};

/// Patterns consist of segments separated by '/': literals, `:name` for one non-empty
/// segment and, as the last one, `*name` for the rest of the path, which may be empty.
/// Literals win over `:name`, which wins over `*name`, compared from the left.
class route_table {
public:
  struct found {
    std::size_t index = 0; // of the route, in the order of `add`
    path_params params;
  };
  using result = std::variant<found, no_route, wrong_method, unknown_method>;

  /// Throws std::invalid_argument that names the pattern if it is malformed or already
  /// there (with this method, whatever its parameter names), or if routes cannot have
  /// this method.
  void add(std::string_view method, std::string_view pattern);

  /// `raw_path` is still percent-encoded. Each segment is decoded once, so an escaped
  /// slash does not split it. HEAD falls back to GET. "*" matches no route, and allows
  /// the methods of all.
  [[nodiscard]] result match(std::string_view method, std::string_view raw_path) const;

private:
  struct segment {
    enum class kind : std::uint8_t { literal, param, rest }; // most specific first
    kind what = kind::literal;
    std::string text; // the literal, or the parameter's name
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

  std::vector<route> routes_; // the first match wins
};

} // namespace websock::http
