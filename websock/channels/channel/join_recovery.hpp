// What a join says about missed messages, and what its answer says.
#pragma once

#include "websock/channels/broadcast/topic_histories.hpp"
#include "websock/channels/envelope/payload.hpp"
#include "websock/channels/envelope/serializer.hpp"
#include "websock/channels/history/position.hpp"

#include <optional>
#include <string>
#include <vector>

namespace websock::channels {

/// Where a client wants to go on: `recover` among the parameters of its join, an object
/// with an epoch and an offset. Empty if there is none, or it is malformed.
[[nodiscard]] std::optional<position> wanted_position(const payload& params);

/// The answer to a join, with `recovered` and `recover`. Throws std::invalid_argument if
/// `answer` is no object.
[[nodiscard]] payload with_recovery(const payload& answer, const resumption& found);

/// The missed messages, as this client would have got them.
[[nodiscard]] std::vector<shared_message>
encode_missed(serializer how, const std::string& topic, const resumption& found);

} // namespace websock::channels
