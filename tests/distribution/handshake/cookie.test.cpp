// Where a cookie may come from.
#include "websock/runtime/distribution/handshake/cookie.hpp"

#include "tests/catch.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

using websock::runtime::distribution::cookie;

namespace {

/// A folder that ends with the test.
class folder {
public:
  folder() {
    std::string made = "/tmp/websock-cookie-XXXXXX";
    if (::mkdtemp(made.data()) == nullptr)
      throw std::runtime_error("mkdtemp");
    path_ = made;
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  ~folder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] std::string file(std::string_view text, ::mode_t mode = 0600) const {
    const auto path = (path_ / "cookie").string();
    ::unlink(path.c_str());
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }
  [[nodiscard]] std::string path(const char* name) const {
    return (path_ / name).string();
  }

private:
  std::filesystem::path path_;
};

bool is_same(const cookie& one, std::string_view text) {
  return one.is_answer(9, cookie::from_text(text).answer(9));
}

template <class Call>
std::string complaint(Call call) {
  try {
    static_cast<void>(call());
  } catch (const std::invalid_argument& wrong) {
    return wrong.what();
  }
  return "";
}

std::string file_complaint(const std::string& path) {
  return complaint([&] { return cookie::from_file(path); });
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a cookie is read from a file, without the end of its line") {
  const folder at;
  CHECK(is_same(cookie::from_file(at.file("MONSTER\n")), "MONSTER"));
  CHECK(is_same(cookie::from_file(at.file("MONSTER\r\n", 0400)), "MONSTER"));
  CHECK(is_same(cookie::from_file(at.file("MON STER")), "MON STER"));
  CHECK_FALSE(is_same(cookie::from_file(at.file("MONSTER ")), "MONSTER"));
  CHECK(is_same(cookie::from_file(at.file(std::string(255, 'x') + "\r\n")),
                std::string(255, 'x')));
}

TEST_CASE("a cookie file that others may use is refused, with the name of the option") {
  const folder at;
  for (const ::mode_t mode : {0640U, 0604U, 0620U, 0601U, 0644U}) {
    const auto path = at.file("MONSTER", mode);
    CHECK(file_complaint(path)
          == "cookie_file is \"" + path + "\", which others may use: chmod 600");
  }
}

TEST_CASE("a cookie file of another user is refused") {
  if (::geteuid() != 0)
    return; // cannot give files away
  const folder at;
  const auto path = at.file("MONSTER");
  REQUIRE(::chown(path.c_str(), 12'345, 12'345) == 0);
  CHECK(contains(file_complaint(path), "belongs to another user"));
}

TEST_CASE("what is no regular file is refused without waiting for it") {
  const folder at;
  CHECK(contains(file_complaint(at.path("")), "not a regular file"));
  CHECK(contains(file_complaint(at.path("none")), "cannot be opened: No such file"));
  REQUIRE(::mkfifo(at.path("pipe").c_str(), 0600) == 0);
  CHECK(contains(file_complaint(at.path("pipe")), "not a regular file"));
}

TEST_CASE("a cookie that is empty, long or not printable is refused, and not shown") {
  const folder at;
  CHECK(contains(file_complaint(at.file("")), "is empty"));
  CHECK(contains(file_complaint(at.file("\n")), "is empty"));
  CHECK(contains(file_complaint(at.file(std::string(256, 'x'))), "more than 255 octets"));
  CHECK(contains(file_complaint(at.file(std::string(100'000, 'x'))),
                 "more than 255 octets"));
  const auto said = file_complaint(at.file("two\nlines"));
  CHECK(contains(said, "not printable"));
  CHECK_FALSE(contains(said, "lines"));
  CHECK(complaint([] { return cookie::from_text("t\x01"); })
        == "cookie has characters that are not printable ASCII");
}

TEST_CASE("a cookie may come from the environment") {
  ::setenv("WEBSOCK_TEST_COOKIE", "MONSTER\n", 1);
  CHECK(is_same(cookie::from_environment("WEBSOCK_TEST_COOKIE"), "MONSTER"));
  ::unsetenv("WEBSOCK_TEST_COOKIE");
  CHECK(complaint([] { return cookie::from_environment("WEBSOCK_TEST_COOKIE"); })
        == "cookie_variable is \"WEBSOCK_TEST_COOKIE\", which is not set in the "
           "environment");
}
