// The questions to epmd.
#include "epmd_client.hpp"

namespace websock::runtime::distribution {

namespace {

[[nodiscard]] epmd_error broken_off() {
  return {epmd_failure::closed, "epmd closed before it had answered"};
}

/// From an answer that says itself where it ends.
template <class Result, epmd_answer<Result> (*Read)(std::string_view)>
[[nodiscard]] epmd_answer<Result> read(std::string_view octets, bool has_ended) {
  auto answer = Read(octets);
  if (has_ended && std::holds_alternative<epmd_incomplete>(answer))
    return broken_off();
  return answer;
}

[[nodiscard]] epmd_answer<std::vector<epmd_name>> read_names(std::string_view octets,
                                                             bool has_ended) {
  if (!has_ended)
    return epmd_incomplete{};
  auto names = read_names_answer(octets);
  if (!names)
    return broken_off();
  return std::move(*names);
}

} // namespace

epmd_question<std::uint32_t> register_at_epmd(const epmd_node& us) {
  return {to_octets(epmd_alive_request{us}), &read<std::uint32_t, &read_alive_answer>};
}

epmd_question<epmd_node> ask_epmd_for_port(std::string_view name) {
  return {to_octets(epmd_port_request{std::string(name)}),
          &read<epmd_node, &read_port_answer>};
}

epmd_question<std::vector<epmd_name>> ask_epmd_for_names() {
  return {to_octets(epmd_names_request{}), &read_names};
}

} // namespace websock::runtime::distribution
