// The nodes a and b of a recorded scenario, with a test process on each, and what the one
// on a hears as text like the record's.
#pragma once

#include "tests/distribution/stepped_cluster.hpp"
#include "tests/support/any_schedule.hpp"
#include "tests/support/puppet.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace tests {

inline const std::string node_a = stepped_cluster::name(0);
inline const std::string node_b = stepped_cluster::name(1);
inline const std::string node_c = stepped_cluster::name(2);

/// The test's process on a is `me` and has that name; the one on b is `other`.
struct scenario {
  explicit scenario(std::size_t count = 2, const stepped_cluster::change& adjust = {})
      : nodes(any_schedule(), count,
              [adjust](std::size_t i, runtime::cluster_options& options) {
                options.exported_names = {"me", "other", "svc"};
                if (adjust)
                  adjust(i, options);
              }) {
    nodes.node(0).node().register_name("me", me.pid());
    nodes.node(1).node().register_name("other", other.pid());
  }

  /// A puppet on b.
  [[nodiscard]] pid on_b(body first = {}) {
    return nodes.node(1).spawn<puppet>(std::move(first), other.pid());
  }
  /// The pid of a process of b as a knows it.
  [[nodiscard]] pid as_a_knows(const pid& process_of_b) {
    other.in_process([&](process& self) {
      self.send(runtime::name_at{"me", node_a}, process_of_b);
    });
    return received(me);
  }
  /// The pid of a process of a as b knows it.
  [[nodiscard]] pid as_b_knows(const pid& process_of_a) {
    me.in_process([&](process& self) {
      self.send(runtime::name_at{"other", node_b}, process_of_a);
    });
    return received(other);
  }
  /// What `who` hears within `limit`, as the record has it, but without references and
  /// hosts: a remote pid is its node's name.
  [[nodiscard]] static lines heard(tester& who, runtime::duration limit = 1s) {
    lines all;
    who.sleep(limit);
    while (who.receive(runtime::duration::zero(), [&](const runtime::term& each) {
      all.push_back(each.match(
          [](const runtime::exit_signal& exit) {
            return "EXIT " + short_name(exit.from) + ' ' + to_string(exit.reason);
          },
          [](const runtime::down& down) {
            return "DOWN " + short_name(down) + ' ' + to_string(down.reason);
          },
          [](const runtime::node_up& up) { return "up " + up.node.substr(0, 1); },
          [](const runtime::node_down& down) { return "down " + down.node.substr(0, 1); },
          [&](runtime::otherwise) { return to_string(each); }));
    }))
      continue;
    return all;
  }

  stepped_cluster nodes;
  tester me{nodes.node(0), nodes};
  tester other{nodes.node(1), nodes};

private:
  [[nodiscard]] static std::string short_name(const pid& who) {
    return who.is_remote() ? to_string(who).substr(1, 1) : "local";
  }
  [[nodiscard]] static std::string short_name(const runtime::down& down) {
    return down.name.empty() ? short_name(down.who)
                             : down.name + '@' + down.node.substr(0, 1);
  }
  [[nodiscard]] static pid received(tester& by) {
    pid found;
    REQUIRE(by.receive(1s, [&](const pid& its) { found = its; }));
    return found;
  }
};

} // namespace tests
