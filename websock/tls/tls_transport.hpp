// TLS above another transport: connections run unchanged on encrypted bytes. The
// handshake takes place in the first reads and writes; a client's starts with its first
// write.
#pragma once

#include "websock/tls/tls_context.hpp"
#include "websock/transport/transport.hpp"

#include <memory>
#include <string>

namespace websock::runtime {
class shard;
}

namespace websock {

/// `read` and `write` return would_block until the handshake is done, and `closed` if it
/// has failed. A misbehaving peer ends only its own connection.
class tls_transport final : public transport, private runtime::io_target {
public:
  /// `below` and this object belong to `home`.
  tls_transport(runtime::shard& home, std::unique_ptr<transport> below,
                tls_session session);
  /// Sends close_notify unless it was already sent.
  ~tls_transport() override;

  [[nodiscard]] io_result read(std::span<std::byte> into) override;
  /// Includes octets that OpenSSL has decrypted.
  [[nodiscard]] std::size_t arrived() override;
  [[nodiscard]] limited_read read_first(std::size_t octets,
                                        std::span<std::byte> into) override;
  /// After would_block the next call must start with the same bytes, as their record is
  /// already in progress.
  [[nodiscard]] io_result write(std::string_view bytes) override;
  /// Sends close_notify and ends the output below.
  void end_of_output() override;
  void watch(runtime::io_target& target, runtime::interest wanted) override;
  [[nodiscard]] std::string unwatch(runtime::io_target& target) noexcept override;
  [[nodiscard]] std::string peer_name() const override { return below_->peer_name(); }
  [[nodiscard]] bool is_secure() const noexcept override { return true; }

  /// Why the handshake or the stream failed, for people: "certificate verify failed:
  /// ...". Empty if neither did.
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

private:
  struct calls; // OpenSSL's callbacks
  static constexpr std::size_t unlimited = static_cast<std::size_t>(-1);

  /// What OpenSSL needs in order to continue in one direction.
  enum class waits_for : std::uint8_t { its_own, the_other };

  void on_ready(runtime::readiness event) override;
  [[nodiscard]] std::size_t decrypted() const noexcept;
  void failed() noexcept override;
  [[nodiscard]] io_result stopped(int returned, runtime::interest direction);
  void set_wait(waits_for& direction, waits_for needed);
  void note_failure();
  void send_close_notify();
  [[nodiscard]] bool wants(runtime::interest direction) const noexcept;
  /// Watches below for what is wanted above and what OpenSSL waits for.
  void watch_below();
  /// Whether bytes are decrypted or buffered, which epoll does not report.
  [[nodiscard]] bool has_unreported() const noexcept;
  void report_later();

  runtime::shard& shard_;
  std::unique_ptr<transport> below_;
  std::size_t budget_ = unlimited; // octets that may still be read below
  tls_session session_;
  runtime::io_target* target_ = nullptr;
  runtime::interest wanted_ = runtime::interest::nothing;
  runtime::interest watched_ = runtime::interest::nothing;
  waits_for read_waits_ = waits_for::its_own;
  waits_for write_waits_ = waits_for::its_own;
  bool is_watched_ = false;
  bool is_drained_ = true;                 // the last read took everything
  bool is_ending_ = false;                 // close_notify still has to be sent
  bool is_broken_ = false;                 // no more may be sent
  std::shared_ptr<tls_transport*> report_; // set while a report is posted
  std::string failure_;
};

} // namespace websock
