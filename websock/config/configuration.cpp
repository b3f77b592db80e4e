// A configuration, from three places.
#include "websock/config/configuration.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace websock::config {

namespace {

constexpr std::uintmax_t largest_file = 1'048'576; // octets

/// Where a section begins and ends.
[[nodiscard]] bool is_mark(const CLI::ConfigItem& item) {
  return item.name == "++" || item.name == "--";
}

[[nodiscard]] std::string joined(const std::vector<std::string>& all) {
  std::string text;
  for (const auto& each : all)
    text += (text.empty() ? "" : ",") + each;
  return text;
}

/// As a value of TOML: quoted where it is no plain word.
[[nodiscard]] std::string written(const std::string& text) {
  const bool is_plain =
      !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char each) {
        return std::isalnum(each) != 0 || each == '.' || each == '-' || each == '_';
      });
  return is_plain ? text : '"' + text + '"';
}

} // namespace

configuration::configuration(std::string description, std::string prefix)
    : prefix_(std::move(prefix)), app_(std::move(description)) {
  app_.add_option("--config", file_, "file with options, TOML or INI")
      ->envname(prefix_ + "CONFIG");
  app_.add_flag("--print-config", prints_, "prints what is in force, as such a file");
}

void configuration::add(server_options& its) {
  option_table more;
  add_options(more, its);
  add(more, [&its] { validate(its); });
}

void configuration::add(runtime::node_options& its, const std::string& prefix) {
  option_table more;
  add_options(more, its, prefix);
  add(more);
}

void configuration::add(const option_table& more, std::function<void()> validate) {
  for (const auto& each : more.all()) {
    table_.add(each);
    app_.add_option("--" + each.name, command_line_[each.name], each.help)
        ->default_str(each.get())
        ->type_name("")
        ->take_all()
        ->allow_extra_args(false);
  }
  if (validate)
    validate_.push_back(std::move(validate));
}

std::optional<int> configuration::read(int argc, const char* const* argv,
                                       std::ostream& out, std::ostream& errors) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::ParseError& over) {
    return app_.exit(over, out, errors) == 0 ? 0 : 1;
  }
  try {
    read_file();
    read_environment();
    read_command_line();
    apply();
  } catch (const std::exception& wrong) {
    errors << wrong.what() << '\n';
    return 1;
  }
  if (!prints_)
    return std::nullopt;
  print(out);
  return 0;
}

void configuration::read_file() {
  if (file_.empty())
    return;
  std::error_code failed;
  const bool is_file = std::filesystem::is_regular_file(file_, failed);
  if (is_file && std::filesystem::file_size(file_, failed) > largest_file)
    throw std::invalid_argument(file_ + " is larger than 1 MiB");
  std::ifstream input(file_);
  if (failed || !is_file || !input)
    throw std::invalid_argument(file_ + " cannot be read: it must be a file");
  for (const auto& item : CLI::ConfigTOML().from_config(input)) {
    if (is_mark(item))
      continue;
    if (table_.find(item.fullname()) == nullptr)
      throw std::invalid_argument(file_ + " has " + item.fullname()
                                  + ": there is no such option");
    give(item.fullname(), {joined(item.inputs), "in " + file_});
  }
}

void configuration::read_environment() {
  for (const auto& each : table_.all()) {
    const auto variable = variable_of(each.name);
    if (const char* const value = std::getenv(variable.c_str()); value != nullptr)
      give(each.name, {value, "in " + variable});
  }
}

void configuration::read_command_line() {
  for (const auto& [name, values] : command_line_)
    if (!values.empty())
      give(name, {joined(values), "on the command line"});
}

void configuration::give(const std::string& name, given value) {
  given_.insert_or_assign(name, std::move(value));
}

// In the order of the table, so that the first complaint is always the same one.
void configuration::apply() {
  for (const auto& each : table_.all()) {
    const auto found = given_.find(each.name);
    if (found == given_.end())
      continue;
    try {
      each.set(found->second.text);
    } catch (const malformed& wanted) {
      throw std::invalid_argument(each.name + " is \"" + found->second.text + "\" "
                                  + found->second.where + ": it must be "
                                  + wanted.what());
    }
  }
  for (const auto& check : validate_)
    check();
}

// What has no value stands there as a comment.
void configuration::print(std::ostream& out) const {
  for (const auto& each : table_.all()) {
    const auto value = each.get();
    out << "# " << each.help << '\n'
        << (value.empty() ? "# " : "") << each.name << " = " << written(value) << "\n\n";
  }
}

std::string configuration::variable_of(const std::string& name) const {
  auto variable = prefix_;
  for (const char each : name)
    variable += each == '.'
                    ? '_'
                    : static_cast<char>(std::toupper(static_cast<unsigned char>(each)));
  return variable;
}

} // namespace websock::config
