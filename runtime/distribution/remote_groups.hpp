// A scope of process groups among those of the same name on other nodes: the process that
// tells them of members here, and hears of theirs.
#pragma once

#include "../address/pid.hpp"
#include "../address/system_message.hpp"
#include "../behaviour/behaviour.hpp"
#include "../registry/process_group.hpp"
#include "../term/exit_reason.hpp"
#include "../term/reference.hpp"
#include "../term/term.hpp"
#include "../time/clock.hpp"
#include "etf/pid.hpp"
#include "etf/value.hpp"
#include "group_members.hpp"
#include "group_messages.hpp"
#include "group_names.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace websock::runtime::distribution {

class hub;

/// Must be registered, and exported, under the name of the scope, before it is sent
/// `named` and begins. It speaks the protocol
/// of Erlang's pg: with a scope process that it has discovered it exchanges all members
/// once, then each change. When that process ends, or the connection does, its members
/// leave. A node that does not answer is asked again, at growing intervals: its scope
/// process may begin later, or anew, and pg looks for visible nodes alone. What a peer
/// says of processes of other nodes than its own is not believed; who says that it is
/// this peer is not asked, as in pg.
class remote_groups final : public behaviour {
public:
  struct named {};

  remote_groups(std::shared_ptr<hub> cluster, std::string scope,
                process_group::scope groups, group_names called);
  ~remote_groups() override;

private:
  // So many more joins of one node are not counted, for the sake of memory.
  static constexpr std::size_t most_joins = 1'048'576;
  // Scope processes, and strangers that say that they are.
  static constexpr std::size_t most_peers = 4'096;
  // Larger messages are sent in parts, so that any peer's limits allow them.
  static constexpr std::size_t most_pids = 8'192;
  static constexpr std::size_t most_groups = 8'192;
  static constexpr std::size_t most_octets = 1'048'576; // of names of groups

  static constexpr duration first_pause = std::chrono::seconds(1);
  static constexpr duration longest_pause = std::chrono::seconds(30);

  struct look_again {};
  /// Whether a peer is told of changes: pg ends when it hears of a leave from a group
  /// whose members it has not been told.
  enum class account : std::uint8_t { owed, given };
  struct peer_scope {
    pid process;
    reference monitor;
    group_members members;
    account of_here = account::owed;
  };
  /// Processes that leave several groups in one turn are told in one message.
  struct leaving {
    std::vector<pid> pids;
    std::vector<etf::value> groups;
    std::size_t octets = 0;
  };

  void on_start() override;
  void on_message(term message) override;
  void on_end_of_turn() override { tell_leaving(); }
  void on_exit(const exit_reason& why) noexcept override;

  // What happens here.
  void begin();
  void joined_here(const process_group::joined& event);
  void left_here(const process_group::left& event);
  void tell_leaving();
  void discover(const std::string& node);
  void look_soon();
  void look_later();
  void look();
  void lost(const down& message);
  void forget_members_of(const peer_scope& gone);

  // What others say.
  void hear(const etf::value& message);
  void take(const group_message::other&) {}
  void take(const group_message::discover& message);
  void take(const group_message::sync& message);
  void take(const group_message::join& message);
  void take(const group_message::leave& message);
  [[nodiscard]] bool is_connected(const std::string& node) const;
  [[nodiscard]] peer_scope* meet(const etf::pid& who);
  [[nodiscard]] std::vector<pid> believed(const etf::pid& peer,
                                          const std::vector<etf::pid>& pids);
  void let_join(peer_scope& peer, const std::string& group, const std::vector<pid>& pids);

  // What is said to others.
  void say(const pid& to, const etf::value& message);
  void say_to_all(const etf::value& message);
  void say_all_members(peer_scope& to);
  [[nodiscard]] etf::pid itself();
  [[nodiscard]] std::vector<etf::pid> to_etf(const std::vector<pid>& pids);
  [[nodiscard]] std::optional<etf::value> name_of(const std::string& group);

  const std::shared_ptr<hub> hub_;
  const std::string scope_;
  process_group::scope groups_;
  const group_names called_;
  reference monitor_; // of the scope
  group_members here_;
  leaving leaving_;
  std::map<etf::pid, peer_scope> peers_;
  duration pause_ = first_pause;
  std::optional<reference> looking_; // the timer of look_again
  bool has_told_of_name_ = false;
  bool has_told_of_limit_ = false;
};

} // namespace websock::runtime::distribution
