// The parameters and the answer of a join to a topic with history.
#include "websock/channels/channel/join_recovery.hpp"

#include "websock/channels/broadcast/seen_text.hpp"
#include "websock/channels/envelope/envelope_text.hpp"

#include <stdexcept>
#include <utility>

namespace websock::channels {

std::optional<position> wanted_position(const payload& params) {
  const auto& wanted = params["recover"];
  if (!wanted.is_object())
    return std::nullopt;
  const auto epoch = wanted.find("epoch");
  const auto offset = wanted.find("offset");
  if (epoch == wanted.end() || offset == wanted.end() || !epoch->is_string()
      || !offset->is_number_unsigned())
    return std::nullopt;
  position found{epoch->get<std::string>(), offset->get<std::uint64_t>()};
  if (const auto seen = wanted.find("seen"); seen != wanted.end())
    found.seen = seen->dump();
  return seen_from(found.seen) || found.seen.empty() ? std::optional(std::move(found))
                                                     : std::nullopt;
}

payload with_recovery(const payload& answer, const resumption& found) {
  if (!answer.is_object())
    throw std::invalid_argument("the answer to a join of a topic with history is a JSON "
                                "object: "
                                + answer.text());
  std::string text;
  append_extended(text, answer.text(),
                  (found.is_complete ? R"("recovered":true,)" : R"("recovered":false,)")
                      + recover_member(found.from));
  return payload::from_text(std::move(text));
}

std::vector<shared_message> encode_missed(serializer how, const std::string& topic,
                                          const resumption& found) {
  std::vector<shared_message> all;
  all.reserve(found.missed.size());
  for (const auto& [each, at] : found.missed) {
    all.push_back(share(encode(how, {outbound_message::kind::broadcast,
                                     {},
                                     {},
                                     topic,
                                     each->event,
                                     payload::from_text(each->text),
                                     {},
                                     &at})));
  }
  return all;
}

} // namespace websock::channels
