// TLS above another transport: the same connection code on encrypted bytes. The handshake
// happens within the first reads and writes; a client's begins with its first write.
#pragma once

#include "websock/tls/tls_context.hpp"
#include "websock/transport/transport.hpp"

#include <memory>
#include <string>

namespace websock::runtime {
class shard;
}

namespace websock {

/// `read` and `write` say would_block until the handshake is done, `closed` when it has
/// failed; what the peer does wrong ends this connection only.
class tls_transport final : public transport, private runtime::io_target {
public:
  /// `below` and this belong to `on`.
  tls_transport(runtime::shard& on, std::unique_ptr<transport> below,
                tls_session session);
  /// Tells the peer that this was the end, unless it knows.
  ~tls_transport() override;

  [[nodiscard]] io_result read(std::span<std::byte> into) override;
  /// Those that OpenSSL has decrypted included.
  [[nodiscard]] std::size_t arrived() override;
  [[nodiscard]] limited_read read_first(std::size_t octets,
                                        std::span<std::byte> into) override;
  /// After would_block the next call must begin with the same bytes: their record is on
  /// its way.
  [[nodiscard]] io_result write(std::string_view bytes) override;
  /// Sends close_notify, and ends the output below.
  void end_of_output() override;
  void watch(runtime::io_target& target, runtime::interest wanted) override;
  [[nodiscard]] std::string unwatch(runtime::io_target& target) noexcept override;
  [[nodiscard]] std::string peer_name() const override { return below_->peer_name(); }
  [[nodiscard]] bool is_secure() const noexcept override { return true; }

  /// Why the handshake or the stream failed, for people: "certificate verify failed:
  /// ...". Empty when nothing did.
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

private:
  struct calls; // what OpenSSL calls
  static constexpr std::size_t unlimited = static_cast<std::size_t>(-1);

  /// What OpenSSL waits for before it can go on in one direction.
  enum class waits_for : std::uint8_t { its_own, the_other };

  void on_ready(runtime::readiness what) override;
  [[nodiscard]] std::size_t decrypted() const noexcept;
  void failed() noexcept override;
  [[nodiscard]] io_result stopped(int returned, runtime::interest direction);
  void set_wait(waits_for& direction, waits_for what);
  void note_failure();
  void send_close_notify();
  [[nodiscard]] bool wants(runtime::interest direction) const noexcept;
  /// What is watched below, from what is wanted above and what OpenSSL waits for.
  void watch_below();
  /// Decrypted or buffered bytes are seen by no epoll set.
  [[nodiscard]] bool has_unreported() const noexcept;
  void report_later();

  runtime::shard& shard_;
  std::unique_ptr<transport> below_;
  std::size_t budget_ = unlimited; // octets that may be read below
  tls_session session_;
  runtime::io_target* target_ = nullptr;
  runtime::interest wanted_ = runtime::interest::nothing;
  runtime::interest watched_ = runtime::interest::nothing;
  waits_for read_waits_ = waits_for::its_own;
  waits_for write_waits_ = waits_for::its_own;
  bool is_watched_ = false;
  bool is_drained_ = true;                 // the last read took all there was
  bool is_ending_ = false;                 // close_notify could not leave yet
  bool is_broken_ = false;                 // nothing more may be said on it
  std::shared_ptr<tls_transport*> report_; // while a report is on its way
  std::string failure_;
};

} // namespace websock
