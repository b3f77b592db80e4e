// A host that a test makes for one connection, and that no server drains.
#pragma once

#include "websock/connection/connection_host.hpp"
#include "websock/connection/departure.hpp"

#include <memory>
#include <utility>

namespace websock::testing {

/// Lives as long as the departure that it observes, and keeps the host alive as long. The
/// host does not count the connection, so a test may drain it twice.
class host_keeper final : public departure::observer {
public:
  [[nodiscard]] static departure keep(std::shared_ptr<connection_host> host) {
    return departure(*new host_keeper(std::move(host)));
  }

private:
  explicit host_keeper(std::shared_ptr<connection_host> host) : host_(std::move(host)) {}
  void departed() noexcept override { delete this; }

  const std::shared_ptr<connection_host> host_;
};

} // namespace websock::testing
