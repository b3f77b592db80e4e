// Reading a cookie, and refusing one that others could have read.
#include "cookie.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <system_error>

namespace websock::runtime::distribution {

namespace {

class descriptor {
public:
  // Without O_NONBLOCK a named pipe would hold the program until somebody writes.
  explicit descriptor(const std::string& path)
      : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (number_ >= 0)
      ::close(number_);
  }
  [[nodiscard]] int number() const noexcept { return number_; }

private:
  int number_;
};

[[noreturn]] void refuse(const std::string& what, const std::string& wrong) {
  throw std::invalid_argument(what + wrong);
}

[[nodiscard]] std::string reason() {
  return std::generic_category().message(errno);
}

void check_owner(const struct stat& facts, const std::string& what) {
  if (!S_ISREG(facts.st_mode))
    refuse(what, ", which is not a regular file");
  if (facts.st_uid != ::geteuid() && facts.st_uid != 0)
    refuse(what, ", which belongs to another user: it must be ours or root's");
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    refuse(what, ", which others may use: chmod 600");
}

/// At most one octet more than a cookie with its line end can have.
[[nodiscard]] std::string first_octets(int file, const std::string& what) {
  std::array<char, cookie::most_octets + 3> octets{};
  std::size_t size = 0;
  while (size < octets.size()) {
    const auto count = ::read(file, octets.data() + size, octets.size() - size);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      refuse(what, ", which cannot be read: " + reason());
    if (count == 0)
      break;
    size += static_cast<std::size_t>(count);
  }
  return {octets.data(), size};
}

[[nodiscard]] std::string_view without_line_end(std::string_view text) {
  if (!text.empty() && text.back() == '\n')
    text.remove_suffix(1);
  if (!text.empty() && text.back() == '\r')
    text.remove_suffix(1);
  return text;
}

/// What is wrong with a cookie; none if nothing. Says nothing of what is in it.
[[nodiscard]] std::optional<std::string> fault_of_cookie(std::string_view text) {
  if (text.empty())
    return "is empty";
  if (text.size() > cookie::most_octets)
    return "has more than 255 octets";
  if (!std::all_of(text.begin(), text.end(),
                   [](char octet) { return octet >= ' ' && octet <= '~'; }))
    return "has characters that are not printable ASCII";
  return std::nullopt;
}

[[nodiscard]] std::string checked(std::string_view text, const std::string& what) {
  if (const auto wrong = fault_of_cookie(text))
    refuse(what, *wrong);
  return std::string(text);
}

} // namespace

cookie cookie::from_text(std::string_view text, std::string_view option) {
  return cookie(checked(text, std::string(option) + " "));
}

cookie cookie::from_file(const std::string& path, std::string_view option) {
  const auto what = std::string(option) + " is \"" + path + "\"";
  const descriptor file(path);
  if (file.number() < 0)
    refuse(what, ", which cannot be opened: " + reason());
  struct stat facts {};
  if (::fstat(file.number(), &facts) != 0)
    refuse(what, ", of which the system says: " + reason());
  check_owner(facts, what);
  return cookie(checked(without_line_end(first_octets(file.number(), what)),
                        what + ", and the cookie in it "));
}

cookie cookie::from_environment(const std::string& variable, std::string_view option) {
  const auto what = std::string(option) + " is \"" + variable + "\"";
  const char* const text = std::getenv(variable.c_str());
  if (text == nullptr)
    refuse(what, ", which is not set in the environment");
  return cookie(checked(without_line_end(text), what + ", and the cookie in it "));
}

} // namespace websock::runtime::distribution
