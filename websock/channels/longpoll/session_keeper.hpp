// The process that stands for all sessions at one path: a child of the server.
#pragma once

#include "websock/channels/longpoll/poll_sessions.hpp"
#include "websock/runtime/behaviour/behaviour.hpp"

#include <memory>
#include <utility>

namespace websock::channels {

/// The server stops it after its connections: then the sessions end.
class session_keeper final : public runtime::behaviour {
public:
  explicit session_keeper(std::shared_ptr<poll_sessions> all) : all_(std::move(all)) {}

private:
  void on_start() override;
  void on_message(runtime::term message) override;

  const std::shared_ptr<poll_sessions> all_;
};

} // namespace websock::channels
