// TLS above another transport.
#include "websock/tls/tls_transport.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/telemetry/event.hpp"
#include "websock/telemetry/server_events.hpp"
#include "websock/tls/openssl.hpp"

#include <algorithm>
#include <climits>
#include <stdexcept>
#include <utility>

namespace websock {

using runtime::interest;

/// A BIO that reads from and writes to the transport below: no copy, no SIGPIPE, one call
/// each.
struct tls_transport::calls {
  [[nodiscard]] static tls_transport& transport_of(BIO* bio) noexcept {
    return *static_cast<tls_transport*>(BIO_get_data(bio));
  }

  // An exception must not propagate through OpenSSL; it becomes the end of the stream.
  template <class Call>
  [[nodiscard]] static io_result guarded(Call call) noexcept {
    try {
      return call();
    } catch (...) { // no memory for the proxy header
      return {io_result::status::closed};
    }
  }

  static int read(BIO* bio, char* into, int size) {
    BIO_clear_retry_flags(bio);
    auto& self = transport_of(bio);
    const auto most = std::min(self.budget_, static_cast<std::size_t>(size));
    const auto result = guarded([&] {
      return most > 0 ? self.below_->read(std::as_writable_bytes(std::span(into, most)))
                      : io_result{io_result::status::would_block};
    });
    if (self.budget_ != unlimited)
      self.budget_ -= result.count;
    if (result.what == io_result::status::would_block)
      BIO_set_retry_read(bio);
    return result.what == io_result::status::done ? static_cast<int>(result.count) : -1;
  }

  static int write(BIO* bio, const char* octets, int size) {
    BIO_clear_retry_flags(bio);
    const auto result = guarded([&] {
      return transport_of(bio).below_->write(
          std::string_view(octets, static_cast<std::size_t>(size)));
    });
    if (result.what == io_result::status::would_block)
      BIO_set_retry_write(bio);
    return result.what == io_result::status::done ? static_cast<int>(result.count) : -1;
  }

  static long control(BIO*, int command, long, void*) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
  }

  [[nodiscard]] static BIO_METHOD* method() {
    static const std::unique_ptr<BIO_METHOD, openssl::deleter> made = [] {
      std::unique_ptr<BIO_METHOD, openssl::deleter> fresh(
          BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "transport"));
      if (fresh) {
        BIO_meth_set_read(fresh.get(), read);
        BIO_meth_set_write(fresh.get(), write);
        BIO_meth_set_ctrl(fresh.get(), control);
      }
      return fresh;
    }();
    return made.get();
  }
};

tls_transport::tls_transport(runtime::shard& home, std::unique_ptr<transport> below,
                             tls_session session)
    : shard_(home), below_(std::move(below)), session_(std::move(session)) {
  BIO* bio = BIO_new(calls::method());
  if (bio == nullptr)
    throw std::runtime_error("TLS: " + openssl::take_error());
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(session_.ssl.get(), bio, bio); // takes ownership
}

tls_transport::~tls_transport() {
  if (report_)
    *report_ = nullptr;
  send_close_notify();
}

io_result tls_transport::read(std::span<std::byte> into) {
  std::size_t count = 0;
  auto last = io_result{io_result::status::done};
  // Each call returns one record: continue while OpenSSL holds bytes unknown to the
  // kernel.
  do {
    openssl::forget_errors();
    const auto room = std::min<std::size_t>(into.size() - count, INT_MAX);
    const int returned =
        SSL_read(session_.ssl.get(), into.data() + count, static_cast<int>(room));
    if (returned <= 0) {
      last = stopped(returned, interest::read);
      break;
    }
    set_wait(read_waits_, waits_for::its_own);
    count += static_cast<std::size_t>(returned);
  } while (count < into.size() && SSL_has_pending(session_.ssl.get()) == 1);
  is_drained_ = last.what == io_result::status::would_block
                || SSL_has_pending(session_.ssl.get()) == 0;
  if (last.what == io_result::status::closed && count > 0)
    is_drained_ = false; // the next read reports the end
  if (has_unreported())
    report_later();
  return count > 0 ? io_result{io_result::status::done, count} : last;
}

std::size_t tls_transport::decrypted() const noexcept {
  return static_cast<std::size_t>(std::max(SSL_pending(session_.ssl.get()), 0));
}

std::size_t tls_transport::arrived() {
  return (budget_ > 0 ? below_->arrived() : 0) + decrypted();
}

// A record that may be read only in part counts as not arrived.
limited_read tls_transport::read_first(std::size_t octets, std::span<std::byte> into) {
  budget_ = octets - std::min(octets, decrypted());
  const auto result = read(into);
  const auto left = std::exchange(budget_, unlimited) + decrypted();
  return {result, result.what == io_result::status::done ? left : 0};
}

io_result tls_transport::write(std::string_view bytes) {
  std::size_t count = 0;
  while (count < bytes.size()) {
    openssl::forget_errors();
    const auto size = std::min<std::size_t>(bytes.size() - count, INT_MAX);
    const int returned =
        SSL_write(session_.ssl.get(), bytes.data() + count, static_cast<int>(size));
    if (returned <= 0) {
      const auto last = stopped(returned, interest::write);
      return count > 0 ? io_result{io_result::status::done, count} : last;
    }
    set_wait(write_waits_, waits_for::its_own);
    count += static_cast<std::size_t>(returned); // one record
  }
  return {io_result::status::done, count};
}

