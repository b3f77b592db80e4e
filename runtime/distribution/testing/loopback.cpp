// The hosts of a loopback, their connections, and what moves next.
#include "loopback.hpp"

#include "../../process/shard.hpp"
#include "loopback_line.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace websock::runtime::distribution::testing {

namespace {

using side = loopback_line::side;
using address = std::pair<std::string, std::uint16_t>;

/// What a dial waits with; `done` is empty once it is cancelled or over.
struct pending_dial {
  std::string from;
  shard* home;
  dial_target target;
  dialling::ready done;
  std::uint64_t due;
};

/// A listening socket; `owner` is null once it is stopped.
struct listener {
  shard* home;
  listening::events* owner;
  std::size_t most_strangers;
  duration stranger_limit;
  std::size_t taken = 0;
};

class loopback_dialling final : public dialling {
public:
  explicit loopback_dialling(std::shared_ptr<pending_dial> begun)
      : dial_(std::move(begun)) {}
  ~loopback_dialling() override { dial_->done = nullptr; }

private:
  const std::shared_ptr<pending_dial> dial_;
};

class loopback_listening final : public listening {
public:
  loopback_listening(std::shared_ptr<listener> begun, std::uint16_t port)
      : listener_(std::move(begun)), port_(port) {}
  ~loopback_listening() override { listener_->owner = nullptr; }
  [[nodiscard]] std::uint16_t port() const noexcept override { return port_; }

private:
  const std::shared_ptr<listener> listener_;
  const std::uint16_t port_;
};

[[nodiscard]] std::string to_text(const address& where) {
  return where.first + " port " + std::to_string(where.second);
}

[[nodiscard]] std::pair<std::string, std::string> both(const std::string& host,
                                                       const std::string& other) {
  return std::minmax(host, other);
}

} // namespace

struct loopback::state {
  class host_network;
  enum class barrier : std::uint8_t { cut, held };
  struct move {
    std::shared_ptr<loopback_line> line; // null: a dial
    side to = side::dialled;
    std::shared_ptr<pending_dial> dial;
  };

  explicit state(std::uint64_t seed) : random(seed) {}

  [[nodiscard]] std::optional<barrier> between(const std::string& one,
                                               const std::string& other) const {
    const auto found = barriers.find(both(one, other));
    return found == barriers.end() ? std::nullopt : std::optional(found->second);
  }
  [[nodiscard]] std::shared_ptr<listener> listens_at(const address& where) const {
    const auto found = listeners.find(where);
    return found == listeners.end() || found->second->owner == nullptr ? nullptr
                                                                       : found->second;
  }
  [[nodiscard]] bool is_held(const loopback_line& line) const;
  [[nodiscard]] bool can_begin(const pending_dial& dial) const;
  [[nodiscard]] std::optional<std::string> obstacle(const pending_dial& dial) const;
  [[nodiscard]] std::shared_ptr<loopback_line>
  new_line(const std::string& host, shard& home, const address& to, shard& other_home);
  void forget_what_is_over();
  template <class F>
  void for_each_move(F call) const;
  void deliver(loopback_line& line, side to);
  void answer(const std::shared_ptr<pending_dial>& dial);
  void connect(const std::shared_ptr<pending_dial>& dial,
               const std::shared_ptr<listener>& to);
  [[nodiscard]] bool swallows() const noexcept {
    return swallow_at && arrived >= *swallow_at;
  }

  std::mt19937_64 random;
  std::shared_ptr<loopback_pace> pace = std::make_shared<loopback_pace>();
  std::size_t most = SIZE_MAX; // octets of a piece
  std::optional<std::uint64_t> cut_at;
  std::optional<std::uint64_t> swallow_at;
  std::uint64_t arrived = 0;
  std::uint16_t last_port = 40'000; // for those that want any
  std::map<std::string, std::unique_ptr<host_network>> hosts;
  std::map<std::pair<std::string, std::string>, barrier> barriers;
  std::map<address, std::shared_ptr<listener>> listeners;
  std::vector<std::shared_ptr<loopback_line>> lines;
  std::vector<std::shared_ptr<pending_dial>> dials;
};

