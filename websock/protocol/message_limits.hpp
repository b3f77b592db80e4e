// What one message may cost; shared by all connections of a route.
#pragma once

#include <cstdint>

namespace websock::protocol {

enum class utf8_policy : std::uint8_t { validate, trust };

struct message_limits {
  std::uint64_t max_frame_size = 8'000'000;   // octets of payload, without the header
  std::uint64_t max_message_size = 8'000'000; // octets in all fragments together
  std::uint32_t max_fragments = 131'072; // frames per message: empty ones cost time too
  utf8_policy validate_utf8 = utf8_policy::validate;
};

} // namespace websock::protocol