io_result tls_transport::stopped(int returned, interest direction) {
  auto& waits = direction == interest::read ? read_waits_ : write_waits_;
  const int own =
      direction == interest::read ? SSL_ERROR_WANT_READ : SSL_ERROR_WANT_WRITE;
  switch (const int why = SSL_get_error(session_.ssl.get(), returned)) {
  case SSL_ERROR_WANT_READ:
  case SSL_ERROR_WANT_WRITE:
    set_wait(waits, why == own ? waits_for::its_own : waits_for::the_other);
    return {io_result::status::would_block};
  case SSL_ERROR_ZERO_RETURN: // the peer sent close_notify
    return {io_result::status::closed};
  default:
    if (!std::exchange(is_broken_, true))
      note_failure();
    ERR_clear_error();
    return {io_result::status::closed};
  }
}

void tls_transport::set_wait(waits_for& direction, waits_for needed) {
  if (std::exchange(direction, needed) != needed && is_watched_)
    watch_below();
}

void tls_transport::note_failure() {
  if (ERR_peek_error() == 0)
    failure_ = "the peer ended the connection";
  else
    failure_ = openssl::take_error();
  if (const auto verdict = SSL_get_verify_result(session_.ssl.get());
      verdict != X509_V_OK)
    failure_ += std::string(": ") + X509_verify_cert_error_string(verdict);
  shard_.owner().events().tell(events::tls_failed, [this] {
    const bool is_early = SSL_is_init_finished(session_.ssl.get()) == 0;
    return runtime::event_facts{
        {},
        {{"reason", failure_},
         {"remote_address", below_->peer_name()},
         {"phase", std::string(is_early ? "handshake" : "stream")}}};
  });
}

void tls_transport::send_close_notify() {
  SSL* ssl = session_.ssl.get();
  // OpenSSL counts it as sent after the first attempt, even if the bytes could not be
  // sent.
  const bool is_due = is_ending_ || (SSL_get_shutdown(ssl) & SSL_SENT_SHUTDOWN) == 0;
  is_ending_ = false;
  if (is_broken_ || SSL_is_init_finished(ssl) == 0 || !is_due)
    return;
  openssl::forget_errors();
  const int returned = SSL_shutdown(ssl);
  is_ending_ = returned < 0 && SSL_get_error(ssl, returned) == SSL_ERROR_WANT_WRITE;
  openssl::forget_errors();
}

void tls_transport::end_of_output() {
  send_close_notify();
  if (!is_ending_)
    below_->end_of_output();
  else if (is_watched_)
    watch_below();
}

bool tls_transport::wants(interest direction) const noexcept {
  return wanted_ == direction || wanted_ == interest::read_write;
}

void tls_transport::watch(runtime::io_target& target, interest wanted) {
  target_ = &target;
  wanted_ = wanted;
  budget_ = unlimited;
  watch_below();
  if (has_unreported())
    report_later();
}

// This transport posts nothing, so nothing is returned.
std::string tls_transport::unwatch(runtime::io_target&) noexcept {
  target_ = nullptr;
  wanted_ = interest::nothing;
  if (std::exchange(is_watched_, false))
    static_cast<void>(below_->unwatch(*this));
  return {};
}

void tls_transport::watch_below() {
  const auto needs = [this](interest own, waits_for own_waits, interest other,
                            waits_for other_waits) {
    return (wants(own) && own_waits == waits_for::its_own)
           || (wants(other) && other_waits == waits_for::the_other);
  };
  const bool reads = needs(interest::read, read_waits_, interest::write, write_waits_);
  const bool writes =
      is_ending_ || needs(interest::write, write_waits_, interest::read, read_waits_);
  auto below = reads ? interest::read : interest::nothing;
  if (writes)
    below = reads ? interest::read_write : interest::write;
  if (std::exchange(is_watched_, true) && below == watched_)
    return;
  watched_ = below;
  below_->watch(*this, below);
}

void tls_transport::on_ready(runtime::readiness event) {
  budget_ = unlimited;
  if (is_ending_ && event.writable) {
    end_of_output();
    watch_below();
  }
  const auto ready = [event](waits_for direction, bool own, bool other) {
    return event.hung_up || (direction == waits_for::its_own ? own : other);
  };
  const runtime::readiness told{
      .readable = ready(read_waits_, event.readable, event.writable)
                  && (event.hung_up || wants(interest::read)),
      .writable = ready(write_waits_, event.writable, event.readable)
                  && (event.hung_up || wants(interest::write)),
      .hung_up = event.hung_up};
  if (target_ != nullptr && (told.readable || told.writable))
    target_->on_ready(told); // may destroy this
}

void tls_transport::failed() noexcept {
  if (target_ != nullptr)
    target_->failed();
}

bool tls_transport::has_unreported() const noexcept {
  return target_ != nullptr && wants(interest::read) && !is_drained_;
}

void tls_transport::report_later() {
  if (report_)
    return;
  report_ = std::make_shared<tls_transport*>(this);
  shard_.post([report = report_](runtime::shard&) {
    tls_transport* self = *report;
    if (self == nullptr)
      return;
    self->report_.reset();
    if (!self->has_unreported())
      return;
    self->budget_ = 0; // data on the wire may be newer than what follows this report
    self->target_->tell({.readable = true, .writable = false, .hung_up = false});
  });
}

} // namespace websock
