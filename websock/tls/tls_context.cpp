// Loads certificates and configures TLS.
#include "websock/tls/tls_context.hpp"

#include "websock/tls/openssl.hpp"
#include "websock/tls/tls_names.hpp"

#include <arpa/inet.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <new>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace websock {

/// Loaded once, shared by handshakes, freed when the last session that uses them ends.
struct detail::tls_identities {
  struct named {
    std::string pattern;
    openssl::context_ptr context;
  };
  openssl::context_ptr fallback;
  std::vector<named> hosts;
};

namespace {

using openssl::context_ptr;

constexpr std::string_view alpn = "\x08http/1.1"; // RFC 7301 §3.1: length, name
constexpr const char* modern_ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

[[nodiscard]] const unsigned char* octets(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

[[noreturn]] void refuse(const std::string& option, const std::string& value,
                         const std::string& why) {
  ERR_clear_error();
  throw std::invalid_argument(option + " is \"" + value + "\": " + why);
}

/// Throws unless the file can be read, as OpenSSL's own error would say less.
void probe(const std::string& option, const std::string& file) {
  if (file.empty())
    refuse(option, file, "it must name a PEM file");
  errno = 0;
  std::ifstream stream(file);
  if (!stream || stream.peek() == std::ifstream::traits_type::eof())
    refuse(option, file, errno != 0 ? std::strerror(errno) : "the file is empty");
}

// No one can type a passphrase, and nothing may block waiting for one.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

[[nodiscard]] int version_of(tls_version version) noexcept {
  return version == tls_version::v1_3 ? TLS1_3_VERSION : TLS1_2_VERSION;
}

[[nodiscard]] context_ptr new_context(const SSL_METHOD* method, tls_version least) {
  context_ptr context(SSL_CTX_new(method));
  if (!context)
    throw std::runtime_error("TLS: " + openssl::take_error());
  SSL_CTX_set_min_proto_version(context.get(), version_of(least));
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION
                                         | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // A write may be repeated with the rest of a buffer that has moved; an idle connection
  // keeps no buffers.
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE
                                      | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                                      | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(context.get(), 1); // one recv per record instead of two
  SSL_CTX_set_default_passwd_cb(context.get(), no_passphrase);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF); // tickets are used
  return context;
}

void use_certificate(SSL_CTX* context, const std::string& option,
                     const std::string& certificate, const std::string& key) {
  probe(option + "certificate_file", certificate);
  probe(option + "key_file", key);
  openssl::forget_errors();
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1)
    refuse(option + "certificate_file", certificate,
           "it holds no PEM certificate that can be used (" + openssl::take_error()
               + ")");
  // This already rejects a key of a different type than the certificate's.
  const bool is_key =
      SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) == 1;
  const auto reason = ERR_GET_REASON(ERR_peek_error());
  const bool mismatches =
      reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH;
  if (!is_key && !mismatches)
    refuse(option + "key_file", key,
           "it holds no PEM private key without a passphrase (" + openssl::take_error()
               + ")");
  if (!is_key || SSL_CTX_check_private_key(context) != 1)
    refuse(option + "key_file", key,
           "the key does not match the certificate in \"" + certificate + "\"");
}

