// Recorded scenarios of Phoenix whose steps the record only describes, or where the
// process of a connection is not like Bandit's.
#include "tests/catch.hpp"
#include "tests/channels/recorded/replay.hpp"

#include <array>
#include <string>
#include <string_view>

using tests::recorded::manner;
using tests::recorded::replay;
using websock::json;

namespace {

/// The octets of a masked frame, in hexadecimal digits.
std::string masked(unsigned first_octet, std::string_view payload) {
  constexpr std::array<unsigned, 4> key{0x37, 0xFA, 0x21, 0x3D};
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  const auto add = [&](unsigned octet) {
    text += digits[octet >> 4U];
    text += digits[octet & 15U];
  };
  add(first_octet);
  add(0x80U | static_cast<unsigned>(payload.size()));
  for (const auto each : key)
    add(each);
  for (std::size_t i = 0; i < payload.size(); ++i)
    add(static_cast<unsigned char>(payload[i]) ^ key[i % 4]);
  return text;
}

std::string pushed(std::string_view event, std::string_view data) {
  return R"(["1","2","room:a",")" + std::string(event) + R"(",{"data":")"
         + std::string(data) + R"("}])";
}

// Long texts are shortened in the record.
void lengthen(json& step) {
  const std::string many(1'048'576, 'x');
  if (step.contains("binary_hex")) {
    std::string hex = "00010106073134726f6f6d3a6162696e5f6c656e";
    for (int i = 0; i < 70'000; ++i)
      hex += "7a";
    step["binary_hex"] = hex;
    return;
  }
  if (!step.contains("text") || step["text"].is_string())
    return;
  if (step["from"] == "server")
    step["text"] = R"(["1","3","room:a","phx_reply",{"response":{"data":")" + many
                   + R"("},"status":"ok"}])";
  else if (step["conn"] == "A")
    step["text"] = pushed("len", many);
  else
    step["text"] = pushed("len", std::string(2'500, 'y'));
}

/// What a note of the record describes.
void act_on_note(json& step) {
  if (!step.contains("note"))
    return;
  const std::string note = step["note"];
  step = {{"from", "client"}, {"conn", note.substr(0, 1)}};
  if (note.front() == 'A')
    step["raw_hex"] = masked(0x81, "\"\xFF\"");
  else if (note.front() == 'B')
    step["raw_hex"] = "810161";
  else if (note.front() == 'C')
    step["raw_hex"] = masked(0x89, "hi");
  else
    step["raw_hex"] = masked(0x01, "[null,\"1\"") + masked(0x00, ",\"phoenix\",\"hea")
                      + masked(0x80, "rtbeat\",{}]");
}

} // namespace

TEST_CASE("large messages, and one that is too large", "[push_large]") {
  manner how;
  how.changed_step = lengthen;
  how.compares_callbacks = false; // they are shortened as well
  replay("push_large", how);
}

TEST_CASE("frames that RFC 6455 forbids, pings and fragments", "[mal_ws]") {
  manner how;
  how.changed_step = act_on_note;
  replay("mal_ws", how);
}

// Rule 16: an exit signal ends a connection, unless it traps exits.
TEST_CASE("an exit signal to the process of a socket ends its channels",
          "[crash_transport]") {
  manner how;
  how.more_callbacks = {json::parse(R"(["channel.terminate", [":shutdown", "room:a"]])"),
                        json::parse(R"(["channel.terminate", [":boom", "room:a"]])")};
  replay("crash_transport", how);
}
