// Names are given to whom asks first.
#include "examples/chat/registration.hpp"

#include "examples/chat/archive.hpp"
#include "examples/chat/names.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace chat {

namespace runtime = websock::runtime;
namespace http = websock::http;
using namespace std::chrono_literals;

namespace {

[[nodiscard]] http::response answer(int status, const json& body) {
  auto made = http::json(body.dump());
  made.status = status;
  made.with_header("Cache-Control", "no-store");
  return made;
}

[[nodiscard]] http::response refusal(int status, const char* why) {
  return answer(status, {{"reason", why}});
}

struct application {
  std::string name;
  std::string token;
};

[[nodiscard]] std::optional<application> application_in(const http::request& request) {
  const auto body = json::parse(request.body(), nullptr, /*allow_exceptions=*/false);
  if (!body.is_object() || !body.contains("name") || !body["name"].is_string())
    return std::nullopt;
  application found{clean_name(body["name"].get<std::string>()), {}};
  if (body.contains("token") && body["token"].is_string())
    found.token = body["token"].get<std::string>();
  return found;
}

} // namespace

runtime::waiting<http::response> registration(runtime::process& self,
                                              const http::request& request, house& in) {
  const auto visit = in.door.admit(request.peer(), std::chrono::steady_clock::now());
  if (!visit)
    co_return refusal(429, "Too many visits. Wait a moment.")
        .with_header("Retry-After", "10");
  const auto wanted = application_in(request);
  if (!wanted)
    co_return refusal(400, "A JSON object with a name, please.");
  if (!is_name(wanted->name))
    co_return refusal(422, "A name has 1 to 30 characters.");
  const bool is_owner = in.tokens.name_of(wanted->token) == wanted->name;
  const reserve_name wish{wanted->name, is_owner ? reserve_name::claim::proved
                                                 : reserve_name::claim::wanted};
  auto found = reservation::busy;
  try {
    found = co_await self.call<reservation>(self.whereis(archive_name), 5s, wish);
  } catch (const runtime::call_failed&) {
  }
  if (found == reservation::busy)
    co_return refusal(503, "The server is busy. Try again.");
  if (found == reservation::taken)
    co_return refusal(409, "This name is taken.");
  co_return answer(200,
                   {{"name", wanted->name}, {"token", in.tokens.issue(wanted->name)}});
}

} // namespace chat
