// From the octets of a token to a user.
#include "examples/phoenix_edge/login.hpp"

#include "websock/channels.hpp"
#include "websock/utf8.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace phoenix_edge {

namespace etf = websock::runtime::etf;
namespace http = websock::http;
namespace phoenix = websock::phoenix;

using websock::json;

namespace {

constexpr std::size_t longest_name = 64;

// Elixir's texts are binaries, and may hold anything.
[[nodiscard]] std::optional<std::string> text_of(const etf::value& data) {
  if (const auto* const number = data.get_if<std::int64_t>())
    return std::to_string(*number);
  const auto* const text = data.get_if<etf::binary>();
  if (text == nullptr || text->octets.empty() || text->octets.size() > longest_name
      || !websock::protocol::is_valid_utf8(text->octets))
    return std::nullopt;
  return text->octets;
}

[[nodiscard]] std::optional<std::string> member(const etf::value& data,
                                                const char* name) {
  const auto* found = data.find(etf::atom{name});
  if (found == nullptr)
    found = data.find(etf::binary{name});
  return found == nullptr ? std::nullopt : text_of(*found);
}

[[nodiscard]] http::response no_store(int status, const json& body) {
  auto made = http::json(body.dump());
  made.status = status;
  made.with_header("Cache-Control", "no-store");
  return made;
}

} // namespace

std::optional<user> user_in(const etf::value& data) {
  if (auto id = text_of(data))
    return user{*id, *id};
  auto id = member(data, "id");
  if (!id)
    return std::nullopt;
  auto name = member(data, "name").value_or(*id);
  return user{*std::move(id), std::move(name)};
}

login::login(std::string_view secret_key_base, std::string_view salt,
             std::optional<std::chrono::seconds> max_age)
    : tokens_(secret_key_base, salt, {.max_age = max_age}) {
}

login::result login::verify(std::string_view token) const {
  const auto verified = tokens_.verify(token, std::chrono::system_clock::now());
  if (const auto* const why = std::get_if<phoenix::token_error>(&verified))
    return *why;
  if (auto found = user_in(std::get<etf::value>(verified)))
    return *std::move(found);
  return phoenix::token_error::invalid;
}

http::response login::answer(const http::request& request) const {
  const auto verified = verify(request.body());
  if (const auto* const why = std::get_if<phoenix::token_error>(&verified))
    return no_store(403, {{"reason", to_string(*why)}});
  const auto& who = std::get<user>(verified);
  return no_store(200, {{"id", who.id}, {"name", who.name}});
}

std::string secret_from(const std::string& file) {
  using std::filesystem::perms;
  std::error_code failed;
  const auto its = std::filesystem::status(file, failed).permissions();
  std::ifstream in(file);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (failed || !in)
    throw std::runtime_error("--secret-file " + file + " cannot be read");
  if ((its & (perms::group_all | perms::others_all)) != perms::none)
    throw std::runtime_error("--secret-file " + file
                             + " may be used by others: chmod 600 it");
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.pop_back();
  return text;
}

} // namespace phoenix_edge
