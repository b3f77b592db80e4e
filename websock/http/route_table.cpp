// Patterns, sorted so that the first match is the most specific one.

#include "websock/http/route_table.hpp"

#include "websock/http/percent.hpp"
#include "websock/http/target.hpp"
#include "websock/http/token.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

namespace websock::http {

namespace {

[[noreturn]] void reject(std::string_view why, std::string_view pattern) {
  throw std::invalid_argument(std::string{why}.append(": ").append(pattern));
}

// The parts between slashes; "/a/" has "a" and "".
std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    parts.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return parts;
}

// Empty if the path has no leading slash or has a malformed escape.
std::optional<std::vector<std::string>> decode_path(std::string_view raw_path) {
  if (!raw_path.starts_with('/'))
    return std::nullopt;
  std::vector<std::string> decoded;
  for (const std::string_view part : split(raw_path)) {
    auto text = percent_decode(part);
    if (!text)
      return std::nullopt;
    decoded.push_back(std::move(*text));
  }
  return decoded;
}

std::string join(const std::vector<std::string>& segments, std::size_t first) {
  std::string joined = segments[first];
  for (std::size_t i = first + 1; i < segments.size(); ++i)
    joined.append("/").append(segments[i]);
  return joined;
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
           || (c >= 'A' && c <= 'Z');
  });
}

// Literals are written decoded; a ':' or '*' inside one is a mistake.
bool is_literal(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet <= 0x20 || octet == 0x7F
           || std::string_view{"?#%*:"}.find(c) != std::string_view::npos;
  });
}

// RFC 9110 §9.3.2: HEAD is GET without the content.
bool accepts(std::string_view route_method, std::string_view method) {
  return route_method == method || (method == "HEAD" && route_method == "GET");
}

// RFC 9110 §9.3.7: every path that exists answers OPTIONS.
std::string allow_of(std::set<std::string_view> methods) {
  methods.insert("OPTIONS");
  if (methods.contains("GET"))
    methods.insert("HEAD");
  std::string allow;
  for (const std::string_view method : methods)
    allow.append(allow.empty() ? "" : ", ").append(method);
  return allow;
}

} // namespace

void route_table::add(std::string_view method, std::string_view pattern) {
  if (!is_token(method) || method == "CONNECT") // CONNECT has no path
    reject("not a method of routes", method);
  route added{std::string{method}, parse(pattern), routes_.size()};
  for (const route& each : routes_) {
    if (is_same(each, added))
      reject("duplicate route pattern", pattern);
  }
  const auto place = std::upper_bound(routes_.begin(), routes_.end(), added, precedes);
  routes_.insert(place, std::move(added));
}

route_table::result route_table::match(std::string_view method,
                                       std::string_view raw_path) const {
  if (!is_known(method))
    return unknown_method{};
  std::set<std::string_view> methods;
  if (raw_path == whole_server) {
    for (const route& each : routes_)
      methods.insert(each.method);
    return wrong_method{allow_of(std::move(methods))};
  }
  const auto path = decode_path(raw_path);
  if (!path)
    return no_route{};
  for (const route& each : routes_) {
    if (!fits(each, *path))
      continue;
    if (accepts(each.method, method))
      return found{each.index, params_of(each, *path)};
    methods.insert(each.method);
  }
  if (methods.empty())
    return no_route{};
  return wrong_method{allow_of(std::move(methods))};
}

// RFC 9110 §9.1, and RFC 5789 for PATCH; methods are case-sensitive.
bool route_table::is_known(std::string_view method) const {
  static constexpr std::array<std::string_view, 8> of_everybody{
      "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"};
  return std::find(of_everybody.begin(), of_everybody.end(), method) != of_everybody.end()
         || std::any_of(routes_.begin(), routes_.end(),
                        [&](const route& each) { return each.method == method; });
}

std::vector<route_table::segment> route_table::parse(std::string_view pattern) {
  if (!pattern.starts_with('/'))
    reject("route pattern without leading slash", pattern);
  std::vector<segment> segments;
  const auto parts = split(pattern);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    segments.push_back(parse_segment(parts[i]));
    const bool is_last = i + 1 == parts.size();
    if (!is_last && (parts[i].empty() || segments.back().what == segment::kind::rest))
      reject("route pattern goes on after an empty segment or a *rest", pattern);
  }
  check_names(segments, pattern);
  return segments;
}

route_table::segment route_table::parse_segment(std::string_view text) {
  if (text.starts_with(':'))
    return {segment::kind::param, std::string{text.substr(1)}};
  if (text.starts_with('*'))
    return {segment::kind::rest, std::string{text.substr(1)}};
  return {segment::kind::literal, std::string{text}};
}

void route_table::check_names(const std::vector<segment>& segments,
                              std::string_view pattern) {
  std::set<std::string_view> names;
  for (const segment& each : segments) {
    if (each.what == segment::kind::literal) {
      if (!is_literal(each.text))
        reject("route pattern with an illegal character", pattern);
      continue;
    }
    if (!is_name(each.text))
      reject("route pattern with an illegal parameter name", pattern);
    if (!names.insert(each.text).second)
      reject("route pattern with a parameter name twice", pattern);
  }
}

bool route_table::is_same(const route& a, const route& b) {
  const auto equal = [](const segment& x, const segment& y) {
    return x.what == y.what && (x.what != segment::kind::literal || x.text == y.text);
  };
  return a.method == b.method
         && std::equal(a.segments.begin(), a.segments.end(), b.segments.begin(),
                       b.segments.end(), equal);
}

// By the kinds of segments from the left; between equals, HEAD before GET, which would
// also match it.
bool route_table::precedes(const route& a, const route& b) {
  const auto less = [](const segment& x, const segment& y) { return x.what < y.what; };
  const auto compare = [&](const route& x, const route& y) {
    return std::lexicographical_compare(x.segments.begin(), x.segments.end(),
                                        y.segments.begin(), y.segments.end(), less);
  };
  if (compare(a, b) || compare(b, a))
    return compare(a, b);
  return a.method > b.method;
}

bool route_table::fits(const segment& segment, const std::string& text) {
  return segment.what == segment::kind::literal ? segment.text == text : !text.empty();
}

bool route_table::fits(const route& route, const path_segments& path) {
  std::size_t i = 0;
  for (const segment& each : route.segments) {
    if (i == path.size())
      return false;
    if (each.what == segment::kind::rest)
      return true;
    if (!fits(each, path[i++]))
      return false;
  }
  return i == path.size();
}

path_params route_table::params_of(const route& route, const path_segments& path) {
  path_params params;
  for (std::size_t i = 0; i < route.segments.size(); ++i) {
    const segment& each = route.segments[i];
    if (each.what == segment::kind::param)
      params.emplace_back(each.text, path[i]);
    if (each.what == segment::kind::rest)
      params.emplace_back(each.text, join(path, i));
  }
  return params;
}

} // namespace websock::http
