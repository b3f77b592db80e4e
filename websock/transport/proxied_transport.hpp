// A socket behind a proxy, which names the client first. TLS and HTTP begin after that.
#pragma once

#include "websock/transport/transport.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace websock {

/// `read` returns would_block until the header is complete, and `closed` if it is
/// malformed. After the header everything is forwarded to the transport below.
class proxied_transport final : public transport {
public:
  /// `limit` as in parse_proxy_header.
  proxied_transport(std::unique_ptr<transport> below, std::size_t limit) noexcept
      : below_(std::move(below)), limit_(limit) {}

  [[nodiscard]] io_result read(std::span<std::byte> into) override;
  [[nodiscard]] std::size_t arrived() override { return below_->arrived(); }
  [[nodiscard]] io_result write(std::string_view bytes) override {
    return below_->write(bytes);
  }
  [[nodiscard]] io_result post(std::string_view bytes) override {
    return below_->post(bytes);
  }
  [[nodiscard]] io_result gather(std::span<const std::string_view> pieces) override {
    return below_->gather(pieces);
  }
  void end_of_output() override { below_->end_of_output(); }
  void watch(runtime::io_target& target, runtime::interest wanted) override {
    below_->watch(target, wanted);
  }
  [[nodiscard]] std::string unwatch(runtime::io_target& target) noexcept override {
    return below_->unwatch(target);
  }
  /// The client if the header names it, else the proxy.
  [[nodiscard]] std::string peer_name() const override {
    return source_.empty() ? below_->peer_name() : source_;
  }

private:
  [[nodiscard]] io_result read_header(std::span<std::byte> into, std::size_t count);

  std::unique_ptr<transport> below_;
  std::size_t limit_;
  std::string begun_; // the header so far
  std::string source_;
  bool has_header_ = false;
};

} // namespace websock
