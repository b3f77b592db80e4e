// The process as CAF's templates of requests see it. Programs get it from
// runtime/interop/caf.hpp; it shows nothing of the process.
#pragma once

#include <caf/actor_traits.hpp>
#include <caf/behavior.hpp>
#include <caf/extend.hpp>
#include <caf/local_actor.hpp>
#include <caf/mixin/requester.hpp>
#include <caf/mixin/sender.hpp>

namespace websock::runtime {

/// An untyped actor for CAF's templates, which call it by its own type.
class caf_requester
    : public caf::extend<caf::local_actor, caf_requester>::with<caf::mixin::sender,
                                                                caf::mixin::requester>,
      public caf::dynamically_typed_actor_base {
public:
  using signatures = caf::none_t;

  // What request(...).then(...) asks of the requesting actor.
  virtual void add_multiplexed_response_handler(caf::message_id id,
                                                caf::behavior handler) = 0;
  virtual void add_awaited_response_handler(caf::message_id id,
                                            caf::behavior handler) = 0;
  virtual void call_error_handler(caf::error& what) = 0;

protected:
  explicit caf_requester(caf::actor_config& config) : extended_base(config) {}
  ~caf_requester() override = default;
};

} // namespace websock::runtime
