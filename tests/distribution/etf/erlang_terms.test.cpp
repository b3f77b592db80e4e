// Terms as a real Erlang writes and reads them: every expression of terms.txt, both ways.
#include "websock/runtime/distribution/etf/reader.hpp"
#include "websock/runtime/distribution/etf/writer.hpp"

#include "tests/catch.hpp"
#include "tests/distribution/etf/hex.hpp"
#include "tests/distribution/support/erlang_program.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

using namespace websock::runtime;

namespace {

const std::string folder = std::string(WEBSOCK_TESTS_FOLDER) + "/distribution/etf/";

[[nodiscard]] std::string escript(const std::vector<std::string>& arguments) {
  std::vector<std::string> command{"escript", folder + "terms.escript"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return tests::child_program(command).rest();
}

/// How Erlang writes each expression: by number, then by name of the way.
using encodings = std::map<int, std::map<std::string, std::string>>;
[[nodiscard]] encodings encoded_by_erlang() {
  std::istringstream lines(escript({"encode", folder + "terms.txt"}));
  encodings found;
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    int number = 0;
    std::string name;
    std::string hex;
    words >> number >> name >> hex;
    found[number][name] = tests::octets(hex);
  }
  return found;
}

[[nodiscard]] etf::value read_whole(std::string_view octets) {
  etf::reader in(octets);
  in.version();
  auto found = in.value();
  CHECK(in.at_end());
  etf::reader skipping(octets);
  skipping.version();
  CHECK(skipping.skip() == octets.substr(1));
  return found;
}

[[nodiscard]] std::string written(const etf::value& term) {
  std::string out;
  etf::writer writer(out);
  writer.version();
  writer.value(term);
  return out;
}

/// Whether an identifier is in it, `<0.4.1>`: Erlang prints a node as a number of its
/// own.
[[nodiscard]] bool names_a_node(const std::string& printed) {
  for (auto at = printed.find('<'); at != std::string::npos;
       at = printed.find('<', at + 1)) {
    const auto behind = printed.find_first_not_of("0123456789", at + 1);
    if (behind != at + 1 && behind != std::string::npos && printed[behind] == '.')
      return true;
  }
  return false;
}

/// Some are only valid in the shell that prints them, large maps have an order of their
/// own, and long integers are printed in base 16.
[[nodiscard]] bool is_printed_alike(const etf::value& term, const std::string& printed) {
  return !names_a_node(printed) && printed.find("79 => ") == std::string::npos
         && !(term.is<etf::big>() && printed.size() > 310);
}

/// The octets of functions are kept, and differ by the way in which atoms are written.
[[nodiscard]] bool holds_function(const std::string& printed) {
  return printed.find("fun ") != std::string::npos
         || printed.find("#Fun<") != std::string::npos;
}

/// A file that goes when the test ends.
class scratch_file {
public:
  explicit scratch_file(const std::string& text)
      : path_(std::filesystem::temp_directory_path()
              / ("websock_etf_" + std::to_string(::getpid()))) {
    std::ofstream(path_) << text;
  }
  ~scratch_file() { std::filesystem::remove(path_); }
  scratch_file(const scratch_file&) = delete;
  scratch_file& operator=(const scratch_file&) = delete;

  [[nodiscard]] std::string name() const { return path_.string(); }

private:
  std::filesystem::path path_;
};

} // namespace

TEST_CASE("every term that Erlang writes is read, printed alike, and read by Erlang") {
  if (!tests::has_erlang())
    return;
  const auto terms = encoded_by_erlang();
  REQUIRE(terms.size() > 120);
  std::string answers;
  for (const auto& [number, ways] : terms) {
    INFO("line " << number << " of terms.txt");
    const auto term = read_whole(ways.at("default"));
    const auto& printed = ways.at("printed");
    for (const auto* way : {"minor0", "minor1", "minor2"}) {
      const auto same = read_whole(ways.at(way));
      CHECK(to_string(same) == to_string(term));
      CHECK((same == term || holds_function(printed)));
    }
    CHECK(read_whole(written(term)) == term);
    if (ways.contains("compressed"))
      CHECK_THROWS_WITH(read_whole(ways.at("compressed")),
                        Catch::Matchers::Contains("a compressed term"));
    if (is_printed_alike(term, printed))
      CHECK(to_string(term) == printed);
    answers += std::to_string(number) + ' ' + tests::hexadecimal(written(term)) + '\n';
  }
  const scratch_file file(answers);
  CHECK(escript({"decode", folder + "terms.txt", file.name()}) == "end\n");
}
