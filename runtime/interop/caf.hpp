// Plain CAF actors beside processes: handles and requests in both directions. The only
// header that a program needs for this; no other header of runtime/ exposes CAF.
#pragma once

#include "websock/runtime/address/gen_call.hpp"
#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/interop/caf_actor.hpp"
#include "websock/runtime/term/access.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

namespace websock::runtime {

/// The CAF handle of a process or actor: send to it, request from it, monitor it, link to
/// it.
[[nodiscard]] inline caf::actor to_actor(const pid& who) {
  return caf::actor_cast<caf::actor>(
      caf::strong_actor_ptr(detail::access::control_block(who), /*add_ref=*/true));
}

/// The pid of any actor of the same actor system.
template <class Handle>
[[nodiscard]] pid to_pid(const Handle& actor) {
  return pid(caf::actor_cast<caf::strong_actor_ptr>(actor).get());
}

/// The process as a CAF actor, for `request(actor, timeout, values...).then(on_value,
/// on_error)`, whose handlers run in turns of the process. `.await` is rejected, because
/// it would make the process deaf to every signal.
[[nodiscard]] inline caf_actor& as_caf_actor(process& self) {
  return static_cast<caf_actor&>(self);
}

} // namespace websock::runtime
