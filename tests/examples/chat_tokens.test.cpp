// The tokens of names, and the file with their secret.
#include "examples/chat/name_tokens.hpp"
#include "tests/catch.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

using chat::name_tokens;
namespace fs = std::filesystem;

namespace {

/// A file of the test's own.
class scratch_file {
public:
  explicit scratch_file(const std::string& text,
                        fs::perms its = fs::perms::owner_read | fs::perms::owner_write)
      : path_(fs::temp_directory_path()
              / ("chat-secret-" + chat::new_secret().substr(0, 16))) {
    std::ofstream(path_) << text;
    fs::permissions(path_, its);
  }
  ~scratch_file() { fs::remove(path_); }
  scratch_file(const scratch_file&) = delete;
  scratch_file& operator=(const scratch_file&) = delete;

  [[nodiscard]] std::string path() const { return path_.string(); }

private:
  fs::path path_;
};

} // namespace

TEST_CASE("a token says whose it is, and nobody else makes one") {
  const name_tokens subject("a secret of some length");
  for (const char* name : {"Ada", "J\xC3\xBCrgen", "a.b c", ""}) {
    const auto token = subject.issue(name);
    CHECK(subject.name_of(token) == name);
    CHECK(token == subject.issue(name));
    CHECK(token.find_first_not_of("0123456789abcdef.") == std::string::npos);
    CHECK(name_tokens("a secret of some length").name_of(token) == name);
    CHECK_FALSE(name_tokens("another secret of it").name_of(token));
    for (std::size_t i = 0; i < token.size(); ++i) {
      auto forged = token;
      forged[i] = forged[i] == '0' ? '1' : '0';
      CHECK_FALSE(subject.name_of(forged));
    }
  }
  for (const char* text : {"", ".", "416461", "416461.", "4164.61"})
    CHECK_FALSE(subject.name_of(text));
}

TEST_CASE("secrets are not guessed twice") {
  CHECK(chat::new_secret().size() == 64);
  CHECK(chat::new_secret() != chat::new_secret());
}

TEST_CASE("a secret is read from a file that only its owner may use") {
  CHECK(chat::secret_from(scratch_file("0123456789abcdef\n").path())
        == "0123456789abcdef");
  using fs::perms;
  for (const auto its : {perms::group_read, perms::others_read, perms::others_write}) {
    const scratch_file open("0123456789abcdef",
                            perms::owner_read | perms::owner_write | its);
    CHECK_THROWS_WITH(chat::secret_from(open.path()),
                      Catch::Matchers::Contains("may be used by others"));
  }
  CHECK_THROWS_WITH(chat::secret_from(scratch_file("0123456789abcde\n").path()),
                    Catch::Matchers::Contains("16 to 4,096 octets"));
  CHECK_THROWS_WITH(chat::secret_from("/nowhere/at/all"),
                    Catch::Matchers::Contains("cannot be read"));
}
