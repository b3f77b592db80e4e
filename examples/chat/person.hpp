// One connection of a person, whom a token names.
#pragma once

#include "websock/channels.hpp"

#include "examples/chat/allowance.hpp"
#include "examples/chat/doorman.hpp"
#include "examples/chat/house.hpp"

#include <memory>
#include <string>

namespace chat {

class person final : public websock::channel_socket {
public:
  explicit person(house* in) : house_(in) {}

  websock::connect_result connect(const websock::json& params,
                                  const websock::connect_info& info) override;
  [[nodiscard]] std::string id() const override { return "person:" + name_; }

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// All rooms together. On the shard of the connection, as all its channels are.
  [[nodiscard]] bool may_speak(websock::runtime::time_point now) const {
    return rates_->lines.take(now);
  }
  [[nodiscard]] bool may_join(websock::runtime::time_point now) const {
    return rates_->joins.take(now);
  }

private:
  struct rates {
    allowance lines;
    allowance joins;
  };

  house* const house_;
  std::string name_;
  ticket visit_;
  std::unique_ptr<rates> rates_;
};

} // namespace chat
