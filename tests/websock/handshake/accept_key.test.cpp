// Sec-WebSocket-Accept, RFC 6455 §4.2.2.
#include "websock/handshake/accept_key.hpp"

#include "tests/catch.hpp"

TEST_CASE("the accept key is the hash of the client's key and the GUID [4.2.2]") {
  CHECK(websock::accept_key("dGhlIHNhbXBsZSBub25jZQ==") // the example of §1.3
        == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  CHECK(websock::accept_key("x3JJHMbDL1EzLkh9GBhXDw==")
        == "HSmrc0sMlYUkAGmm5OPpG2HaGWk=");
  CHECK(websock::accept_key("") == "Kfh9QIsMVZcl6xEPYxPHzW8SZ8w=");
}
