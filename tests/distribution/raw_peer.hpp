// A node that knows the cookie and nothing of manners: it shakes hands on a socket of its
// own, and then writes whatever a test wants.
#pragma once

#include "websock/runtime/distribution/etf/reader.hpp"
#include "websock/runtime/distribution/etf/writer.hpp"
#include "websock/runtime/distribution/handshake/handshake.hpp"
#include "websock/runtime/distribution/wire/packet_decoder.hpp"
#include "websock/runtime/distribution/wire/packet_splitter.hpp"
#include "websock/runtime/distribution/wire/packet_writer.hpp"

#include "tests/catch.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tests {

namespace distribution = websock::runtime::distribution;
namespace control = websock::runtime::distribution::control;
namespace etf = websock::runtime::etf;

/// A socket to a port of this host that waits for its peer, up to a deadline.
class raw_socket {
public:
  explicit raw_socket(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(socket_, reinterpret_cast<const sockaddr*>(&where), sizeof where)
            == 0);
  }
  ~raw_socket() { ::close(socket_); }
  raw_socket(const raw_socket&) = delete;
  raw_socket& operator=(const raw_socket&) = delete;

  /// False once the peer has closed it, or takes nothing for a minute.
  bool write(std::string_view octets) {
    while (!octets.empty()) {
      if (!is_ready(POLLOUT))
        return false;
      const auto count =
          ::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count <= 0)
        return false;
      octets.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  /// Empty once the peer has closed it, or says nothing for a minute.
  [[nodiscard]] std::string read() {
    std::array<char, 65'536> room{};
    if (!is_ready(POLLIN))
      return {};
    const auto count = ::recv(socket_, room.data(), room.size(), 0);
    return count <= 0 ? std::string()
                      : std::string(room.data(), static_cast<std::size_t>(count));
  }
  /// Whether the peer closes it within a minute.
  [[nodiscard]] bool is_closed() {
    std::array<char, 65'536> room{};
    while (is_ready(POLLIN))
      if (::recv(socket_, room.data(), room.size(), 0) <= 0)
        return true;
    return false;
  }
  /// Closes it without a word.
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::shutdown(socket_, SHUT_RDWR);
  }

private:
  [[nodiscard]] bool is_ready(short what) {
    constexpr int minute = 60'000; // ms
    pollfd asked{socket_, what, 0};
    return ::poll(&asked, 1, minute) == 1;
  }

  const int socket_;
};

/// A hidden node `name`, connected.
class raw_peer final : private distribution::arrival_judge {
public:
  raw_peer(const std::string& name, const std::string& peer, std::uint16_t port)
      : socket(port), name_(name) {
    auto shaking = distribution::handshake::connect(
        {distribution::node_name::parse(name),
         distribution::offered(distribution::visibility::hidden), creation,
         distribution::cookie::from_text("secret")},
        distribution::node_name::parse(peer), *this);
    std::string arrived; // what `step` says of it refers to it
    for (auto step = shaking.begin();; step = shaking.feed(arrived = socket.read())) {
      REQUIRE(step.refusal() == nullptr);
      socket.write(step.output);
      if (step.success() == nullptr)
        continue;
      splitter_.append(step.rest);
      return;
    }
  }

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] distribution::pid_view process(std::uint32_t id) const {
    return {name_, id, 0, creation};
  }
  [[nodiscard]] distribution::reference_view reference(std::uint32_t number) const {
    distribution::reference_view made;
    made.node = name_;
    made.creation = creation;
    made.count = 3;
    made.words = {1, 2, number, 0, 0};
    return made;
  }

  /// The packet of a signal; `write` writes its payload.
  template <class F>
  [[nodiscard]] std::string packet(const control::message& what, F write) const {
    std::string payload;
    etf::writer out(payload);
    write(out);
    std::string made;
    distribution::packet_writer(distribution::dialect{}).write(made, what, payload);
    return made;
  }
  [[nodiscard]] std::string packet(const control::message& what) const {
    return packet(what, [](etf::writer&) {});
  }
  bool send(const control::message& what) { return socket.write(packet(what)); }
  template <class F>
  bool send(const control::message& what, F write) {
    return socket.write(packet(what, write));
  }
  /// Calls `look(received_message)` for each signal until it returns true; false when the
  /// connection ends before.
  template <class F>
  [[nodiscard]] bool wait_for(F look) {
    for (;;) {
      while (const auto packet = splitter_.next())
        if (const auto what = decoder_.read(*packet); what && look(*what))
          return true;
      const auto more = socket.read();
      if (more.empty())
        return false;
      splitter_.append(more);
    }
  }
  /// Asks the exported process `name` for its pid, as {From, <<"pid">>}.
  [[nodiscard]] etf::pid pid_of(const std::string& name) {
    send(control::reg_send{process(1), name},
         [&](etf::writer& out) { out.pid(process(1).copy()); });
    etf::pid found;
    REQUIRE(wait_for([&](const distribution::received_message& message) {
      if (!std::holds_alternative<control::send>(message.what)
          && !std::holds_alternative<control::send_sender>(message.what))
        return false;
      etf::reader in(message.payload, {}, message.atoms);
      found = in.pid();
      return true;
    }));
    return found;
  }

  raw_socket socket;

private:
  static constexpr std::uint32_t creation = 99;

  distribution::arrival arrives(const distribution::handshake_peer&) override {
    return distribution::arrival::ok;
  }
  bool is_still_wanted(const distribution::node_name&) override { return true; }

  const std::string name_;
  distribution::packet_splitter splitter_{std::size_t{64} << 20U};
  distribution::packet_decoder decoder_;
};

} // namespace tests
