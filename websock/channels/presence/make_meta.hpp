// The meta of a presence from a JSON value.
#pragma once

#include "websock/channels/envelope/json.hpp"
#include "websock/channels/presence/meta_text.hpp"

#include <string>

namespace websock::channels {

/// The text of `meta` with `phx_ref`, and with `phx_ref_prev` unless `previous` is empty.
/// Throws std::invalid_argument for what is no object, is no UTF-8 or is nested deeper
/// than 64.
[[nodiscard]] meta_text make_meta(json meta, const std::string& phx_ref,
                                  const std::string& previous = {});
} // namespace websock::channels
