// docs/options.md and the table of options say the same.
#include "websock/config/server_table.hpp"

#include "tests/catch.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

using websock::config::malformed;
using websock::config::option_table;

namespace {

/// Sections of the page, and where their options are.
const std::map<std::string, std::string> sections{
    {"server_options", ""},
    {"head_limits", "head."},
    {"tls_options", "tls."},
    {"drain_options", "drain."},
    {"upgrade_options", "connection."},
    {"message_limits", "connection.limits."},
    {"deflate_options", "connection.deflate."},
    {"mailbox_limit", "connection.mailbox."},
    {"node_options", "node."}};

/// Those that cannot be written as text, and structs that have sections of their own.
const std::set<std::string> not_text{"listen_descriptor",
                                     "tls.hosts",
                                     "connection.headers",
                                     "node.log",
                                     "tls",
                                     "head",
                                     "connection",
                                     "drain",
                                     "connection.limits",
                                     "connection.deflate",
                                     "connection.mailbox"};

struct documented {
  std::string name;
  std::string value; // the default, as it stands there
};

[[nodiscard]] std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  for (std::size_t from = 1; from < line.size();) {
    const auto end = std::min(line.find(" |", from), line.size());
    cells.push_back(line.substr(from + 1, end > from ? end - from - 1 : 0));
    from = end + 2;
  }
  return cells;
}

/// `60 s` is 60s, `64 KiB` 64KiB, `8,000,000` a number, and what follows a colon
/// explains.
[[nodiscard]] std::string plain(std::string cell) {
  cell = cell.substr(0, cell.find(':'));
  std::erase_if(cell,
                [](char each) { return each == ' ' || each == ',' || each == '`'; });
  if (cell.starts_with("when_full") || cell == "same_origin()")
    cell = cell == "same_origin()" ? "same" : "close";
  return cell == "unset" || cell == "empty" || cell == "none" ? "" : cell;
}

[[nodiscard]] std::vector<documented> page() {
  std::ifstream input(WEBSOCK_TESTS_FOLDER "/../docs/options.md");
  std::vector<documented> all;
  std::string prefix;
  bool is_known = false;
  bool is_table = false;
  for (std::string line; std::getline(input, line);) {
    if (line.starts_with("## ") || line.starts_with("### ")) {
      const auto found = sections.find(line.substr(line.find(' ') + 1));
      is_known = found != sections.end();
      prefix = is_known ? found->second : "";
    }
    is_table = line.starts_with("| Option ") || (is_table && line.starts_with("|"));
    if (is_known && is_table && line.starts_with("| `")) {
      const auto cells = cells_of(line);
      const auto name = prefix + cells.at(0).substr(1, cells.at(0).size() - 2);
      all.push_back({name, plain(cells.at(1))});
    }
  }
  return all;
}

} // namespace

TEST_CASE(
    "the page on options and the table of options have the same names and defaults") {
  websock::server_options server;
  websock::runtime::node_options node;
  option_table table;
  add_options(table, server);
  add_options(table, node);
  std::set<std::string> told;
  for (const auto& [name, value] : page()) {
    CAPTURE(name, value);
    told.insert(name);
    const auto* const one = table.find(name);
    CHECK((one != nullptr) != (not_text.count(name) != 0));
    if (one == nullptr)
      continue;
    const auto is = one->get();
    // Read as the program would: 60s and 1min are the same.
    CHECK_NOTHROW(one->set(value));
    CHECK(one->get() == is);
  }
  for (const auto& each : table.all()) {
    CAPTURE(each.name);
    CHECK(told.count(each.name) == 1);
  }
}
