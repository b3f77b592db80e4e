// Certificates generated while a test runs.
#include "tests/support/certificates.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h> // mkdtemp is POSIX

#include <fstream>
#include <stdexcept>
#include <utility>

namespace tests {

namespace {

struct freeing {
  void operator()(EVP_PKEY* owned) const noexcept { EVP_PKEY_free(owned); }
  void operator()(X509* owned) const noexcept { X509_free(owned); }
  void operator()(BIO* owned) const noexcept { BIO_free(owned); }
  void operator()(X509_EXTENSION* owned) const noexcept { X509_EXTENSION_free(owned); }
};
template <class T>
using owned = std::unique_ptr<T, freeing>;

void require(bool holds, const char* call) {
  if (!holds)
    throw std::runtime_error(std::string("OpenSSL refuses ") + call);
}

// What EVP_EC_gen does, without its C-style cast.
[[nodiscard]] owned<EVP_PKEY> new_key() {
  std::string curve = "P-256";
  return owned<EVP_PKEY>(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve.data()));
}

void add_extension(X509* to, int kind, const std::string& value) {
  const owned<X509_EXTENSION> made(
      X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str()));
  require(made && X509_add_ext(to, made.get(), -1) == 1, "an extension");
}

[[nodiscard]] std::string text_of(BIO* memory) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

[[nodiscard]] std::string pem(X509* certificate) {
  const owned<BIO> out(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_X509(out.get(), certificate) == 1, "to write a certificate");
  return text_of(out.get());
}

[[nodiscard]] std::string pem(EVP_PKEY* key) {
  const owned<BIO> out(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr)
              == 1,
          "to write a key");
  return text_of(out.get());
}

[[nodiscard]] owned<X509> blank_certificate(EVP_PKEY* key, const std::string& name,
                                            long serial) {
  owned<X509> made(X509_new());
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 3'600);
  X509_set_pubkey(made.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                             0);
  return made;
}

} // namespace

struct certificate_authority::identity {
  owned<EVP_PKEY> key = new_key();
  owned<X509> certificate;
};

temporary_folder::temporary_folder() {
  auto pattern = (std::filesystem::temp_directory_path() / "websock.XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

certificate_authority::certificate_authority(const temporary_folder& into,
                                             const std::string& name)
    : folder_(into), self_(std::make_unique<identity>()),
      file_(into.file(name + ".pem")) {
  self_->certificate = blank_certificate(self_->key.get(), name, serial_++);
  X509* made = self_->certificate.get();
  X509_set_issuer_name(made, X509_get_subject_name(made));
  add_extension(made, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(made, NID_key_usage, "critical,keyCertSign");
  require(X509_sign(made, self_->key.get(), EVP_sha256()) > 0, "to sign");
  write_file(file_, pem(made));
}

certificate_authority::~certificate_authority() = default;

certificate_files certificate_authority::issue(const std::string& stem,
                                               const std::vector<std::string>& names) {
  const auto key = new_key();
  const auto made = blank_certificate(key.get(), stem, serial_++);
  X509_set_issuer_name(made.get(), X509_get_subject_name(self_->certificate.get()));
  std::string list;
  for (const auto& each : names)
    list += (list.empty() ? "" : ",") + each;
  if (!list.empty())
    add_extension(made.get(), NID_subject_alt_name, list);
  require(X509_sign(made.get(), self_->key.get(), EVP_sha256()) > 0, "to sign");
  certificate_files files{folder_.file(stem + ".pem"), folder_.file(stem + ".key")};
  write_file(files.certificate, pem(made.get()) + pem(self_->certificate.get()));
  write_file(files.key, pem(key.get()));
  return files;
}

} // namespace tests
