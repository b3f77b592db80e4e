// The process of a node that does what the script says, and tells what it hears.
#pragma once

#include "websock/runtime/cluster.hpp"
#include "websock/runtime/process.hpp"
#include "websock/runtime/process_group.hpp"

#include "tests/network/messages.hpp"
#include "tests/network/ties.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace network {

/// A line of the script. `node` is the one it is about, if it is about one:
///
///     keep NODE           the pid of its probe: "kept NODE new|same|other"
///     ask NODE N          by the pid that was kept: "answer NODE N"
///     watch NODE          monitors that pid: "gone NODE REASON"
///     tie NODE COUNT      links and monitors with so many: "tied NODE", "broken NODE
///     ..." stream NODE         numbers to that pid, until "end NODE": "streamed NODE
///     LAST" count NODE          of those from there: "counted NODE COUNT LAST" large
///     NODE OCTETS   with pings beside it: "large NODE OCTETS PINGS MEDIAN LONGEST" say
///     NODE WHO TEXT   heard there: "said ..." members             of the group: "members
///     NODE ..."
struct command {
  std::vector<std::string> words;
};

class probe final : public runtime::behaviour {
public:
  explicit probe(runtime::process_group::scope groups, build which)
      : groups_(std::move(groups)), build_(which) {}

private:
  struct stream {
    runtime::pid from;
    std::int64_t count = 0;
    std::int64_t last = 0;
  };
  struct haul {
    bool goes_on = false;
    std::int64_t sent_ns = 0;
    std::vector<std::int64_t> took_ns;
  };

  void on_start() override;
  void on_message(runtime::term message) override;
  [[nodiscard]] bool takes_signal(const runtime::term& message);
  [[nodiscard]] bool takes_request(const runtime::term& message);
  [[nodiscard]] bool takes_answer(const runtime::term& message);
  void obey(const command& what);
  void say(const std::string& node, const std::string& who, const std::string& text);
  void keep(const runtime::pid& who);
  void count(const numbered& one);
  void tell_members() const;
  void haul_to(const std::string& node, std::size_t octets);
  void ping_once(const std::string& node);
  void tell_haul(const got& all);

  runtime::process_group::scope groups_;
  const build build_;
  ties ties_;
  std::map<std::string, runtime::pid> kept_;
  std::map<runtime::reference, std::string> watched_;
  std::map<std::string, runtime::pid> streamers_;
  std::map<std::string, stream> heard_;
  std::map<std::string, haul> hauls_;
};

} // namespace network
