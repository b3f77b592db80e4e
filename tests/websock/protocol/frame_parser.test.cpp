// The frame parser on literal octets, split at every position.

#include "websock/protocol/frame_parser.hpp"

#include "websock/protocol/octets.hpp"

#include "tests/catch.hpp"
#include "tests/websock/protocol/chunkings.hpp"

#include <cstring>
#include <limits>
#include <string>
#include <vector>

using namespace websock::protocol;
using namespace websock::testing;

namespace {

constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

std::string number(opcode code) {
  return std::to_string(static_cast<int>(code));
}

// "<opcode> <fin> <payload>;" for each whole frame, then "!<violation>" if it failed.
std::string parsed(frame_parser& parser, const chunks& input, std::uint64_t max_size) {
  std::string out;
  for (std::string chunk : input) {
    std::span<std::byte> in{std::as_writable_bytes(std::span{chunk})};
    while (true) {
      const frame_part part = parser.next(in, max_size);
      if (part.what == frame_part::kind::need_more)
        break;
      if (part.what == frame_part::kind::failed)
        return out + '!' + std::to_string(static_cast<int>(part.why));
      if (part.what == frame_part::kind::header)
        out += number(parser.header().opcode)
               + (parser.header().fin == fin::set ? " . " : " + ");
      out += as_chars(part.payload);
      if (parser.payload_left() == 0)
        out += ';';
    }
  }
  return out;
}

void check_parses(const std::string& input, const std::string& expected,
                  role self = role::server, std::uint64_t max_size = unlimited,
                  rsv allowed = rsv::none) {
  for (const chunks& cut : chunkings(input)) {
    frame_parser parser{self, allowed};
    REQUIRE(parsed(parser, cut, max_size) == expected);
  }
}

void check_fails(const std::string& input, violation why, role self = role::server,
                 std::uint64_t max_size = unlimited, rsv allowed = rsv::none) {
  check_parses(input, '!' + std::to_string(static_cast<int>(why)), self, max_size,
               allowed);
}

// The first `count` octets fail, one by one, and one less does not.
void check_fails_at(std::size_t count, const std::string& input, violation why,
                    role self = role::server, std::uint64_t max_size = unlimited,
                    rsv allowed = rsv::none) {
  const auto pieces = in_pieces(input, 1);
  INFO(count << " octets of " << input.size());
  frame_parser parser{self, allowed};
  for (std::size_t i = 0; i + 1 < count; ++i)
    REQUIRE(parsed(parser, {pieces[i]}, max_size).find('!') == std::string::npos);
  CHECK(parsed(parser, {pieces[count - 1]}, max_size)
        == '!' + std::to_string(static_cast<int>(why)));
  check_fails(input.substr(0, count), why, self, max_size, allowed);
}

} // namespace

