// One question to epmd, octet by octet. The caller owns the socket and the deadline.
#pragma once

#include "epmd_messages.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace websock::runtime::distribution {

/// Send `output`, then feed what comes. No answer is longer than a limit.
template <class Result>
class epmd_question {
public:
  /// What an answer is, so far; `has_ended` is whether the stream has.
  using reader = epmd_answer<Result> (*)(std::string_view octets, bool has_ended);

  epmd_question(std::string output, reader read)
      : output_(std::move(output)), read_(read) {}

  [[nodiscard]] const std::string& output() const noexcept { return output_; }

  /// Octets from epmd, cut anywhere. Of no use after an answer.
  [[nodiscard]] epmd_answer<Result> feed(std::string_view octets) {
    if (octets.size() > most_octets - received_.size())
      return epmd_error{epmd_failure::too_long, "epmd answers with more than 64 KiB"};
    received_ += octets;
    return read_(received_, false);
  }
  /// Never incomplete.
  [[nodiscard]] epmd_answer<Result> end_of_stream() const {
    return read_(received_, true);
  }

private:
  static constexpr std::size_t most_octets = std::size_t{64} << 10U;

  std::string output_;
  reader read_;
  std::string received_;
};

/// Its answer is our creation. Keep the socket afterwards: the name is ours as long as it
/// is open.
[[nodiscard]] epmd_question<std::uint32_t> register_at_epmd(const epmd_node& us);

/// Where a node of the epmd's host listens. `name` is what stands before the @.
[[nodiscard]] epmd_question<epmd_node> ask_epmd_for_port(std::string_view name);

[[nodiscard]] epmd_question<std::vector<epmd_name>> ask_epmd_for_names();

} // namespace websock::runtime::distribution
