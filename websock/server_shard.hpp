// The part of a server that lives on one shard: its sessions and connections.
#pragma once

#include "websock/connection_host.hpp"
#include "websock/http_session.hpp"
#include "websock/transport.hpp"

#include <cstdint>
#include <functional>
#include <list>
#include <memory>

namespace websock {

struct server_core;

/// Used on its shard only.
class server_shard {
public:
  server_shard(server_core& core, runtime::shard& on);

  /// Takes over an accepted socket, behind a proxy and under TLS where the options say
  /// so. Once drained, it is closed.
  void accept(int descriptor);
  void accept(std::unique_ptr<transport> socket);
  /// As connection_host::drain; sessions that are not upgraded yet end at once.
  void drain(std::uint16_t code, std::function<void()> done);
  void give_up() { host_.give_up(); }
  [[nodiscard]] runtime::shard& shard() const noexcept { return host_.shard(); }

private:
  void finished(std::list<http_session>::iterator where);

  server_core& core_;
  connection_host host_;
  std::list<http_session> sessions_;
  bool is_draining_ = false;
};

} // namespace websock
