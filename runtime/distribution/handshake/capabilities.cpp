// What we offer, and the names of the flags.
#include "capabilities.hpp"

#include <array>
#include <string_view>

namespace websock::runtime::distribution {

namespace {

struct named {
  capability flag;
  std::string_view name;
};

constexpr std::array known_names{
    named{capability::published, "PUBLISHED"},
    named{capability::atom_cache, "ATOM_CACHE"},
    named{capability::extended_references, "EXTENDED_REFERENCES"},
    named{capability::dist_monitor, "DIST_MONITOR"},
    named{capability::fun_tags, "FUN_TAGS"},
    named{capability::dist_monitor_name, "DIST_MONITOR_NAME"},
    named{capability::hidden_atom_cache, "HIDDEN_ATOM_CACHE"},
    named{capability::new_fun_tags, "NEW_FUN_TAGS"},
    named{capability::extended_pids_ports, "EXTENDED_PIDS_PORTS"},
    named{capability::export_ptr_tag, "EXPORT_PTR_TAG"},
    named{capability::bit_binaries, "BIT_BINARIES"},
    named{capability::new_floats, "NEW_FLOATS"},
    named{capability::unicode_io, "UNICODE_IO"},
    named{capability::dist_hdr_atom_cache, "DIST_HDR_ATOM_CACHE"},
    named{capability::small_atom_tags, "SMALL_ATOM_TAGS"},
    named{capability::utf8_atoms, "UTF8_ATOMS"},
    named{capability::map_tag, "MAP_TAG"},
    named{capability::big_creation, "BIG_CREATION"},
    named{capability::send_sender, "SEND_SENDER"},
    named{capability::big_seqtrace_labels, "BIG_SEQTRACE_LABELS"},
    named{capability::exit_payload, "EXIT_PAYLOAD"},
    named{capability::fragments, "FRAGMENTS"},
    named{capability::handshake_23, "HANDSHAKE_23"},
    named{capability::unlink_id, "UNLINK_ID"},
    named{capability::spawn, "SPAWN"},
    named{capability::name_me, "NAME_ME"},
    named{capability::v4_nc, "V4_NC"},
    named{capability::alias, "ALIAS"},
    named{capability::mandatory_25_digest, "MANDATORY_25_DIGEST"},
};

void add(std::string& text, std::string_view name) {
  if (!text.empty())
    text += ", ";
  text += name;
}

} // namespace

capabilities offered(visibility seen) noexcept {
  constexpr auto always =
      mandatory_in_otp_27 | capabilities{capability::dist_monitor,
                                         capability::dist_monitor_name,
                                         capability::unicode_io,
                                         capability::small_atom_tags,
                                         capability::dist_hdr_atom_cache,
                                         capability::fragments,
                                         capability::send_sender,
                                         capability::exit_payload,
                                         capability::alias};
  return seen == visibility::hidden ? always
                                    : always | capabilities{capability::published};
}

capabilities spelled_out(capabilities given) noexcept {
  return given.has(capability::mandatory_25_digest) ? given | mandatory_in_otp_25 : given;
}

std::string to_string(capabilities given) {
  std::string text;
  for (const auto& each : known_names) {
    if (given.has(each.flag))
      add(text, each.name);
    given = given.without({each.flag});
  }
  if (!given.is_empty())
    add(text, std::to_string(given.bits()));
  return text;
}

} // namespace websock::runtime::distribution
