// JSON values, as channels take and give them.
#pragma once

#include <nlohmann/json.hpp>

namespace websock {

using json = nlohmann::json;

} // namespace websock
