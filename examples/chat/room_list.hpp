// The rooms as a visitor sees them: the topic "rooms".
#pragma once

#include "websock/channels.hpp"

namespace chat {

/// What changes later, the directory tells.
class room_list final : public websock::channel {
  websock::join_result join(std::string_view topic, const payload& params) override;
};

} // namespace chat
