// TLS between two nodes.
#include "tls_session.hpp"

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/ip/address.hpp>
#include <asio/ssl/error.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <stdexcept>
#include <string_view>
#include <utility>

namespace websock::runtime::distribution {

namespace {

using asio::ip::tcp;

// RFC 6125 §6.4.4: the subject's common name counts for nothing.
constexpr unsigned how_names_match =
    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;

struct certificate_deleter {
  void operator()(X509* owned) const noexcept { X509_free(owned); }
};

[[nodiscard]] bool is_address(const std::string& host) {
  asio::error_code failed;
  static_cast<void>(asio::ip::make_address(host, failed));
  return !failed;
}

// RFC 6066 §3: an address is never sent as a server name.
[[nodiscard]] bool expect(SSL* session, std::string host) {
  auto* checks = SSL_get0_param(session);
  if (is_address(host))
    return X509_VERIFY_PARAM_set1_ip_asc(checks, host.c_str()) == 1;
  X509_VERIFY_PARAM_set_hostflags(checks, how_names_match);
  return !host.empty()
         && X509_VERIFY_PARAM_set1_host(checks, host.c_str(), host.size()) == 1
         && SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                     host.data())
                == 1;
}

// What OpenSSL makes of octets that are no record.
[[nodiscard]] bool is_no_tls(const asio::error_code& failed) {
  if (failed.category() != asio::error::get_ssl_category())
    return false;
  switch (ERR_GET_REASON(static_cast<unsigned long>(failed.value()))) {
  case SSL_R_WRONG_VERSION_NUMBER:
  case SSL_R_UNKNOWN_PROTOCOL:
  case SSL_R_HTTP_REQUEST:
    return true;
  default:
    return false;
  }
}

} // namespace

std::unique_ptr<tls_stream> accepting_stream(tcp::socket socket,
                                             const tls_identity& self) {
  return std::make_unique<tls_stream>(std::move(socket), self.contexts().context);
}

std::unique_ptr<tls_stream> dialling_stream(tcp::socket socket, const tls_identity& self,
                                            const std::string& host) {
  auto made = std::make_unique<tls_stream>(std::move(socket), self.contexts().context);
  if (!expect(made->native_handle(), host))
    throw std::invalid_argument("no certificate can name the host \"" + host + "\"");
  return made;
}

certificate_check certificate_names(tls_stream& stream, const std::string& host) {
  const std::unique_ptr<X509, certificate_deleter> shown(
      SSL_get1_peer_certificate(stream.native_handle()));
  const bool names =
      shown != nullptr
      && (is_address(host) ? X509_check_ip_asc(shown.get(), host.c_str(), 0) == 1
                           : X509_check_host(shown.get(), host.data(), host.size(),
                                             how_names_match, nullptr)
                                 == 1);
  return names ? certificate_check::names_it : certificate_check::names_others;
}

void answer_without_tls(const asio::error_code& failed, tls_stream& stream) noexcept {
  constexpr std::string_view alert("\x15\x03\x01\x00\x02\x02\x46", 7); // RFC 8446 §6
  asio::error_code ignored;
  if (is_no_tls(failed))
    stream.next_layer().write_some(asio::buffer(alert), ignored);
}

std::string tls_failure(const asio::error_code& failed, tls_stream& stream) {
  const long verified = SSL_get_verify_result(stream.native_handle());
  if (failed.category() == asio::error::get_ssl_category() && verified != X509_V_OK)
    return std::string("the peer's certificate is refused: ")
           + X509_verify_cert_error_string(verified);
  if (failed == asio::error::eof || failed == asio::ssl::error::stream_truncated)
    return "the peer closed the connection within the handshake";
  if (is_no_tls(failed))
    return "the peer does not speak TLS";
  return failed.message();
}

} // namespace websock::runtime::distribution
