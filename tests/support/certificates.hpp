// Certificates generated while a test runs, so that none in the repository can expire.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace tests {

/// A folder in the system's temporary folder; deleted with this object.
class temporary_folder {
public:
  temporary_folder();
  ~temporary_folder();
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  [[nodiscard]] std::string file(const std::string& name) const {
    return (path_ / name).string();
  }

private:
  std::filesystem::path path_;
};

void write_file(const std::string& path, const std::string& text);

/// The PEM files of a key and its certificate.
struct certificate_files {
  std::string certificate;
  std::string key;
};

/// A certificate authority that writes what it issues into a folder. ECDSA, valid for an
/// hour.
class certificate_authority {
public:
  explicit certificate_authority(const temporary_folder& into,
                                 const std::string& name = "ca");
  ~certificate_authority();

  /// The authority's own certificate, in PEM.
  [[nodiscard]] const std::string& file() const noexcept { return file_; }
  /// Issues a certificate for `names`: DNS names as "DNS:example.org", addresses as
  /// "IP:127.0.0.1".
  /// The files are `stem`.pem and `stem`.key.
  certificate_files issue(const std::string& stem, const std::vector<std::string>& names);

private:
  struct identity;
  const temporary_folder& folder_;
  std::unique_ptr<identity> self_;
  std::string file_;
  long serial_ = 1;
};

} // namespace tests
