// What the connections of one shard share: the output buffer of a turn, the contexts
// of compression, the list that a shutdown walks, and the sockets that outlive their
// connections for a moment.
#pragma once

#include "websock/departure.hpp"
#include "websock/lingering_socket.hpp"
#include "websock/protocol/deflate_pool.hpp"
#include "websock/transport.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <utility>

namespace runtime {
class shard;
}

namespace websock {

class connection_process;

/// Used on its shard only, and destroyed there, after its connections.
class connection_host {
public:
  /// Calls `gone` for each connection that was expected and is no more.
  explicit connection_host(
      runtime::shard& on, std::function<void()> gone = [] {})
      : shard_(on), gone_(std::move(gone)) {}
  connection_host(const connection_host&) = delete;
  connection_host& operator=(const connection_host&) = delete;

  [[nodiscard]] runtime::shard& shard() const noexcept { return shard_; }
  [[nodiscard]] std::string& shared_output() noexcept { return output_; }
  [[nodiscard]] protocol::deflate_pool& deflate_contexts() noexcept {
    return deflate_contexts_;
  }
  [[nodiscard]] std::size_t connection_count() const noexcept {
    return connections_.size();
  }

  /// A connection is about to be spawned: `drain` waits until the result is destroyed.
  [[nodiscard]] departure expect();

  using place = std::list<connection_process*>::iterator;
  [[nodiscard]] place add(connection_process& connection);
  void remove(place where);

  /// Sends `unsent`, ends the output and closes the socket when the peer has closed it or
  /// after some seconds.
  void linger(std::unique_ptr<transport> socket, std::string unsent);

  /// Asks every connection, and every later one, to close with `code`; calls `done` once
  /// none is left and no socket lingers.
  void drain(std::uint16_t code, std::function<void()> done);
  /// The time for that is over: kills what is left.
  void give_up();

private:
  void finished(std::list<lingering_socket>::iterator where);
  void check_drained();

  runtime::shard& shard_;
  std::function<void()> gone_;
  std::string output_;
  protocol::deflate_pool deflate_contexts_;
  std::size_t expected_ = 0; // connections, begun or not
  std::list<connection_process*> connections_;
  std::list<lingering_socket> lingering_;
  std::uint16_t drain_code_ = 0; // set while draining
  bool has_given_up_ = false;
  std::function<void()> drained_;
};

} // namespace websock
