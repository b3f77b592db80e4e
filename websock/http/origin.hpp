// Which pages may open a connection, by the Origin header that browsers send: RFC 6454
// and RFC 6455 §10.2. Other clients send none, or whatever they like, so this protects
// the users of browsers rather than the server.
#pragma once

#include "websock/http/request.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace websock::http {

/// Whether a request arrived through TLS.
enum class channel : std::uint8_t { plain, secure };

/// Scheme, host and port, in lower case, with the scheme's default port filled in.
struct origin {
  std::string scheme;
  std::string host;
  std::uint16_t port = 0; // 0: none given, and the scheme has no default
  friend bool operator==(const origin&, const origin&) = default;
};

/// RFC 6454 §6.2: `https://app.example.org:8443`, without path or user. Empty for
/// anything else, including `null`.
[[nodiscard]] std::optional<origin> parse_origin(std::string_view text);

/// Whether `origins` accepts `text`: an origin as above, `null` or `file://`.
[[nodiscard]] bool is_listable(std::string_view text);

/// Which origins may connect. A request without an Origin header always may.
class origin_policy {
public:
  /// Only pages of the same server: host and port equal those of the request, and the
  /// scheme must be https on a secure connection. On a plain one it may be http or https,
  /// as a proxy may have terminated TLS.
  origin_policy() = default;

  friend origin_policy any_origin();
  friend origin_policy origins(const std::vector<std::string>& allowed);

  /// Why a request with these headers is refused; empty when it may connect.
  [[nodiscard]] std::optional<std::string_view> refuses(const request& request,
                                                        channel through) const;

  friend bool operator==(const origin_policy&, const origin_policy&) = default;

private:
  enum class kind : std::uint8_t { same_origin, listed, any };
  struct pattern {
    origin base;
    bool subdomains = false; // `https://*.example.org`: base.host is ".example.org"
    friend bool operator==(const pattern&, const pattern&) = default;
  };

  [[nodiscard]] static pattern parse_pattern(const std::string& text);
  [[nodiscard]] bool is_listed(const origin& page) const;

  kind kind_ = kind::same_origin;
  std::vector<pattern> allowed_;
};

/// The default policy.
[[nodiscard]] inline origin_policy same_origin() {
  return {};
}
/// Lets every page on the web connect, with the cookies of its visitors.
[[nodiscard]] origin_policy any_origin();
/// Only these: `https://app.example.org`, or `https://*.example.org` for all subdomains.
/// `null` is sent by pages without an origin: sandboxed frames, whoever made them, and
/// files in most browsers; other browsers send `file://` for files. Throws
/// std::invalid_argument that names an invalid entry.
[[nodiscard]] origin_policy origins(const std::vector<std::string>& allowed);

} // namespace websock::http
