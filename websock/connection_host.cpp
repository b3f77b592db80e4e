// What the connections of one shard share.
#include "websock/connection_host.hpp"

#include "runtime/node.hpp"
#include "runtime/process.hpp"
#include "runtime/shard.hpp"
#include "websock/connection_process.hpp"

#include <utility>

namespace websock {

departure connection_host::expect() {
  ++expected_;
  return departure([this] {
    gone_();
    --expected_;
    check_drained();
  });
}

connection_host::place connection_host::add(connection_process& connection) {
  const auto where = connections_.insert(connections_.end(), &connection);
  if (has_given_up_)
    shard_.owner().exit(connection.pid(), runtime::kill);
  else if (drain_code_ != 0)
    connection.ask_to_close(drain_code_);
  return where;
}

void connection_host::remove(place where) {
  connections_.erase(where);
}

void connection_host::linger(std::unique_ptr<transport> socket, std::string unsent,
                             ends_first who) {
  if (has_given_up_)
    return;
  const auto where = lingering_.begin();
  // The place is known only after the socket is in it, and a list keeps its places.
  auto holder = std::make_shared<std::list<lingering_socket>::iterator>(where);
  *holder = lingering_.emplace(where, shard_, std::move(socket), std::move(unsent), who,
                               [this, holder] { finished(*holder); });
}

void connection_host::finished(std::list<lingering_socket>::iterator where) {
  std::list<lingering_socket> gone; // destroyed last: the caller is one of its functions
  gone.splice(gone.begin(), lingering_, where);
  check_drained();
}

void connection_host::drain(std::uint16_t code, std::function<void()> done) {
  drain_code_ = code;
  drained_ = std::move(done);
  for (auto* each : connections_)
    each->ask_to_close(code);
  check_drained();
}

void connection_host::give_up() {
  has_given_up_ = true;
  for (auto* each : connections_)
    shard_.owner().exit(each->pid(), runtime::kill);
  lingering_.clear();
  check_drained();
}

void connection_host::check_drained() {
  if (drained_ && expected_ == 0 && lingering_.empty())
    std::exchange(drained_, nullptr)();
}

} // namespace websock
