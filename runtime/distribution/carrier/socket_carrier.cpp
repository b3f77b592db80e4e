// Carriers on sockets: the handle of a socket_link.
#include "socket_carrier.hpp"

#include "../../process/shard.hpp"
#include "socket_link.hpp"

#include <cassert>
#include <utility>

namespace websock::runtime::distribution {

namespace {

using asio::ip::tcp;

template <class Stream>
class socket_carrier final : public carrier {
public:
  socket_carrier(shard& home, std::unique_ptr<Stream> stream)
      : home_(home),
        link_(std::make_shared<socket_link<Stream>>(home, std::move(stream))) {}
  ~socket_carrier() override {
    if (!link_->is_finishing())
      link_->close();
  }

  void start(events& owner, std::size_t low_mark) override {
    here().start(owner, low_mark);
  }
  void write(std::string octets) override { here().write(std::move(octets)); }
  [[nodiscard]] std::size_t unsent() const noexcept override { return link_->unsent(); }
  [[nodiscard]] std::uint64_t sent() const noexcept override { return link_->sent(); }
  [[nodiscard]] std::optional<network_progress> progress() const noexcept override {
    return link_->progress();
  }
  void close() noexcept override { here().close(); }
  void finish() noexcept override { here().finish(); }
  [[nodiscard]] std::string peer_address() const override {
    return link_->peer_address();
  }
  [[nodiscard]] certificate_check
  peer_certificate_names(const std::string& host) const override {
    return link_->names(host);
  }

private:
  [[nodiscard]] socket_link<Stream>& here() noexcept {
    assert(home_.is_accessible() && "a carrier belongs to its shard's thread");
    return *link_;
  }

  shard& home_;
  const std::shared_ptr<socket_link<Stream>> link_;
};

} // namespace

std::unique_ptr<carrier> make_carrier(shard& home, tcp::socket socket) {
  return std::make_unique<socket_carrier<tcp::socket>>(
      home, std::make_unique<tcp::socket>(std::move(socket)));
}

std::unique_ptr<carrier> make_carrier(shard& home, std::unique_ptr<tls_stream> stream) {
  return std::make_unique<socket_carrier<tls_stream>>(home, std::move(stream));
}

} // namespace websock::runtime::distribution
