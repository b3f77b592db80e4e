// Pids and references among terms that pass through Redis: there are none, as nothing
// could be sent to them.
#pragma once

#include "../address/not_transmissible.hpp"
#include "../distribution/terms/identities.hpp"

namespace websock::runtime::redis {

/// Refuses to send them; those that strangers send are empty.
class closed_identities final : public distribution::identities {
public:
  [[nodiscard]] etf::pid to_etf(const pid&) override { refuse("a pid"); }
  [[nodiscard]] pid to_pid(const etf::pid&) override { return {}; }
  [[nodiscard]] etf::reference to_etf(reference) override { refuse("a reference"); }
  [[nodiscard]] reference to_reference(const etf::reference&) override { return {}; }
  [[nodiscard]] etf::reference to_etf(const alias&) override { refuse("an alias"); }
  [[nodiscard]] alias to_alias(const etf::reference&) override { return {}; }

private:
  [[noreturn]] static void refuse(const char* what) {
    throw not_transmissible(std::string("publish: ") + what
                            + " means nothing to other nodes through Redis");
  }
};

} // namespace websock::runtime::redis
