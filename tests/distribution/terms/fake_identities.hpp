// A cluster that is none: pids and references of this node and of others, both ways.
#pragma once

#include "websock/runtime/distribution/etf/reader.hpp"
#include "websock/runtime/distribution/etf/writer.hpp"
#include "websock/runtime/distribution/terms/identities.hpp"
#include "websock/runtime/distribution/terms/terms.hpp"
#include "websock/runtime/process.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace websock::runtime::distribution {

/// Processes that are never run stand for those of all nodes.
class fake_identities final : public identities {
public:
  [[nodiscard]] pid spawn() {
    return node_.spawn([](process&) {});
  }

  [[nodiscard]] etf::pid to_etf(const pid& who) override {
    const auto found = std::find_if(pids_.begin(), pids_.end(),
                                    [&](const auto& each) { return each.first == who; });
    if (found != pids_.end())
      return found->second;
    const auto id = static_cast<std::uint32_t>(pids_.size() + 1);
    pids_.emplace_back(who, etf::pid{{"here@127.0.0.1"}, id, 0, 7});
    return pids_.back().second;
  }
  [[nodiscard]] pid to_pid(const etf::pid& who) override {
    const auto found = std::find_if(pids_.begin(), pids_.end(),
                                    [&](const auto& each) { return each.second == who; });
    if (found != pids_.end())
      return found->first;
    pids_.emplace_back(spawn(), who);
    return pids_.back().first;
  }
  [[nodiscard]] etf::reference to_etf(reference name) override {
    for (const auto& [number, known] : references_)
      if (number == name)
        return known;
    const auto low = static_cast<std::uint32_t>(name.value());
    const auto high = static_cast<std::uint32_t>(name.value() >> 32U);
    return {{"here@127.0.0.1"}, 7, {1, low, high}, 3};
  }
  [[nodiscard]] reference to_reference(const etf::reference& name) override {
    if (name.node.name == "here@127.0.0.1")
      return reference(name.words[1] | std::uint64_t{name.words[2]} << 32U);
    for (const auto& [number, known] : references_)
      if (known == name)
        return number;
    references_.emplace_back(reference((1ULL << 40U) + references_.size()), name);
    return references_.back().first;
  }
  [[nodiscard]] etf::reference to_etf(const alias& address) override {
    owners_.emplace_back(address);
    return to_etf(address.ref);
  }
  [[nodiscard]] alias to_alias(const etf::reference& address) override {
    const auto ref = to_reference(address);
    for (const auto& each : owners_)
      if (each.ref == ref)
        return each;
    return {spawn(), ref};
  }

private:
  testing::stepped_node node_{1};
  std::vector<std::pair<pid, etf::pid>> pids_;
  std::vector<std::pair<reference, etf::reference>> references_;
  std::vector<alias> owners_;
};

/// Two nodes that share one fake, and what crosses between them.
struct border {
  std::shared_ptr<fake_identities> ids = std::make_shared<fake_identities>();

  [[nodiscard]] std::string octets(const term& message) const {
    std::string written;
    etf::writer out(written);
    to_etf(message, out, *ids);
    return written;
  }
  [[nodiscard]] static std::string octets(const etf::value& message) {
    std::string written;
    etf::writer(written).value(message);
    return written;
  }
  /// What other nodes see of it.
  [[nodiscard]] etf::value seen(const term& message) const {
    const auto written = octets(message);
    etf::reader in(written);
    return in.value();
  }
  [[nodiscard]] std::string shown(const term& message) const {
    return to_string(seen(message));
  }
  [[nodiscard]] term arrive(std::string_view written) const {
    etf::reader in(written);
    auto message = from_etf(in, *ids);
    if (!in.at_end())
      throw std::logic_error("from_etf has left octets");
    return message;
  }
  [[nodiscard]] term arrive(const etf::value& message) const {
    return arrive(octets(message));
  }
  /// There and back, or from one C++ node to another.
  [[nodiscard]] term cross(const term& message) const { return arrive(octets(message)); }
};

} // namespace websock::runtime::distribution