TEST_CASE("a server reads the masked frames of RFC 6455 §5.7", "[RFC6455 §5.7]") {
  check_parses(hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"), "1 . Hello;");
  check_parses(hex("8a 85 37 fa 21 3d 7f 9f 4d 51 58"), "10 . Hello;");
}

TEST_CASE("a client reads the unmasked frames of RFC 6455 §5.7", "[RFC6455 §5.7]") {
  check_parses(hex("81 05 48 65 6c 6c 6f"), "1 . Hello;", role::client);
  check_parses(hex("01 03 48 65 6c 80 02 6c 6f"), "1 + Hel;0 . lo;", role::client);
  check_parses(hex("89 05 48 65 6c 6c 6f"), "9 . Hello;", role::client);
  const std::string kilo(256, 'k');
  check_parses(hex("82 7E 01 00") + kilo, "2 . " + kilo + ';', role::client);
  const std::string large(65536, 'l');
  check_parses(hex("82 7F 00 00 00 00 00 01 00 00") + large, "2 . " + large + ';',
               role::client);
}

TEST_CASE("frames follow one another, empty ones too", "[RFC6455 §5.2]") {
  check_parses(
      hex("81 80 00000000  01 81 00000000 61  89 80 37fa213d  80 81 01010101 63"),
      "1 . ;1 + a;9 . ;0 . b;");
}

TEST_CASE("the mask goes on where a chunk ended", "[RFC6455 §5.3]") {
  const std::string payload = "a payload of more than four octets";
  std::string octets = hex("82 A2 01 02 03 04");
  for (std::size_t i = 0; i < payload.size(); ++i)
    octets.push_back(static_cast<char>(payload[i] ^ static_cast<char>(i % 4 + 1)));
  check_parses(octets, "2 . " + payload + ';');
}

TEST_CASE("a reserved bit fails, unless an extension gave it a meaning",
          "[RFC6455 §5.2]") {
  check_fails(hex("C1 81 00000000 61"), violation::reserved_bits);
  check_fails(hex("A1 81 00000000 61"), violation::reserved_bits);
  check_fails(hex("91 81 00000000 61"), violation::reserved_bits);
  check_parses(hex("C1 81 00000000 61"), "1 . a;", role::server, unlimited, rsv::rsv1);
  check_parses(hex("E1 81 00000000 61"),
               '!' + std::to_string(static_cast<int>(violation::reserved_bits)),
               role::server, unlimited, rsv::rsv1);
}

TEST_CASE("a reserved opcode fails", "[RFC6455 §5.2]") {
  const std::string first =
      GENERATE("83", "84", "85", "86", "87", "8B", "8C", "8D", "8E", "8F");
  check_fails(hex(first + "80 00000000"), violation::unknown_opcode);
}

TEST_CASE("a fragmented control frame fails", "[RFC6455 §5.5]") {
  const std::string first = GENERATE("08", "09", "0A");
  check_fails(hex(first + "80 00000000"), violation::fragmented_control);
}

TEST_CASE("a control frame of 125 octets passes, one of 126 fails on its header",
          "[RFC6455 §5.5]") {
  const std::string largest(125, 'x');
  check_parses(hex("89 FD 00000000") + largest, "9 . " + largest + ';');
  check_fails(hex("89 FE 007E 00000000"), violation::oversized_control);
  check_fails(hex("88 FF 0000000000010000 00000000"), violation::oversized_control);
}

TEST_CASE("a frame masked by the wrong end fails", "[RFC6455 §5.1]") {
  check_fails(hex("81 01 61"), violation::unmasked_frame);
  check_fails(hex("81 00"), violation::unmasked_frame);
  check_fails(hex("81 81 00000000 61"), violation::masked_frame, role::client);
}

TEST_CASE("a length that is longer than it need be fails", "[RFC6455 §5.2]") {
  check_fails(hex("82 FE 0000 00000000"), violation::non_minimal_length);
  check_fails(hex("82 FE 007D 00000000"), violation::non_minimal_length);
  check_fails(hex("82 FF 000000000000007E 00000000"), violation::non_minimal_length);
  check_fails(hex("82 FF 000000000000FFFF 00000000"), violation::non_minimal_length);
  check_fails(hex("82 7E 007D"), violation::non_minimal_length, role::client);
  check_fails(hex("82 7F 000000000000FFFF"), violation::non_minimal_length, role::client);
}

TEST_CASE("a 64-bit length with its high bit set fails", "[RFC6455 §5.2]") {
  check_fails(hex("82 FF 8000000000000000 00000000"), violation::length_high_bit);
  check_fails(hex("82 FF FFFFFFFFFFFFFFFF 00000000"), violation::length_high_bit);
}

TEST_CASE("a frame over the limit fails on its header, before any payload",
          "[RFC6455 §10.4]") {
  check_fails(hex("82 FF 00000000000F4240 00000000"), violation::frame_too_big,
              role::server, 100);
  check_fails(hex("82 E5 00000000"), violation::frame_too_big, role::server, 100);
  const std::string allowed(100, 'x');
  check_parses(hex("82 E4 00000000") + allowed, "2 . " + allowed + ';', role::server,
               100);
}

TEST_CASE("control frames do not fall under the frame limit", "[RFC6455 §5.5]") {
  check_parses(hex("89 85 37 fa 21 3d 7f 9f 4d 51 58"), "9 . Hello;", role::server, 3);
}

TEST_CASE("what the first octet makes wrong fails on the first octet", "[RFC6455 §5.2]") {
  check_fails_at(1, hex("C1 81 00000000 61"), violation::reserved_bits);
  check_fails_at(1, hex("A1"), violation::reserved_bits);
  check_fails_at(1, hex("91"), violation::reserved_bits);
  check_fails_at(1, hex("83"), violation::unknown_opcode);
  check_fails_at(1, hex("8B"), violation::unknown_opcode);
  check_fails_at(1, hex("09"), violation::fragmented_control);
  check_fails_at(1, hex("80"), violation::stray_continuation);
  check_fails_at(1, hex("00"), violation::stray_continuation);
}

TEST_CASE("what the second octet makes wrong fails on the second octet",
          "[RFC6455 §5.1]") {
  check_fails_at(2, hex("81 7E FFFF"), violation::unmasked_frame);
  check_fails_at(2, hex("81 81"), violation::masked_frame, role::client);
  check_fails_at(2, hex("89 FE 007E"), violation::oversized_control);
  check_fails_at(2, hex("88 FF 00"), violation::oversized_control);
  check_fails_at(2, hex("8A 7E 00"), violation::oversized_control, role::client);
}

TEST_CASE("a wrong length fails on the octet that makes it wrong, before the mask key",
          "[RFC6455 §5.2]") {
  check_fails_at(3, hex("82 FF 80"), violation::length_high_bit);
  check_fails_at(4, hex("82 FE 007D"), violation::non_minimal_length);
  check_fails_at(8, hex("82 FF 000000000000"), violation::non_minimal_length);
  check_fails_at(2, hex("82 E5"), violation::frame_too_big, role::server, 100);
  check_fails_at(3, hex("82 FE 01"), violation::frame_too_big, role::server, 200);
  check_fails_at(4, hex("82 FE 00C9"), violation::frame_too_big, role::server, 200);
  check_fails_at(10, hex("82 FF 0000000000010001"), violation::frame_too_big,
                 role::server, 0x1'0000);
  check_fails_at(8, hex("82 FF 000000000000"), violation::non_minimal_length,
                 role::server, 100);
}

TEST_CASE("a message goes on in continuation frames, and in nothing else",
          "[RFC6455 §5.4]") {
  const std::string first = hex("01 81 00000000 61");
  const std::string ping = hex("89 80 00000000");
  const std::string last = hex("80 81 00000000 62");
  check_parses(first + ping + last + first + last, "1 + a;9 . ;0 . b;1 + a;0 . b;");
  const std::string why =
      '!' + std::to_string(static_cast<int>(violation::interleaved_message));
  check_parses(first + hex("81"), "1 + a;" + why);
  check_parses(first + ping + hex("02"), "1 + a;9 . ;" + why);
  check_parses(first + last + hex("00"),
               "1 + a;0 . b;!"
                   + std::to_string(static_cast<int>(violation::stray_continuation)));
}

TEST_CASE("compression marks first frames of messages only", "[RFC7692 §6]") {
  check_fails_at(1, hex("C9"), violation::compressed_control, role::server, unlimited,
                 rsv::rsv1);
  const std::string why =
      '!' + std::to_string(static_cast<int>(violation::compressed_continuation));
  check_parses(hex("41 81 00000000 61 C0"), "1 + a;" + why, role::server, unlimited,
               rsv::rsv1);
}

TEST_CASE("frames before a failure are still read", "[RFC6455 §7.1.7]") {
  check_parses(hex("81 81 00000000 61  81 01 62"),
               "1 . a;!" + std::to_string(static_cast<int>(violation::unmasked_frame)));
}

TEST_CASE("after a failure nothing is consumed and the failure stays",
          "[RFC6455 §7.1.7]") {
  frame_parser parser{role::server};
  std::string octets = hex("81 01 61 81 81 00000000 61");
  std::span<std::byte> in{std::as_writable_bytes(std::span{octets})};
  REQUIRE(parser.next(in, unlimited).what == frame_part::kind::failed);
  const std::size_t left = in.size();
  const frame_part again = parser.next(in, unlimited);
  CHECK(again.what == frame_part::kind::failed);
  CHECK(again.why == violation::unmasked_frame);
  CHECK(in.size() == left);
  CHECK_FALSE(parser.is_mid_frame());
}

TEST_CASE("a frame is under way from its first octet to its last", "[RFC6455 §5.2]") {
  const std::string octets = hex("81 85 37 fa 21 3d 7f 9f 4d 51 58");
  frame_parser parser{role::server};
  for (std::size_t i = 0; i < octets.size(); ++i) {
    CHECK(parser.is_mid_frame() == (i != 0));
    (void)parsed(parser, {octets.substr(i, 1)}, unlimited);
  }
  CHECK_FALSE(parser.is_mid_frame());
}

TEST_CASE("payload is unmasked in place and handed out as a view of the input",
          "[RFC6455 §5.3]") {
  std::string octets = hex("81 85 37 fa 21 3d 7f 9f 4d 51 58");
  frame_parser parser{role::server};
  std::span<std::byte> in{std::as_writable_bytes(std::span{octets})};
  REQUIRE(parser.next(in, unlimited).what == frame_part::kind::header);
  const frame_part part = parser.next(in, unlimited);
  CHECK(as_chars(part.payload).data() == octets.data() + 6);
  CHECK(octets.substr(6) == "Hello");
  CHECK(in.empty());
}

TEST_CASE("an idle parser is small") {
  STATIC_REQUIRE(sizeof(frame_parser) <= 48);
}
