// Names the options of servers and nodes.
#include "websock/config/server_table.hpp"

#include <charconv>
#include <cstdio>
#include <memory>
#include <utility>

namespace websock::config {

namespace {

const value_names<runtime::reactor_kind> reactors{
    {"automatic", runtime::reactor_kind::automatic},
    {"epoll", runtime::reactor_kind::epoll},
    {"uring", runtime::reactor_kind::uring}};

/// Permissions, as chmod has them.
[[nodiscard]] option octal(std::string name, std::string help, unsigned& value) {
  const auto get = [&value] {
    std::string text(8, '\0');
    const int size = std::snprintf(text.data(), text.size(), "%04o", value & 07777U);
    text.resize(static_cast<std::size_t>(size));
    return text;
  };
  const auto set = [&value](std::string_view text) {
    unsigned given = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, given, 8);
    if (error != std::errc{} || stop != end)
      throw malformed("an octal number, as in 0660");
    value = given;
  };
  return {std::move(name), std::move(help), get, set};
}

/// A policy does not say what it is made of: its text is remembered.
[[nodiscard]] option origin(std::string name, http::origin_policy& value) {
  const auto text =
      std::make_shared<std::string>(value == http::same_origin()  ? "same"
                                    : value == http::any_origin() ? "any"
                                                                  : "set by the program");
  const auto set = [&value, text](std::string_view given) {
    if (given == "same") {
      value = http::same_origin();
    } else if (given == "any") {
      value = http::any_origin();
    } else if (given != "set by the program") {
      std::vector<std::string> pages;
      from_text(given, pages);
      try {
        value = http::origins(pages);
      } catch (const std::invalid_argument& why) {
        throw malformed("same, any, or origins as in https://app.example.org: "
                        + std::string(why.what()));
      }
    }
    *text = given;
  };
  return {std::move(name),
          "pages that may connect: same, any, or a list as in https://app.example.org",
          [text] { return *text; }, set};
}

/// A member of TLS options that are there once one of them is given.
[[nodiscard]] option tls_member(std::string name, std::string help,
                                std::optional<tls_options>& its,
                                std::string tls_options::*member) {
  const auto get = [&its, member] { return its ? (*its).*member : std::string(); };
  const auto set = [&its, member](std::string_view text) {
    if (!its && text.empty())
      return;
    if (!its)
      its.emplace();
    (*its).*member = text;
  };
  return {std::move(name), std::move(help), get, set};
}

void add_tls(option_table& to, std::optional<tls_options>& its) {
  to.add(tls_member("tls.certificate_file", "PEM: certificate and chain; https and wss",
                    its, &tls_options::certificate_file));
  to.add(tls_member("tls.key_file", "PEM: private key, without a passphrase", its,
                    &tls_options::key_file));
  to.add(tls_member("tls.ciphers", "for TLS 1.2, as OpenSSL spells them", its,
                    &tls_options::ciphers));
  to.add(tls_member("tls.ciphersuites", "for TLS 1.3, as OpenSSL spells them", its,
                    &tls_options::ciphersuites));
  to.add(tls_member("tls.client_ca_file", "PEM: who issues the certificates of clients",
                    its, &tls_options::client_ca_file));
  to.add(option{"tls.least_version", "an older client is refused: v1_2 or v1_3",
                [&its] {
                  return std::string(
                      its && its->least_version == tls_version::v1_3 ? "v1_3" : "v1_2");
                },
                [&its](std::string_view text) {
                  if (text != "v1_2" && text != "v1_3")
                    throw malformed("v1_2 or v1_3");
                  if (!its && text == "v1_2")
                    return; // as it is
                  if (!its)
                    its.emplace();
                  its->least_version =
                      text == "v1_3" ? tls_version::v1_3 : tls_version::v1_2;
                }});
}

void add_listening(option_table& to, server_options& its) {
  to.add("host", "address to listen on, or localhost", its.host);
  to.add("port", "port to listen on; 0: any free one", its.port);
  to.add("unix_path", "a Unix socket to listen on instead", its.unix_path);
  to.add(octal("unix_permissions", "who may connect to it", its.unix_permissions));
  to.add("ipv6_only", "whether :: excludes IPv4", its.ipv6_only);
  to.add("reuse_port", "lets several processes listen on the port", its.reuse_port);
  to.add("backlog", "connections that wait in the kernel", its.backlog);
  to.add("tcp_nodelay", "small frames leave at once", its.tcp_nodelay);
  to.add("proxy_protocol", "a header of the PROXY protocol", its.proxy_protocol,
         {{"off", proxy_protocol::off}, {"required", proxy_protocol::required}});
  to.add("max_proxy_header", "octets of such a header", its.max_proxy_header);
}

void add_requests(option_table& to, server_options& its) {
  to.add("handshake_timeout", "for a request head, TLS included", its.handshake_timeout);
  to.add("body_timeout", "for a request body, from its head on", its.body_timeout);
  to.add("body_progress", "octets that prolong it", its.body_progress);
  to.add("max_body_bytes", "octets of all bodies together", its.max_body_bytes);
  to.add("keep_alive_timeout", "between a response and the next request",
         its.keep_alive_timeout);
  to.add("max_connections", "upgraded connections; 0: 16,384 for each shard",
         its.max_connections);
  to.add("max_handshakes", "sockets that are no connections; 0: 1,024 for each shard",
         its.max_handshakes);
  to.add("max_handshakes_per_address", "the same of one client; 0: half of them",
         its.max_handshakes_per_address);
  to.add("max_requests", "requests on one socket", its.max_requests);
  to.add("retry_after", "what a 503 tells clients", its.retry_after);
  to.add("head.max_request_line", "octets", its.head.max_request_line);
  to.add("head.max_header_line", "octets", its.head.max_header_line);
  to.add("head.max_headers", "header lines", its.head.max_headers);
}

void add_limits(option_table& to, const std::string& in, protocol::message_limits& its) {
  using protocol::utf8_policy;
  to.add(in + "max_frame_size", "octets of a frame", its.max_frame_size);
  to.add(in + "max_message_size", "octets of a message, inflated", its.max_message_size);
  to.add(in + "max_fragments", "frames of a message", its.max_fragments);
  to.add(in + "validate_utf8", "text that is not UTF-8", its.validate_utf8,
         {{"validate", utf8_policy::validate}, {"trust", utf8_policy::trust}});
}

void add_deflate(option_table& to, const std::string& in,
                 protocol::deflate_options& its) {
  using protocol::context_takeover;
  const value_names<context_takeover> takeovers{{"kept", context_takeover::kept},
                                                {"none", context_takeover::none}};
  to.add(in + "level", "of zlib: -1 to 9", its.level);
  to.add(in + "memory_level", "of zlib: 1 to 9", its.memory_level);
  to.add(in + "server_max_window_bits", "9 to 15", its.server_max_window_bits);
  to.add(in + "client_max_window_bits", "9 to 15", its.client_max_window_bits);
  to.add(in + "server_takeover", "contexts between messages", its.server_takeover,
         takeovers);
  to.add(in + "client_takeover", "contexts between messages", its.client_takeover,
         takeovers);
  to.add(in + "threshold", "shorter messages stay as they are", its.threshold);
}

void add_mailbox(option_table& to, const std::string& in, runtime::mailbox_limit& its) {
  using runtime::when_full;
  to.add(in + "max_messages", "messages that wait; 0: no limit", its.max_messages);
  to.add(in + "max_bytes", "their octets; 0: no limit", its.max_bytes);
  to.add(in + "policy", "what happens beyond", its.policy,
         {{"close", when_full::close},
          {"drop_newest", when_full::drop_newest},
          {"drop_oldest", when_full::drop_oldest},
          {"keep_latest", when_full::keep_latest},
          {"exit_killed", when_full::exit_killed}});
}

void add_connection(option_table& to, const std::string& in, upgrade_options& its) {
  to.add(in + "timeout", "without an octet from the client", its.timeout);
  to.add(in + "message_timeout", "for a message, from its first frame on",
         its.message_timeout);
  to.add(in + "message_progress", "octets that prolong it", its.message_progress);
  to.add(in + "ping_interval", "without an octet until a ping; empty: never",
         its.ping_interval);
  to.add(in + "close_timeout", "for the answer to a close frame", its.close_timeout);
  to.add(in + "send_timeout", "for a client that reads nothing", its.send_timeout);
  add_limits(to, in + "limits.", its.limits);
  to.add(in + "compress", "permessage-deflate, where the client offers it", its.compress);
  add_deflate(to, in + "deflate.", its.deflate);
  to.add(in + "high_mark", "unsent octets that suspend the process", its.high_mark);
  to.add(in + "low_mark", "unsent octets at which it goes on", its.low_mark);
  add_mailbox(to, in + "mailbox.", its.mailbox);
  to.add(in + "trap_exit", "exit signals are messages", its.trap_exit);
  to.add(in + "subprotocols", "those that are spoken, in order", its.subprotocols);
  to.add(in + "require_subprotocol", "refuses clients that have none of them",
         its.require_subprotocol);
  to.add(in + "drain_code", "close code of a drain; 0: drain.code", its.drain_code);
  to.add(origin(in + "origin", its.origin));
}

void add_end(option_table& to, server_options& its) {
  to.add("drain.deadline", "connections that are open then are killed",
         its.drain.deadline);
  to.add("drain.batch", "connections that are asked at a time; 0: all", its.drain.batch);
  to.add("drain.jitter", "the longest pause between two batches", its.drain.jitter);
  to.add("drain.code", "close code: 1001 or 1012", its.drain.code);
  to.add("drain.new_clients", "meanwhile", its.drain.new_clients,
         {{"get_503", newcomers::get_503}, {"find_no_port", newcomers::find_no_port}});
  to.add("on_hangup", "SIGHUP", its.on_hangup,
         {{"reload_certificates", hangup::reload_certificates},
          {"left_alone", hangup::left_alone}});
  to.add("max_restarts", "failures of a child within restart_period", its.max_restarts);
  to.add("restart_period", "the time for which they count", its.restart_period);
  to.add("shards", "threads; 0: one for each processor", its.shards);
  to.add("reactor", "how they wait for sockets", its.reactor, reactors);
}

} // namespace

void add_options(option_table& to, server_options& its) {
  add_listening(to, its);
  add_tls(to, its.tls);
  add_requests(to, its);
  add_connection(to, "connection.", its.connection);
  add_end(to, its);
}

void add_options(option_table& to, runtime::node_options& its,
                 const std::string& prefix) {
  to.add(prefix + "shards", "threads; 0: one for each processor", its.shards);
  to.add(prefix + "pool_threads", "threads of CAF's scheduler; 0: the same",
         its.pool_threads);
  to.add(prefix + "stop_timeout", "for processes that trap exits", its.stop_timeout);
  to.add(prefix + "slow_turn", "a callback that takes longer is logged; 0s: none",
         its.slow_turn);
  to.add(prefix + "reactor", "how they wait for sockets", its.reactor, reactors);
}

} // namespace websock::config
