// What pids, references and aliases are called in other nodes, and who is meant by what
// they call theirs. The cluster implements it.
#pragma once

#include "../../address/alias.hpp"
#include "../../address/pid.hpp"
#include "../../term/reference.hpp"
#include "../etf/pid.hpp"
#include "../etf/reference.hpp"

#include <memory>

namespace websock::runtime::distribution {

/// Held by a std::shared_ptr: a message that has arrived keeps it, since its pids are
/// resolved when they are read. It therefore outlives the cluster, and should own nothing
/// large. Any thread may call each function.
class identities : public std::enable_shared_from_this<identities> {
public:
  identities() = default;
  identities(const identities&) = delete;
  identities& operator=(const identities&) = delete;
  virtual ~identities() = default;

  /// The pid is not empty. Throws `not_transmissible` for one that no other node can send
  /// to: an actor of CAF.
  [[nodiscard]] virtual etf::pid to_etf(const pid& who) = 0;
  /// Equal pids give equal pids. A process of this node is itself; one that has exited is
  /// a pid to which nothing can be sent.
  [[nodiscard]] virtual pid to_pid(const etf::pid& who) = 0;

  /// The reference is not empty.
  [[nodiscard]] virtual etf::reference to_etf(reference name) = 0;
  /// One that this node has sent comes back as the reference that it was.
  [[nodiscard]] virtual reference to_reference(const etf::reference& name) = 0;

  /// The owner is not empty. To Erlang, an alias is a reference: an alias of this node
  /// is what its `ref` is.
  [[nodiscard]] virtual etf::reference to_etf(const alias& address) = 0;
  [[nodiscard]] virtual alias to_alias(const etf::reference& address) = 0;
};

} // namespace websock::runtime::distribution
