// Pids, references and ports: a node's name, and numbers of which older forms have fewer
// octets.
#include "cursor.hpp"
#include "parts.hpp"
#include "reader.hpp"

namespace websock::runtime::etf {

etf::atom reader::node_in(detail::cursor& in) {
  const auto outer = in.begun();
  in.begin();
  etf::atom node{std::string(atom_in(in))};
  in.resume(outer);
  return node;
}

etf::pid reader::pid_in(detail::cursor& in) {
  const auto form = in.begun().form;
  if (form != tag::new_pid && form != tag::old_pid)
    in.fail_instead_of(type::pid);
  etf::pid found{.node = node_in(in)};
  found.id = in.number<std::uint32_t>();
  found.serial = in.number<std::uint32_t>();
  found.creation =
      form == tag::old_pid ? in.number<std::uint8_t>() : in.number<std::uint32_t>();
  return found;
}

etf::reference reader::reference_in(detail::cursor& in) {
  const auto form = in.begun().form;
  if (type_of(form) != type::reference)
    in.fail_instead_of(type::reference);
  etf::reference found;
  found.count =
      form == tag::old_reference ? std::uint8_t{1} : detail::take_word_count(in);
  found.node = node_in(in);
  if (form == tag::old_reference) {
    found.words[0] = in.number<std::uint32_t>();
    found.creation = in.number<std::uint8_t>();
    return found;
  }
  found.creation =
      form == tag::new_reference ? in.number<std::uint8_t>() : in.number<std::uint32_t>();
  for (std::size_t i = 0; i < found.count; ++i)
    found.words[i] = in.number<std::uint32_t>();
  return found;
}

etf::port reader::port_in(detail::cursor& in) {
  const auto form = in.begun().form;
  if (type_of(form) != type::port)
    in.fail_instead_of(type::port);
  etf::port found{.node = node_in(in)};
  found.id =
      form == tag::v4_port ? in.number<std::uint64_t>() : in.number<std::uint32_t>();
  found.creation =
      form == tag::old_port ? in.number<std::uint8_t>() : in.number<std::uint32_t>();
  return found;
}

etf::pid reader::pid() {
  auto in = begun();
  auto found = pid_in(in);
  end(in);
  return found;
}

etf::reference reader::reference() {
  auto in = begun();
  auto found = reference_in(in);
  end(in);
  return found;
}

etf::port reader::port() {
  auto in = begun();
  auto found = port_in(in);
  end(in);
  return found;
}

} // namespace websock::runtime::etf
