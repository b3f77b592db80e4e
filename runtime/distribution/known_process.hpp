// A process of another node as this one knows it: what a remote pid points to.
#pragma once

#include "../address/remote_process.hpp"
#include "etf/pid.hpp"
#include "wire/control.hpp"

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace websock::runtime::distribution {

class hub;
class known_node;

/// Hands everything on to the shard of the connections, where `peer` deals with it. Made
/// by known_node, which has one for each remote process that a pid names.
class known_process final : public runtime::detail::remote_process {
public:
  /// The process within its node.
  struct key {
    std::uint32_t id = 0;
    std::uint32_t serial = 0;
    std::uint32_t creation = 0;
    friend auto operator<=>(const key&, const key&) = default;
  };

  known_process(std::shared_ptr<hub> owner, known_node& node, const key& which,
                std::uint64_t number);

  [[nodiscard]] known_node& node() const noexcept { return node_; }
  [[nodiscard]] const key& which() const noexcept { return which_; }
  /// A view of its node's name.
  [[nodiscard]] pid_view as_view() const noexcept;

  [[nodiscard]] std::uint64_t number() const noexcept override { return number_; }
  [[nodiscard]] std::string to_string() const override;
  [[nodiscard]] std::string_view node_name() const noexcept override;

  void send(term message) override;
  void send_to_alias(reference address, term message) override;
  void send_request(const pid& caller, reference id, term request) override;
  void exit(const pid& from, const exit_reason& why) override;
  void link(const pid& from) override;
  void unlink(const pid& from) override;
  void monitor(const pid& watcher, reference ref) override;
  void demonitor(const pid& watcher, reference ref) override;
  void link_ended(const pid& from, const exit_reason& why) override;
  void link_refused(const pid& from) override;
  void unlink_acknowledged(const pid& from, std::uint64_t id) override;
  void monitor_ended(const down& message) override;
  void lose() noexcept override;

private:
  ~known_process() override = default;
  void forget() noexcept override;
  [[nodiscard]] pid itself() noexcept { return pid(*this); }

  const std::shared_ptr<hub> owner_;
  known_node& node_; // lives as long as the hub
  const key which_;
  const std::uint64_t number_;
};

} // namespace websock::runtime::distribution
