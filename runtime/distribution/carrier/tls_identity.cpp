// Loads the certificate of a node.
#include "tls_identity.hpp"

#include "tls_session.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace websock::runtime::distribution {

namespace {

[[noreturn]] void refuse(const std::string& option, const std::string& value,
                         const std::string& why) {
  ERR_clear_error();
  throw std::invalid_argument("tls." + option + " is \"" + value + "\": " + why);
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

// Nobody can type a passphrase, and nothing may block waiting for one.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

void restrict(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context,
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
  // Nodes stay connected: a session that is resumed would skip the certificates.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

void use_certificate(SSL_CTX* context, const tls_files& files) {
  probe("certificate_file", files.certificate_file);
  probe("key_file", files.key_file);
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate_file.c_str()) != 1)
    refuse("certificate_file", files.certificate_file,
           "it holds no PEM certificate that can be used");
  ERR_clear_error();
  const bool is_key =
      SSL_CTX_use_PrivateKey_file(context, files.key_file.c_str(), SSL_FILETYPE_PEM) == 1;
  const auto reason = ERR_GET_REASON(ERR_peek_error());
  if (!is_key && reason != X509_R_KEY_VALUES_MISMATCH
      && reason != X509_R_KEY_TYPE_MISMATCH)
    refuse("key_file", files.key_file,
           "it holds no PEM private key without a passphrase");
  if (!is_key || SSL_CTX_check_private_key(context) != 1)
    refuse("key_file", files.key_file,
           "the key does not match the certificate in \"" + files.certificate_file
               + "\"");
}

void trust(SSL_CTX* context, const std::string& file) {
  probe("ca_file", file);
  auto* names = SSL_load_client_CA_file(file.c_str());
  if (names == nullptr || SSL_CTX_load_verify_file(context, file.c_str()) != 1) {
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    refuse("ca_file", file, "it holds no PEM certificates");
  }
  SSL_CTX_set_client_CA_list(context, names); // takes them
}

} // namespace

tls_identity::tls_identity(const tls_files& files) : loaded_(std::make_unique<loaded>()) {
  auto* const context = loaded_->context.native_handle();
  restrict(context);
  use_certificate(context, files);
  trust(context, files.ca_file);
}

tls_identity::tls_identity(const std::string& ca_file)
    : loaded_(std::make_unique<loaded>()) {
  auto* const context = loaded_->context.native_handle();
  restrict(context);
  trust(context, ca_file);
}

tls_identity::~tls_identity() = default;

} // namespace websock::runtime::distribution