class loopback::state::host_network final : public network {
public:
  host_network(state& all, std::string name) : all_(all), name_(std::move(name)) {}

  [[nodiscard]] std::unique_ptr<dialling> dial(shard& home, dial_target target,
                                               dialling::ready done) override {
    all_.dials.push_back(std::make_shared<pending_dial>(
        pending_dial{name_, &home, std::move(target), std::move(done),
                     all_.pace->now + all_.pace->delay}));
    return std::make_unique<loopback_dialling>(all_.dials.back());
  }
  // Whatever address of it is meant, a host has one.
  [[nodiscard]] std::unique_ptr<listening>
  listen(shard& home, const listen_options& options, listening::events& owner) override {
    const address where{name_, options.port != 0 ? options.port : ++all_.last_port};
    if (all_.listens_at(where) != nullptr)
      throw std::system_error(EADDRINUSE, std::generic_category(),
                              "listen on " + to_text(where));
    const auto made = std::make_shared<listener>(
        listener{&home, &owner, options.most_strangers, options.stranger_limit});
    all_.listeners[where] = made;
    return std::make_unique<loopback_listening>(made, where.second);
  }

private:
  state& all_;
  const std::string name_;
};

bool loopback::state::is_held(const loopback_line& line) const {
  return std::any_of(barriers.begin(), barriers.end(), [&](const auto& each) {
    return line.is_between(each.first.first, each.first.second);
  });
}

// One that finds no place among the strangers waits.
bool loopback::state::can_begin(const pending_dial& dial) const {
  const auto to = listens_at({dial.target.host, dial.target.port});
  return to == nullptr || to->taken < to->most_strangers || obstacle(dial).has_value();
}

std::shared_ptr<loopback_line> loopback::state::new_line(const std::string& host,
                                                         shard& home, const address& to,
                                                         shard& other_home) {
  lines.push_back(std::make_shared<loopback_line>(
      pace, loopback_line::place{host, &home, host + ':' + std::to_string(++last_port)},
      loopback_line::place{to.first, &other_home,
                           to.first + ':' + std::to_string(to.second)}));
  return lines.back();
}

void loopback::state::forget_what_is_over() {
  std::erase_if(lines, [](const auto& each) { return each->is_over(); });
  std::erase_if(dials, [](const auto& each) { return !each->done; });
}

/// Calls it with each move that could be the next, and whether it is due.
template <class F>
void loopback::state::for_each_move(F call) const {
  for (const auto& each : lines)
    for (const auto to : loopback_line::sides)
      if (each->is_under_way(to) && !is_held(*each))
        call(move{each, to, nullptr}, each->is_due(to));
  for (const auto& each : dials)
    if (can_begin(*each))
      call(move{nullptr, side::dialled, each}, each->due <= pace->now);
}

void loopback::state::deliver(loopback_line& line, side to) {
  if (swallows())
    return line.swallow();
  const auto end = std::min(cut_at.value_or(UINT64_MAX), swallow_at.value_or(UINT64_MAX));
  if (end > arrived)
    arrived += line.deliver(to, most, end - arrived);
  if (cut_at && arrived >= *cut_at) {
    cut_at.reset();
    line.lose("Connection reset by peer");
  }
}

std::optional<std::string> loopback::state::obstacle(const pending_dial& dial) const {
  const auto barred = between(dial.from, dial.target.host);
  if (barred == barrier::cut)
    return "No route to host";
  if (barred == barrier::held || swallows())
    return "no answer within "
           + std::to_string(
               std::chrono::duration_cast<std::chrono::milliseconds>(dial.target.limit)
                   .count())
           + " ms";
  if (listens_at({dial.target.host, dial.target.port}) == nullptr)
    return "Connection refused";
  return std::nullopt;
}

