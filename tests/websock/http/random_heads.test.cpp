// A request head parses the same however it is split. RANDOM_SEED replays one.
#include "websock/http/head_parser.hpp"

#include "tests/catch.hpp"
#include "tests/support/seeds.hpp"
#include "tests/websock/protocol/random_stream.hpp"

#include <array>
#include <string>

using namespace websock::http;
using namespace websock::testing;

namespace {

constexpr std::array<std::string_view, 14> lines{
    "GET /a%20b?c=d HTTP/1.1\r\n",
    "POST * HTTP/1.0\r\n",
    "Host: localhost:4000\r\n",
    "Connection: keep-alive, Upgrade\r\n",
    "Content-Length: 12\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Sec-WebSocket-Version: 13\r\n",
    "X-Empty:\r\n",
    "X-Long: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n",
    " folded\r\n",
    "no colon\r\n",
    "LF: only\n",
    "\r\n",
    "\r"};

// A good request with some lines too many, and now and then an octet that is wrong.
std::string head(random_stream& random) {
  std::string out = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (auto left = random.below(5); left > 0; --left)
    out += lines[random.below(lines.size())];
  out += "\r\n";
  if (random.below(2) == 0)
    out[random.below(out.size())] = static_cast<char>(random.below(256));
  return random.below(3) == 0 ? out + out : out;
}

std::string read(const chunks& pieces, head_limits limits) {
  head_parser parser(limits);
  std::string out;
  for (std::string_view in : pieces) {
    while (!in.empty()) {
      const auto result = parser.feed(in);
      if (const auto* refused = std::get_if<response>(&result))
        return out + std::to_string(refused->status) + refused->body;
      if (const auto* found = std::get_if<request>(&result))
        for (const auto& [name, value] : found->headers())
          out.append(name).append("=").append(value).append(";");
    }
  }
  return out;
}

} // namespace

TEST_CASE("a request head is the same however it is cut") {
  const auto seeds = tests::seeds_of(10'000);
  for (auto seed = seeds.first; seed < seeds.end; ++seed) {
    const head_limits limits = seed % 2 == 0 ? head_limits{}
                                             : head_limits{.max_request_line = 20,
                                                           .max_header_line = 40,
                                                           .max_headers = 3};
    random_stream random(seed);
    const auto octets = head(random);
    const auto whole = read({octets}, limits);
    INFO("RANDOM_SEED=" << seed);
    REQUIRE(read(in_pieces(octets, 1), limits) == whole);
    REQUIRE(read(random.cut(octets), limits) == whole);
  }
}
