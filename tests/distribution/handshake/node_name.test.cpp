// Names of nodes.
#include "websock/runtime/distribution/handshake/node_name.hpp"

#include "tests/catch.hpp"

#include <stdexcept>

using websock::runtime::distribution::node_name;

namespace {

std::string complaint(const std::string& text) {
  try {
    static_cast<void>(node_name::parse(text, "cluster.name"));
  } catch (const std::invalid_argument& wrong) {
    return wrong.what();
  }
  return "";
}

} // namespace

TEST_CASE("a name has a part before the @ and a host") {
  const auto name = node_name::parse("chat_1-b@10.0.0.7");
  CHECK(name.text() == "chat_1-b@10.0.0.7");
  CHECK(name.alive() == "chat_1-b");
  CHECK(name.host() == "10.0.0.7");
  CHECK(name.is_long());
  CHECK_FALSE(node_name::parse("chat@host").is_long());
  CHECK(node_name::parse("chat@::1").is_long());
  CHECK(node_name::parse("B@host") < node_name::parse("a@host"));
}

TEST_CASE("what is no name is refused with the option and the reason") {
  CHECK(complaint("chat")
        == "cluster.name is \"chat\", without a host: it must be name@host");
  CHECK(complaint("chat@")
        == "cluster.name is \"chat@\", without a host: it must be name@host");
  CHECK(complaint("@host").find("without a name before the @") != std::string::npos);
  CHECK(complaint("a.b@host").find("before the @ are letters") != std::string::npos);
  CHECK(complaint("a@b@c").find("behind the @") != std::string::npos);
  CHECK(complaint("a\x1b@host").find('\x1b') == std::string::npos);
  CHECK(complaint(std::string(300, 'a')).find("longer than 255 octets")
        != std::string::npos);
  CHECK(node_name::read(std::string(253, 'a') + "@b"));
  CHECK_FALSE(node_name::read(std::string(254, 'a') + "@b"));
}
