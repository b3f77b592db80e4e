// A TLS client on a real socket.
#include "tests/support/tls_client.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <stdexcept>

namespace tests {

namespace {

[[noreturn]] void fail(const std::string& what) {
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  const std::string text = reason != nullptr ? reason : "no reason given";
  ERR_clear_error();
  throw std::runtime_error("TLS client: " + what + ": " + text);
}

[[nodiscard]] std::string wire_format(const std::vector<std::string>& protocols) {
  std::string wire;
  for (const auto& each : protocols)
    wire += static_cast<char>(each.size()) + each;
  return wire;
}

[[nodiscard]] SSL* new_session(const tls_client_settings& settings) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  if (settings.version != 0) {
    SSL_CTX_set_min_proto_version(context, settings.version);
    SSL_CTX_set_max_proto_version(context, settings.version);
  }
  if (!settings.ca_file.empty()) {
    SSL_CTX_load_verify_file(context, settings.ca_file.c_str());
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  }
  if (!settings.certificate_file.empty()) {
    SSL_CTX_use_certificate_chain_file(context, settings.certificate_file.c_str());
    SSL_CTX_use_PrivateKey_file(context, settings.key_file.c_str(), SSL_FILETYPE_PEM);
  }
  SSL* made = SSL_new(context);
  SSL_CTX_free(context);
  auto name = settings.server_name;
  if (!name.empty())
    SSL_ctrl(made, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
  const auto wire = wire_format(settings.alpn);
  if (!wire.empty())
    SSL_set_alpn_protos(made, reinterpret_cast<const unsigned char*>(wire.data()),
                        static_cast<unsigned>(wire.size()));
  SSL_set_bio(made, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_connect_state(made);
  return made;
}

} // namespace

void tls_client::freeing::operator()(ssl_st* owned) const noexcept {
  SSL_free(owned);
}

tls_client::tls_client(std::uint16_t port, const tls_client_settings& settings)
    : stream_(std::make_unique<tcp_client>(port)), ssl_(new_session(settings)) {
  if (!settings.preamble.empty())
    stream_->send(settings.preamble);
  if (!drive([this] { return SSL_do_handshake(ssl_.get()); }))
    fail("the server ended the handshake");
}

tls_client::tls_client(tls_client&&) noexcept = default;
tls_client::~tls_client() = default;

void tls_client::flush() {
  char* data = nullptr;
  BIO* out = SSL_get_wbio(ssl_.get());
  const auto size = BIO_get_mem_data(out, &data);
  if (size <= 0)
    return;
  const std::string bytes(data, static_cast<std::size_t>(size));
  BIO_reset(out);
  stream_->send(bytes);
}

bool tls_client::drive(const std::function<int()>& step) {
  for (;;) {
    ERR_clear_error();
    const int returned = step();
    const int error = returned > 0 ? 0 : SSL_get_error(ssl_.get(), returned);
    flush();
    if (returned > 0)
      return true;
    if (error == SSL_ERROR_ZERO_RETURN) {
      closed_cleanly_ = true;
      return false;
    }
    if (error != SSL_ERROR_WANT_READ)
      fail("the stream is broken");
    const std::string more = stream_->take(stream_->peek().size());
    if (more.empty())
      return false;
    BIO_write(SSL_get_rbio(ssl_.get()), more.data(), static_cast<int>(more.size()));
  }
}

void tls_client::send(std::string_view bytes) {
  if (!bytes.empty() && !drive([&] {
        return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
      }))
    fail("the server ended the stream");
}

std::string tls_client::take(std::size_t count) {
  std::array<char, 16'384> buffer;
  while (received_.size() < count) {
    int size = 0;
    if (!drive([&] {
          return size =
                     SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
        }))
      throw std::runtime_error("the server ended the stream after: "
                               + received_.substr(0, 200));
    received_.append(buffer.data(), static_cast<std::size_t>(size));
  }
  std::string taken = received_.substr(0, count);
  received_.erase(0, count);
  return taken;
}

std::string tls_client::take_until(std::string_view mark) {
  std::string taken;
  while (!taken.ends_with(mark))
    taken += take(1);
  return taken;
}

std::string tls_client::take_rest() {
  std::string rest;
  try {
    for (;;)
      rest += take(1);
  } catch (const std::runtime_error&) { // the stream ended
  }
  return rest;
}

void tls_client::close_notify() {
  SSL_shutdown(ssl_.get());
  flush();
}

int tls_client::version() const {
  return SSL_version(ssl_.get());
}

std::string tls_client::alpn() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

std::string tls_client::certificate_name() const {
  std::array<char, 256> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(SSL_get0_peer_certificate(ssl_.get())),
                            NID_commonName, name.data(), static_cast<int>(name.size()));
  return name.data();
}

void tls_client::ask_to_renegotiate() {
  SSL_renegotiate(ssl_.get());
  SSL_do_handshake(ssl_.get());
  flush();
}

} // namespace tests
