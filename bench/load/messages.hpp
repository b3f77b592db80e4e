// What the connections of a run say and expect, as texts.
#pragma once

#include "bench/load/settings.hpp"

#include <string>
#include <vector>

namespace bench {

/// What a run does with its connections.
enum class traffic {
  echoes,     // each message comes back; connection i begins with message i
  broadcasts, // each goes to all; all begin with message 0
  visits,     // a topic is joined and left, again and again
};

/// How much of an answer is known before: of some the end is the server's own.
enum class matching { whole, beginning };

/// No two that are sent are the same, and there are more than may be in flight, so that
/// one that is lost, twice there or at another's place does not pass for another.
struct messages {
  std::vector<std::string> sent;
  std::vector<std::string> answers;
  matching how = matching::whole;
};

[[nodiscard]] messages messages_of(const settings& wanted, traffic what);

} // namespace bench