void loopback::state::answer(const std::shared_ptr<pending_dial>& dial) {
  std::erase(dials, dial);
  const address where{dial->target.host, dial->target.port};
  const auto why = obstacle(*dial);
  if (!why)
    return connect(dial, listens_at(where));
  dial->home->post([dial, text = to_text(where) + ": " + *why](shard&) {
    if (const auto done = std::exchange(dial->done, nullptr))
      done(dial_failed{text});
  });
}

void loopback::state::connect(const std::shared_ptr<pending_dial>& dial,
                              const std::shared_ptr<listener>& to) {
  const auto line = new_line(dial->from, *dial->home,
                             {dial->target.host, dial->target.port}, *to->home);
  ++to->taken;
  to->home->post([to, peer = line->end(side::accepted),
                  place = stranger_place(deadline_in(to->home->now(), to->stranger_limit),
                                         [to] { --to->taken; })](shard&) mutable {
    if (to->owner != nullptr)
      to->owner->accepted(std::move(peer), std::move(place));
  });
  dial->home->post([dial, made = line->end(side::dialled)](shard&) mutable {
    if (const auto done = std::exchange(dial->done, nullptr))
      done(std::move(made));
  });
}

loopback::loopback(std::uint64_t seed) : state_(std::make_unique<state>(seed)) {
}

loopback::~loopback() = default;

network& loopback::at(const std::string& host) {
  auto& found = state_->hosts[host];
  if (found == nullptr)
    found = std::make_unique<state::host_network>(*state_, host);
  return *found;
}

loopback::ends loopback::join(const std::string& host, shard& home,
                              const std::string& other_host, shard& other_home) {
  const auto line =
      state_->new_line(host, home, {other_host, ++state_->last_port}, other_home);
  return {line->end(side::dialled), line->end(side::accepted)};
}

bool loopback::step() {
  ++state_->pace->now;
  state_->forget_what_is_over();
  std::vector<state::move> due;
  bool waits = false;
  state_->for_each_move([&](state::move each, bool is_due) {
    waits = true;
    if (is_due)
      due.push_back(std::move(each));
  });
  if (due.empty())
    return waits;
  const auto& next = due[state_->random() % due.size()];
  if (next.line != nullptr)
    state_->deliver(*next.line, next.to);
  else
    state_->answer(next.dial);
  return true;
}

void loopback::cut(const std::string& host, const std::string& other) {
  state_->barriers[both(host, other)] = state::barrier::cut;
  for (const auto& each : state_->lines)
    if (each->is_between(host, other))
      each->lose("the network is cut");
}

void loopback::hold(const std::string& host, const std::string& other) {
  state_->barriers[both(host, other)] = state::barrier::held;
}

void loopback::heal(const std::string& host, const std::string& other) {
  state_->barriers.erase(both(host, other));
  if (state_->swallows())
    state_->swallow_at.reset();
}

void loopback::delay(std::size_t steps) noexcept {
  state_->pace->delay = steps;
}

void loopback::pieces_of(std::size_t octets) noexcept {
  state_->most = std::max<std::size_t>(octets, 1);
}

void loopback::cut_after(std::uint64_t octets) noexcept {
  state_->cut_at = state_->arrived + octets;
}

void loopback::swallow_after(std::uint64_t octets) noexcept {
  state_->swallow_at = state_->arrived + octets;
}

std::uint64_t loopback::arrived() const noexcept {
  return state_->arrived;
}

std::size_t loopback::connections() const noexcept {
  return static_cast<std::size_t>(
      std::count_if(state_->lines.begin(), state_->lines.end(),
                    [](const auto& each) { return each->is_open(); }));
}

void loopback::throw_restless() {
  throw std::runtime_error("the nodes did not come to rest");
}

} // namespace websock::runtime::distribution::testing
