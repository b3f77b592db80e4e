// Programs cannot access the parts of pids and terms that belong to the kernel.
#include "websock/websock.hpp"

using websock::runtime::pid;
using websock::runtime::term;

void reach(const pid& who, term& value) {
#if defined(AT_LOCAL)
  static_cast<void>(who.local());
#elif defined(AT_LEND)
  static_cast<void>(value.lend());
#elif defined(AT_HAND_ON)
  static_cast<void>(value.hand_on());
#elif defined(AT_BOX)
  static_cast<void>(value.box());
#elif defined(AT_ADOPT)
  static_cast<void>(term::adopt(nullptr));
#elif defined(AT_ACCESS)
  static_cast<void>(websock::runtime::detail::access::local(who));
#elif defined(AT_PROCESS_BLOCK)
  static_cast<void>(sizeof(websock::runtime::detail::process_block));
#endif
  static_cast<void>(who);
  static_cast<void>(value);
}
