// Which serializer, and what both have in common.
#include "websock/channels/envelope/serializer.hpp"

#include "websock/channels/envelope/serializer_v1.hpp"
#include "websock/channels/envelope/serializer_v2.hpp"

#include <algorithm>

namespace websock::channels {

namespace {

// A number of a version: digits without a leading zero.
[[nodiscard]] bool is_number(std::string_view text) noexcept {
  return !text.empty() && (text.size() == 1 || text.front() != '0')
         && std::all_of(text.begin(), text.end(),
                        [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace

// Pre-releases do not match ~>.
std::optional<serializer> serializer_for(std::string_view vsn) noexcept {
  vsn = vsn.substr(0, vsn.find('+')); // build metadata
  if (vsn.starts_with("1.0.") && is_number(vsn.substr(4)))
    return serializer::v1;
  if (vsn.starts_with("2.0.") && is_number(vsn.substr(4)))
    return serializer::v2;
  return std::nullopt;
}

std::optional<inbound_message> decode(serializer how, message_view in) {
  return how == serializer::v1 ? v1::decode(in) : v2::decode(in);
}

message encode(serializer how, const outbound_message& out) {
  return how == serializer::v1 ? v1::encode(out) : v2::encode(out);
}

message encode_reply(serializer how, const message_ref& join_ref, const message_ref& ref,
                     std::string_view topic, std::string_view status,
                     const payload& response) {
  return encode(how,
                {outbound_message::kind::reply, join_ref, ref, topic, status, response});
}

} // namespace websock::channels
