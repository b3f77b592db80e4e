// Another node whose processes only write down what they are told.
#pragma once

#include "websock/runtime/address/name_at.hpp"
#include "websock/runtime/address/not_transmissible.hpp"
#include "websock/runtime/address/publication_route.hpp"
#include "websock/runtime/address/remote_gate.hpp"
#include "websock/runtime/address/remote_process.hpp"
#include "websock/runtime/address/remote_signals.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tests {

namespace printing {
/// Where a member function hides to_string.
template <class T>
[[nodiscard]] std::string text_of(const T& value) {
  return to_string(value);
}
} // namespace printing

/// A message of this type cannot leave the node.
struct secret {};

/// The node `b@host`. Outlives the pids of its processes.
class fake_node {
public:
  /// The only pid, so far, of a process that is new to us.
  [[nodiscard]] websock::runtime::pid process();
  /// What we told its processes and names, and takes it.
  [[nodiscard]] std::vector<std::string> heard() { return std::exchange(heard_, {}); }
  /// Makes the next `calls` fail for want of memory.
  void refuse(std::size_t calls) noexcept { refused_ = calls; }
  [[nodiscard]] std::size_t objects() const noexcept { return objects_; }
  [[nodiscard]] std::size_t times_lost() const noexcept { return times_lost_; }

private:
  friend class fake_gate;
  class process_there;

  void hear(std::string line) {
    if (refused_ > 0 && refused_-- > 0)
      throw std::bad_alloc();
    heard_.push_back(std::move(line));
  }
  void hear_message(const std::string& line, const websock::runtime::term& message) {
    if (message.is<secret>())
      throw websock::runtime::not_transmissible("tests::secret is not registered");
    hear(line + ' ' + to_string(message));
  }

  std::vector<std::string> heard_;
  std::uint64_t made_ = 0;
  std::size_t objects_ = 0;
  std::size_t refused_ = 0;
  std::size_t times_lost_ = 0;
};

class fake_node::process_there final : public websock::runtime::detail::remote_process {
  using pid = websock::runtime::pid;
  using reference = websock::runtime::reference;
  using term = websock::runtime::term;
  using exit_reason = websock::runtime::exit_reason;

public:
  explicit process_there(fake_node& on) : on_(on), number_(++on.made_) { ++on_.objects_; }
  ~process_there() override { --on_.objects_; }

  [[nodiscard]] std::uint64_t number() const noexcept override { return number_; }
  [[nodiscard]] std::string to_string() const override {
    return "<b@host." + std::to_string(number_) + ".0>";
  }
  [[nodiscard]] std::string_view node_name() const noexcept override { return "b@host"; }

  void send(term message) override { on_.hear_message(line("send"), message); }
  void send_to_alias(reference address, term message) override {
    on_.hear_message(line("send_to_alias", address), message);
  }
  void send_request(const pid& caller, reference id, term request) override {
    on_.hear_message(line("request", caller, id), request);
  }
  void exit(const pid& from, const exit_reason& why) override {
    if (why.detail().is<secret>())
      throw websock::runtime::not_transmissible("tests::secret is not registered");
    hear("exit", from, why);
  }
  void link(const pid& from) override { hear("link", from); }
  void unlink(const pid& from) override { hear("unlink", from); }
  void monitor(const pid& watcher, reference ref) override {
    hear("monitor", watcher, ref);
  }
  void demonitor(const pid& watcher, reference ref) override {
    hear("demonitor", watcher, ref);
  }
  void link_ended(const pid& from, const exit_reason& why) override {
    hear("link_ended", from, why);
  }
  void link_refused(const pid& from) override { hear("link_refused", from); }
  void unlink_acknowledged(const pid& from, std::uint64_t id) override {
    on_.hear(line("unlink_acknowledged", from) + ' ' + std::to_string(id));
  }
  void monitor_ended(const websock::runtime::down& message) override {
    hear("monitor_ended", message);
  }
  void lose() noexcept override { ++on_.times_lost_; }

private:
  template <class... Ts>
  [[nodiscard]] std::string line(const std::string& what, const Ts&... values) const {
    return ((to_string() + ' ' + what) + ... + (' ' + printing::text_of(values)));
  }
  template <class... Ts>
  void hear(const std::string& what, const Ts&... values) const {
    on_.hear(line(what, values...));
  }
  void forget() noexcept override { delete this; }

  fake_node& on_;
  const std::uint64_t number_;
};

inline websock::runtime::pid fake_node::process() {
  return websock::runtime::detail::adopt(*new process_there(*this));
}

/// The way from the node `a@host` to names on others.
class fake_gate final : public websock::runtime::detail::remote_gate,
                        public websock::runtime::detail::publication_route {
  using name_at = websock::runtime::name_at;
  using pid = websock::runtime::pid;
  using reference = websock::runtime::reference;
  using term = websock::runtime::term;

public:
  explicit fake_gate(fake_node& to) : to_(to) {}

  [[nodiscard]] std::string_view node_name() const noexcept override { return "a@host"; }
  void send(const name_at& to, const pid& from, term message) override {
    to_.hear_message(to_string(to) + " send " + to_string(from), message);
  }
  void send_request(const name_at& to, const pid& caller, reference id,
                    term request) override {
    to_.hear_message(
        to_string(to) + " request " + to_string(caller) + ' ' + to_string(id), request);
  }
  void monitor(const name_at& to, const pid& watcher, reference ref) override {
    to_.hear(to_string(to) + " monitor " + to_string(watcher) + ' ' + to_string(ref));
  }
  void demonitor(const name_at& to, const pid& watcher, reference ref) override {
    to_.hear(to_string(to) + " demonitor " + to_string(watcher) + ' ' + to_string(ref));
  }
  void lose(const name_at&) noexcept override { ++to_.times_lost_; }
  [[nodiscard]] std::unique_ptr<websock::runtime::detail::departing_publication>
  departing(std::string_view topic, const term& message) override;
  [[nodiscard]] bool publish_at(const std::string& where, std::string_view topic,
                                const term& message) override {
    to_.hear_message(where + " publish " + std::string(topic), message);
    return true;
  }

private:
  class departure;

  fake_node& to_;
};

class fake_gate::departure final
    : public websock::runtime::detail::departing_publication {
public:
  departure(fake_node& to, std::string line) : to_(to), line_(std::move(line)) {}
  void leave() noexcept override {
    const std::unique_ptr<departure> guard(this);
    to_.heard_.push_back(std::move(line_));
  }

private:
  fake_node& to_;
  std::string line_;
};

/// Left out of what the node hears until it leaves.
inline std::unique_ptr<websock::runtime::detail::departing_publication>
fake_gate::departing(std::string_view topic, const term& message) {
  if (message.is<secret>())
    throw websock::runtime::not_transmissible("tests::secret is not registered");
  return std::make_unique<departure>(to_, "publish " + std::string(topic) + ' '
                                              + to_string(message));
}

/// What the node has heard, on one line per call: `who + " link " + from`, and so on.
template <class... Ts>
[[nodiscard]] std::string line_of(const websock::runtime::pid& who,
                                  const std::string& what, const Ts&... values) {
  return ((to_string(who) + ' ' + what) + ... + (' ' + to_string(values)));
}

} // namespace tests
