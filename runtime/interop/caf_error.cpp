// Converts exit reasons to CAF errors and back.
#include "caf_error.hpp"

#include "caf_term.hpp"

#include <caf/all.hpp>

namespace websock::runtime::detail {

namespace {

// The category of Erlang's reasons that CAF lacks; the code is exit_reason::kind.
constexpr auto erlang_category = caf::atom("erlang");

} // namespace

caf::error to_error(const exit_reason& why) {
  if (!why.detail()) {
    if (why.is_normal())
      return caf::exit_reason::normal;
    if (why.is_shutdown())
      return caf::exit_reason::user_shutdown;
    if (why == exit_reason(reason::kill))
      return caf::exit_reason::kill;
    if (why == exit_reason(reason::noconnection))
      return caf::exit_reason::remote_link_unreachable;
  }
  return {static_cast<std::uint8_t>(why.what()), erlang_category,
          to_sendable_message(why.detail())};
}

exit_reason to_reason(const caf::error& error) {
  if (!error)
    return reason::normal;
  if (error.category() == erlang_category) {
    const auto kind = static_cast<exit_reason::kind>(error.code());
    return error.context().empty() ? exit_reason(kind)
                                   : exit_reason(kind, to_term(error.context()));
  }
  if (error == caf::exit_reason::user_shutdown)
    return reason::shutdown;
  if (error == caf::exit_reason::kill)
    return reason::kill;
  if (error == caf::exit_reason::remote_link_unreachable)
    return reason::noconnection;
  return runtime::reason::error(caf::to_string(error));
}

} // namespace websock::runtime::detail
