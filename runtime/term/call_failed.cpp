// What a call makes of a lost connection.
#include "call_failed.hpp"

#include "atom.hpp"
#include "term.hpp"

#include <string>

namespace websock::runtime::detail {

exit_reason failure_of_call(const exit_reason& why, std::string_view node) {
  if (node.empty() || why != exit_reason(reason::noconnection))
    return why;
  return {exit_reason::kind::term, term(atom{"nodedown"}, atom{std::string(node)})};
}

} // namespace websock::runtime::detail
