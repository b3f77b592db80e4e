// Links and monitors of one process with those of other nodes, and whether each ends with
// exactly one signal.
#pragma once

#include "websock/runtime/process.hpp"

#include "tests/network/messages.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>

namespace network {

class ties {
public:
  /// Links `self` with each, and monitors each.
  void make(runtime::process& self, const std::vector<runtime::pid>& all);
  /// What one of them is told by. The last one of a node tells "broken", with how many
  /// ended with `noconnection`; one that is not expected tells "surplus".
  void take(const runtime::exit_signal& signal);
  void take(const runtime::down& signal);

private:
  struct of_node {
    std::set<runtime::pid> links;
    std::set<runtime::reference> monitors;
    std::size_t exits = 0;
    std::size_t downs = 0;
    std::size_t others = 0; // with another reason
  };
  void look(const std::string& name, of_node& with);

  std::map<std::string, of_node> nodes_;
};

} // namespace network
