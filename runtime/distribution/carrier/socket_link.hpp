// What a carrier on a socket is made of: the connection, which lives until its last
// operation has completed.
#pragma once

#include "../../process/shard.hpp"
#include "carrier.hpp"
#include "socket_progress.hpp"
#include "socket_setup.hpp"
#include "socket_write_queue.hpp"
#include "tls_session.hpp"

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/error.hpp>
#include <asio/steady_timer.hpp>

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace websock::runtime::distribution {

/// One connection; `Stream` is a socket, or TLS above one. Everything it tells comes from
/// a completed operation. A loss is told by the read that ends: what breaks the
/// connection elsewhere closes the socket.
template <class Stream>
class socket_link final : public std::enable_shared_from_this<socket_link<Stream>> {
public:
  socket_link(shard& home, std::unique_ptr<Stream> stream)
      : home_(home), stream_(std::move(stream)), peer_(peer_of(stream_->lowest_layer())),
        limit_(home.io()) {
    set_up(stream_->lowest_layer());
  }

  void start(carrier::events& owner, std::size_t low_mark) {
    assert(phase_ == phase::waiting && "a carrier is started once");
    phase_ = phase::open;
    owner_ = &owner;
    low_mark_ = low_mark;
    in_.resize(carrier::longest_read);
    read();
  }
  void write(std::string octets) {
    if (phase_ == phase::closed || phase_ == phase::finishing || is_deaf_)
      return;
    try {
      queue_.add(std::move(octets));
      flush_soon();
    } catch (...) { // no memory for it: a gap would be worse than the end
      break_off(out_of_memory);
    }
    is_above_mark_ |= queue_.size() > low_mark_;
  }
  void close() noexcept {
    phase_ = phase::closed;
    owner_ = nullptr;
    queue_.drop_waiting();
    shut();
  }
  void finish() noexcept {
    if (phase_ == phase::closed || phase_ == phase::finishing)
      return;
    const bool is_reading = phase_ == phase::open;
    phase_ = phase::finishing;
    owner_ = nullptr;
    try {
      limit_finish();
      if (!is_reading) {
        in_.resize(carrier::longest_read);
        read();
      }
      flush();
    } catch (...) {
      close();
    }
  }
  [[nodiscard]] bool is_finishing() const noexcept { return phase_ == phase::finishing; }
  [[nodiscard]] std::size_t unsent() const noexcept {
    return phase_ == phase::closed ? 0 : queue_.size();
  }
  [[nodiscard]] std::uint64_t sent() const noexcept { return queue_.sent(); }
  [[nodiscard]] std::optional<network_progress> progress() const noexcept {
    return phase_ == phase::closed ? std::nullopt
                                   : progress_of(stream_->lowest_layer().native_handle());
  }
  [[nodiscard]] const std::string& peer_address() const noexcept { return peer_; }
  [[nodiscard]] certificate_check names(const std::string& host) {
    if constexpr (is_tls)
      return certificate_names(*stream_, host);
    return certificate_check::none;
  }

private:
  static constexpr bool is_tls = std::is_same_v<Stream, tls_stream>;
  static constexpr const char* out_of_memory =
      "out of memory"; // a string of it takes none
  /// After so many reads others on the shard have their turn: Asio itself goes on as long
  /// as the kernel has anything.
  static constexpr unsigned reads_in_a_row = 4;
  enum class phase : std::uint8_t { waiting, open, finishing, closed };

  void read() {
    stream_->async_read_some(asio::buffer(in_),
                             [self = this->shared_from_this()](
                                 const asio::error_code& failed, std::size_t count) {
                               self->has_read(failed, count);
                             });
  }
  void has_read(const asio::error_code& failed, std::size_t count) {
    if (phase_ == phase::closed)
      return;
    if (owner_ != nullptr && count > 0 && !tell([&] {
          owner_->received({in_.data(), count});
        }))
      return;
    if (phase_ == phase::finishing)
      ignored_ += count;
    if (phase_ == phase::closed)
      return;
    if (failed)
      return lose(failed);
    if (ignored_ > carrier::most_ignored)
      return close();
    try {
      read_on();
    } catch (...) {
      broken_ = out_of_memory;
      lose({});
    }
  }
  void read_on() {
    if (++reads_ % reads_in_a_row != 0)
      return read();
    home_.post_quiet([self = this->shared_from_this()](shard&) {
      if (self->phase_ != phase::closed)
        self->read();
    });
  }
  void lose(const asio::error_code& failed) {
    std::string why;
    try {
      why = broken_.empty() ? text_of(failed) : broken_;
    } catch (...) {
      why = out_of_memory;
    }
    auto* const owner = std::exchange(owner_, nullptr);
    close();
    if (owner != nullptr)
      home_.guarded("a connection to a node", [&] { owner->closed(std::move(why)); });
  }
  /// False when the owner threw, which ends the connection.
  template <class F>
  [[nodiscard]] bool tell(F call) {
    if (home_.guarded("a connection to a node", call))
      return true;
    if (phase_ == phase::open) {
      try {
        broken_ = "its octets could not be handled";
      } catch (...) {
        broken_ = out_of_memory;
      }
      lose({});
    }
    return false;
  }

  // What is written within one round of the shard leaves together.
  void flush_soon() {
    if (is_writing_ || is_flush_posted_)
      return;
    home_.post_quiet([self = this->shared_from_this()](shard&) {
      self->is_flush_posted_ = false;
      if (self->phase_ != phase::closed)
        self->flush();
    });
    is_flush_posted_ = true;
  }
  void flush() {
    if (is_writing_ || is_deaf_)
      return;
    if (queue_.size() == 0)
      return written_all();
    try {
      stream_->async_write_some(
          queue_.next(), [self = this->shared_from_this()](const asio::error_code& failed,
                                                           std::size_t count) {
            self->has_written(failed, count);
          });
      is_writing_ = true;
    } catch (...) {
      break_off(out_of_memory);
    }
  }
  void has_written(const asio::error_code& failed, std::size_t count) {
    is_writing_ = false;
    queue_.written(count);
    if (phase_ == phase::closed)
      return;
    if (failed)
      return cannot_write(failed);
    flush();
    if (is_above_mark_ && queue_.size() <= low_mark_ && owner_ != nullptr) {
      is_above_mark_ = false;
      static_cast<void>(tell([this] { owner_->has_room(); }));
    }
  }
  // What the peer sent before it went may still be there to be read.
  void cannot_write(const asio::error_code& failed) {
    const auto why = text_of(failed); // the kernel says it once
    if (failed != asio::error::broken_pipe && failed != asio::error::connection_reset)
      return break_off(why);
    is_deaf_ = true;
    broken_ = why;
    queue_.drop_waiting();
  }
  /// The last word of one that finishes has been sent. The peer reads it before it closes
  /// in turn; a socket closed with unread octets would take it back by a reset.
  void written_all() noexcept {
    asio::error_code ignored;
    if (phase_ == phase::finishing)
      stream_->lowest_layer().shutdown(asio::socket_base::shutdown_send, ignored);
  }
  void limit_finish() {
    limit_.expires_after(carrier::longest_finish);
    limit_.async_wait(
        [self = this->shared_from_this()](const asio::error_code& cancelled) {
          if (!cancelled)
            self->close();
        });
  }

  /// The read that is under way ends, and tells it.
  void break_off(std::string why) noexcept {
    is_deaf_ = true;
    broken_ = std::move(why);
    shut();
  }
  void shut() noexcept {
    asio::error_code ignored;
    stream_->lowest_layer().close(ignored);
    try {
      limit_.cancel();
    } catch (...) { // it ends by itself
    }
  }
  [[nodiscard]] std::string text_of(const asio::error_code& failed) {
    if (failed == asio::error::eof || failed == asio::ssl::error::stream_truncated)
      return "the peer closed the connection";
    if constexpr (is_tls)
      return tls_failure(failed, *stream_);
    return failed.message();
  }

  shard& home_;
  const std::unique_ptr<Stream> stream_;
  const std::string peer_;
  asio::steady_timer limit_;         // of finishing
  carrier::events* owner_ = nullptr; // from start until nothing more is told
  socket_write_queue queue_;
  std::vector<char> in_;
  std::string broken_; // why the socket was closed here
  std::size_t low_mark_ = SIZE_MAX;
  std::size_t ignored_ = 0; // octets that came while finishing
  unsigned reads_ = 0;
  phase phase_ = phase::waiting;
  bool is_deaf_ = false; // nothing can be sent any more
  bool is_writing_ = false;
  bool is_flush_posted_ = false;
  bool is_above_mark_ = false;
};

} // namespace websock::runtime::distribution
