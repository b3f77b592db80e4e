// What arrives from other nodes as a message, a reply, an exit reason, a publication or
// a word of a process group: any octets are refused or become a term that is not empty,
// which opens as whatever is asked for, and crosses back as what it was.
#include "websock/runtime/clock.hpp"
#include "websock/runtime/distribution/etf/malformed.hpp"
#include "websock/runtime/distribution/group_messages.hpp"
#include "websock/runtime/distribution/publication.hpp"
#include "websock/runtime/distribution/terms/exit_terms.hpp"
#include "websock/runtime/distribution/terms/gen_messages.hpp"
#include "websock/runtime/distribution/terms/register_message.hpp"
#include "websock/runtime/distribution/terms/terms.hpp"

#include "tests/fuzz/input.hpp"
#include "tests/support/fake_remote.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <variant>

namespace {

using namespace websock::runtime;
using namespace websock::runtime::distribution;

/// Pids and references are those that were heard of.
class heard_identities final : public identities {
public:
  [[nodiscard]] etf::pid to_etf(const pid& who) override {
    for (const auto& [known, process] : pids_)
      if (process == who)
        return known;
    return {{"here@host"}, 1, 0, 1};
  }
  [[nodiscard]] pid to_pid(const etf::pid& who) override {
    auto& known = pids_[who];
    if (!known)
      known = node_.process();
    return known;
  }
  [[nodiscard]] etf::reference to_etf(reference name) override {
    return references_.at(name.value() - 1);
  }
  [[nodiscard]] reference to_reference(const etf::reference& name) override {
    const auto found = std::find(references_.begin(), references_.end(), name);
    const auto number = static_cast<std::uint64_t>(found - references_.begin()) + 1;
    if (found == references_.end())
      references_.push_back(name);
    return reference(number);
  }
  [[nodiscard]] etf::reference to_etf(const alias& address) override {
    return to_etf(address.ref);
  }
  [[nodiscard]] alias to_alias(const etf::reference& address) override {
    return {to_pid({address.node, 1, 0, address.creation}), to_reference(address)};
  }

private:
  tests::fake_node node_;
  std::map<etf::pid, pid> pids_;
  std::vector<etf::reference> references_;
};

struct said {
  std::string who;
  std::vector<int> numbers;
  std::optional<atom> mood;
  friend bool operator==(const said&, const said&) = default;
};

struct wrapped {
  std::variant<int, std::string, said> one;
  std::map<std::string, term> others;
  friend bool operator==(const wrapped&, const wrapped&) = default;
};

struct stop {
  friend bool operator==(const stop&, const stop&) = default;
};

void register_all() {
  register_message<said>("said", &said::who, &said::numbers, &said::mood);
  register_message<wrapped>("wrapped", &wrapped::one, &wrapped::others);
  register_message<stop>("stop");
  register_message<std::vector<said>>();
}

[[nodiscard]] std::string written(const term& message, identities& ids) {
  std::string octets;
  etf::writer out(octets);
  to_etf(message, out, ids);
  return octets;
}

[[nodiscard]] term read(std::string_view octets, identities& ids) {
  etf::reader in(octets);
  auto message = from_etf(in, ids);
  fuzz::require(in.at_end(), "what is written is read to its end");
  return message;
}

template <class T>
void check_reading(const term& message, identities& ids) {
  const auto* as = message.get_if<T>();
  if (as == nullptr)
    return;
  const auto back = read(written(term(*as), ids), ids);
  fuzz::require(back.is<T>() && back.get<T>() == *as, "a reading crosses as what it is");
}

template <class... Ts>
void check_readings(const term& message, identities& ids) {
  (check_reading<Ts>(message, ids), ...);
}

void check_message(const term& message, identities& ids) {
  fuzz::require(static_cast<bool>(message), "no term arrives empty");
  static_cast<void>(to_string(message));
  fuzz::require(heap_size(message) > 0, "it weighs something");
  fuzz::require(message == message, "it equals itself");
  // Octets may have a form that no writer chooses: what is written of it has the one.
  const auto crossed = read(written(message, ids), ids);
  fuzz::require(read(written(crossed, ids), ids) == crossed, "it crosses as it is");
  check_readings<bool, int, std::uint8_t, std::int64_t, std::uint64_t, double,
                 std::string, atom, pid, reference, alias, exit_reason, std::vector<int>,
                 std::vector<std::string>, std::vector<std::byte>, std::vector<said>,
                 std::optional<int>, std::map<std::string, std::int64_t>,
                 std::chrono::milliseconds, duration, said, wrapped, stop, etf::value>(
      crossed, ids);
  message.match([](int, const std::string&) {}, [](const atom&, const pid&, int) {},
                [](otherwise) {});
}

void check_signal(std::string_view octets, identities& ids) {
  etf::reader in(octets);
  auto arrived = arrived_from_etf(in, ids);
  if (const auto* call = std::get_if<remote_call>(&arrived)) {
    check_message(call->request, ids);
    std::string reply;
    etf::writer out(reply);
    reply_to_etf(call->tag, call->request, out, ids);
    static_cast<void>(reply_alias(call->tag));
  } else if (const auto* cast = std::get_if<remote_cast>(&arrived))
    check_message(cast->message, ids);
  else
    check_message(std::get<term>(arrived), ids);
}

void check_reply(std::string_view octets, identities& ids) {
  etf::reader in(octets);
  if (const auto reply = reply_from_etf(in, ids))
    check_message(reply->value, ids);
  else
    fuzz::require(in.position() == 0, "what is no reply is not taken");
}

[[nodiscard]] exit_reason cross(const exit_reason& why, identities& ids) {
  std::string octets;
  etf::writer out(octets);
  reason_to_etf(why, out, ids);
  etf::reader back(octets);
  return reason_from_etf(back, ids);
}

void check_reason(std::string_view octets, identities& ids) {
  etf::reader in(octets);
  const auto crossed = cross(reason_from_etf(in, ids), ids); // as for messages
  fuzz::require(to_string(cross(crossed, ids)) == to_string(crossed),
                "a reason crosses as it is");
}

void check_publication(std::string_view octets, identities& ids) {
  etf::reader in(octets);
  const auto arrived = topic_message_from_etf(in, ids);
  if (const auto* publication = std::get_if<arrived_publication>(&arrived))
    check_message(publication->message, ids);
}

void check_group_message(const etf::value& octets) {
  std::visit(
      []<class T>(const T& message) {
        if constexpr (!std::is_same_v<T, group_message::other>) {
          const auto sent = write(message);
          const auto said = sent.is_tagged("$gen_cast", 2) ? sent.elements()[1] : sent;
          const auto again = group_message::read(said);
          fuzz::require(std::holds_alternative<T>(again)
                            && write(std::get<T>(again)) == sent,
                        "what a scope says is heard as the same");
        }
      },
      group_message::read(octets));
}

template <class Check>
void run(Check check) {
  try {
    check();
  } catch (const etf::malformed&) {
  } catch (const not_transmissible&) { // deeper than it was, by what is around it
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool registered = (register_all(), true);
  static_cast<void>(registered);
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const auto ids = std::make_shared<heard_identities>();
  run([&] { check_signal(octets, *ids); });
  run([&] { check_reply(octets, *ids); });
  run([&] { check_reason(octets, *ids); });
  run([&] { check_publication(octets, *ids); });
  run([&] {
    etf::reader in(octets);
    check_group_message(in.value());
  });
  return 0;
}