// RFC 7301 §3.2: a client that offers only other protocols gets no_application_protocol.
int select_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned offered_size, void*) {
  unsigned char* found = nullptr;
  const int how =
      SSL_select_next_proto(&found, size, octets(alpn),
                            static_cast<unsigned>(alpn.size()), offered, offered_size);
  *chosen = found;
  return how == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// The exact name, else the first matching wildcard.
[[nodiscard]] const SSL_CTX* context_for(const std::string& name,
                                         const detail::tls_identities& all) noexcept {
  const SSL_CTX* best = nullptr;
  for (const auto& each : all.hosts) {
    if (each.pattern == name || (best == nullptr && covers(each.pattern, name)))
      best = each.context.get();
    if (each.pattern == name)
      break;
  }
  return best;
}

int select_certificate(SSL* session, int*, void* identities) {
  const char* asked = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name);
  if (asked == nullptr)
    return SSL_TLSEXT_ERR_NOACK;
  const SSL_CTX* best = nullptr;
  try {
    best = context_for(canonical_host(asked),
                       *static_cast<const detail::tls_identities*>(identities));
  } catch (const std::bad_alloc&) { // must not propagate through OpenSSL
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  if (best == nullptr)
    return SSL_TLSEXT_ERR_NOACK;
  SSL_set_SSL_CTX(session, const_cast<SSL_CTX*>(best)); // takes a reference of its own
  return SSL_TLSEXT_ERR_OK;
}

void require_client_certificate(SSL_CTX* context, const std::string& file) {
  probe("tls.client_ca_file", file);
  auto* names = SSL_load_client_CA_file(file.c_str());
  if (names == nullptr || SSL_CTX_load_verify_file(context, file.c_str()) != 1) {
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    refuse("tls.client_ca_file", file,
           "it holds no PEM certificates (" + openssl::take_error() + ")");
  }
  SSL_CTX_set_client_CA_list(context, names);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

[[nodiscard]] context_ptr server_context(const tls_options& options,
                                         const std::string& option,
                                         const std::string& certificate,
                                         const std::string& key) {
  auto context = new_context(TLS_server_method(), options.least_version);
  use_certificate(context.get(), option, certificate, key);
  const auto& ciphers = options.ciphers;
  if (SSL_CTX_set_cipher_list(context.get(),
                              ciphers.empty() ? modern_ciphers : ciphers.c_str())
      != 1)
    refuse("tls.ciphers", ciphers, "OpenSSL knows none of them");
  if (!options.ciphersuites.empty()
      && SSL_CTX_set_ciphersuites(context.get(), options.ciphersuites.c_str()) != 1)
    refuse("tls.ciphersuites", options.ciphersuites, "OpenSSL does not know all of them");
  if (!options.client_ca_file.empty())
    require_client_certificate(context.get(), options.client_ca_file);
  constexpr std::string_view id = "websock"; // sessions of other servers are rejected
  SSL_CTX_set_session_id_context(context.get(), octets(id), id.size());
  SSL_CTX_set_alpn_select_cb(context.get(), select_protocol, nullptr);
  return context;
}

[[nodiscard]] std::shared_ptr<const detail::tls_identities>
load_all(const tls_options& options) {
  auto all = std::make_shared<detail::tls_identities>();
  all->fallback =
      server_context(options, "tls.", options.certificate_file, options.key_file);
  for (std::size_t i = 0; i < options.hosts.size(); ++i) {
    const auto& each = options.hosts[i];
    const auto option = "tls.hosts[" + std::to_string(i) + "].";
    if (!is_host_pattern(each.host))
      refuse(option + "host", each.host,
             "it must be a host name, or one with \"*.\" in front");
    all->hosts.push_back(
        {canonical_host(each.host),
         server_context(options, option, each.certificate_file, each.key_file)});
  }
  // What the macros do, without their C-style casts.
  SSL_CTX_callback_ctrl(all->fallback.get(), SSL_CTRL_SET_TLSEXT_SERVERNAME_CB,
                        reinterpret_cast<void (*)()>(select_certificate));
  SSL_CTX_ctrl(all->fallback.get(), SSL_CTRL_SET_TLSEXT_SERVERNAME_ARG, 0, all.get());
  return all;
}

void trust(SSL_CTX* context, const std::string& ca_file) {
  if (ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(context);
    return;
  }
  probe("tls.ca_file", ca_file);
  if (SSL_CTX_load_verify_file(context, ca_file.c_str()) != 1)
    refuse("tls.ca_file", ca_file,
           "it holds no PEM certificates (" + openssl::take_error() + ")");
}

[[nodiscard]] std::shared_ptr<const detail::tls_identities>
load_all(const tls_client_options& options) {
  auto all = std::make_shared<detail::tls_identities>();
  all->fallback = new_context(TLS_client_method(), options.least_version);
  SSL_CTX* context = all->fallback.get();
  if (options.verification == tls_verification::peer) {
    trust(context, options.ca_file);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  }
  if (!options.certificate_file.empty() || !options.key_file.empty())
    use_certificate(context, "tls.", options.certificate_file, options.key_file);
  SSL_CTX_set_alpn_protos(context, octets(alpn), alpn.size()); // returns 0 on success
  return all;
}

[[nodiscard]] bool is_address(const std::string& host) noexcept {
  std::array<unsigned char, sizeof(in6_addr)> parsed{};
  return ::inet_pton(AF_INET, host.c_str(), parsed.data()) == 1
         || ::inet_pton(AF_INET6, host.c_str(), parsed.data()) == 1;
}

// RFC 6066 §3: an address is never sent as a server name.
[[nodiscard]] bool expect(SSL* session, const std::string& host) {
  auto* checks = SSL_get0_param(session);
  if (is_address(host))
    return X509_VERIFY_PARAM_set1_ip_asc(checks, host.c_str()) == 1;
  auto name = canonical_host(host);
  X509_VERIFY_PARAM_set_hostflags(checks, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return X509_VERIFY_PARAM_set1_host(checks, name.c_str(), name.size()) == 1
         && SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                     name.data())
                == 1;
}

} // namespace

void detail::ssl_deleter::operator()(ssl_st* session) const noexcept {
  SSL_free(session);
}

tls_context::tls_context(tls_options options)
    : options_(std::move(options)), current_(load()) {
}

tls_context::tls_context(tls_client_options options)
    : options_(std::move(options)), current_(load()) {
}

tls_context::~tls_context() = default;

tls_context::identities tls_context::load() const {
  return std::visit([](const auto& options) { return load_all(options); }, options_);
}

tls_context::identities tls_context::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void tls_context::reload() {
  auto fresh = load();
  const std::lock_guard lock(mutex_);
  current_.swap(fresh);
}

tls_session tls_context::new_session() const {
  tls_session session{current(), {}};
  session.ssl.reset(SSL_new(session.made_from->fallback.get()));
  if (!session.ssl)
    throw std::runtime_error("TLS: " + openssl::take_error());
  if (std::holds_alternative<tls_options>(options_))
    SSL_set_accept_state(session.ssl.get());
  else
    SSL_set_connect_state(session.ssl.get());
  return session;
}

tls_session tls_context::new_session(const std::string& host) const {
  auto session = new_session();
  if (!expect(session.ssl.get(), host))
    throw std::invalid_argument("host is \"" + host
                                + "\": no certificate can be checked for it");
  return session;
}

} // namespace websock
