// Owners for OpenSSL's objects, and its errors as text. For the tls_ files only.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

namespace websock::openssl {

struct deleter {
  void operator()(SSL_CTX* owned) const noexcept { SSL_CTX_free(owned); }
  void operator()(BIO_METHOD* owned) const noexcept { BIO_meth_free(owned); }
};
using context_ptr = std::unique_ptr<SSL_CTX, deleter>;

/// The last error on this thread, for people; empties the error queue.
[[nodiscard]] std::string take_error();

/// Discards earlier errors, which would be attributed to the next call.
inline void forget_errors() noexcept {
  if (ERR_peek_error() != 0)
    ERR_clear_error();
}

} // namespace websock::openssl
