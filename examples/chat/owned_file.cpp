// Reading a secret.
#include "examples/chat/owned_file.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace chat {

std::string secret_in(const std::string& file, const std::string& option,
                      std::size_t least) {
  using std::filesystem::perms;
  std::error_code failed;
  const auto its = std::filesystem::status(file, failed).permissions();
  std::ifstream in(file);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto what = option + ' ' + file;
  if (failed || !in)
    throw std::runtime_error(what + " cannot be read");
  if ((its & (perms::group_all | perms::others_all)) != perms::none)
    throw std::runtime_error(what + " may be used by others: chmod 600 it");
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.pop_back();
  if (text.size() < least || text.size() > 4'096)
    throw std::runtime_error(what + " has to hold " + std::to_string(least)
                             + " to 4,096 octets");
  return text;
}

} // namespace chat
