// Which pages may open a connection: the Origin header of browsers, RFC 6454 and RFC 6455
// §10.2. Other clients send none, or whatever they like: this protects the users of
// browsers, not the server.
#pragma once

#include "websock/http/request.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace websock::http {

/// Whether the bytes of a request came through TLS.
enum class channel : std::uint8_t { plain, secure };

/// Scheme, host and port, in lower case and with the port that the scheme implies.
struct origin {
  std::string scheme;
  std::string host;
  std::uint16_t port = 0; // 0: the scheme has no default and none was given
  friend bool operator==(const origin&, const origin&) = default;
};

/// RFC 6454 §6.2: `https://app.example.org:8443`, without path or user. Nothing for all
/// else, `null` included.
[[nodiscard]] std::optional<origin> parse_origin(std::string_view text);

/// Whether `origins` takes it: an origin as above, `null` or `file://`.
[[nodiscard]] bool is_listable(std::string_view text);

/// Which origins may connect. A request without Origin may, whatever the policy.
class origin_policy {
public:
  /// Only the page's own server: host and port are those of the request, and the scheme
  /// is https when the connection is. On a plain connection it may be http or https,
  /// since TLS may end before us.
  origin_policy() = default;

  friend origin_policy any_origin();
  friend origin_policy origins(const std::vector<std::string>& allowed);

  /// Why a request with these headers is refused; nothing when it may connect.
  [[nodiscard]] std::optional<std::string_view> refuses(const request& request,
                                                        channel through) const;

  friend bool operator==(const origin_policy&, const origin_policy&) = default;

private:
  enum class kind : std::uint8_t { same_origin, listed, any };
  struct pattern {
    origin of;
    bool subdomains = false; // `https://*.example.org`: of.host is ".example.org"
    friend bool operator==(const pattern&, const pattern&) = default;
  };

  [[nodiscard]] static pattern parse_pattern(const std::string& text);
  [[nodiscard]] bool is_listed(const origin& from) const;

  kind kind_ = kind::same_origin;
  std::vector<pattern> allowed_;
};

/// The default.
[[nodiscard]] inline origin_policy same_origin() {
  return {};
}
/// Every page of the web may connect, with the cookies of its visitors.
[[nodiscard]] origin_policy any_origin();
/// Only these: `https://app.example.org`, or `https://*.example.org` for all below that
/// name. `null` is what pages without an origin send: those of sandboxed frames, whoever
/// made them, and of files in most browsers; `file://` is what others send for files.
/// Throws std::invalid_argument that names the one that is none.
[[nodiscard]] origin_policy origins(const std::vector<std::string>& allowed);

} // namespace websock::http
