// The certificate of a node, and whose certificates it believes.
#pragma once

#include <memory>
#include <string>

namespace websock::runtime::distribution {

/// PEM files. All are needed: both sides show a certificate.
struct tls_files {
  std::string certificate_file; // the node's, with those between it and the CA
  std::string key_file;         // without a passphrase
  std::string ca_file;          // who signs the certificates of all nodes
};

/// Loaded certificates, for both directions, TLS 1.2 and later. Any thread.
class tls_identity {
public:
  /// Throws std::invalid_argument that names the option: "tls.key_file is ...".
  explicit tls_identity(const tls_files& files);
  /// For dialling alone: shows no certificate, and believes those that `ca_file` signs.
  explicit tls_identity(const std::string& ca_file);
  ~tls_identity();
  tls_identity(const tls_identity&) = delete;
  tls_identity& operator=(const tls_identity&) = delete;

  struct loaded; // tls_session.hpp
  [[nodiscard]] loaded& contexts() const noexcept { return *loaded_; }

private:
  std::unique_ptr<loaded> loaded_;
};

} // namespace websock::runtime::distribution
