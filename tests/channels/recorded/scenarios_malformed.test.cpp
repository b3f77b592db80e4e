// Recorded scenarios of Phoenix: what a client must not send.
#include "tests/catch.hpp"
#include "tests/channels/recorded/replay.hpp"

#include <string>

using tests::recorded::manner;
using tests::recorded::replay;
using websock::json;

namespace {

/// The text of a step, and what it says here.
void says(json& step, const std::string& recorded, const std::string& ours) {
  if (step.value("from", "") != "server" || !step.contains("text"))
    return;
  std::string text = step["text"];
  if (const auto at = text.find(recorded); at != std::string::npos)
    step["text"] = text.replace(at, recorded.size(), ours);
}

} // namespace

TEST_CASE("text that is no JSON array ends the connection", "[mal_json]") {
  replay("mal_json");
}
TEST_CASE("an array of fewer than five elements ends the connection", "[mal_len]") {
  replay("mal_len");
}
TEST_CASE("elements of other types are echoed; an event is its JSON then",
          "[mal_types]") {
  manner how;
  how.changed_step = [](json& step) {
    says(step, R"("event":5)", R"("event":"5")");
    says(step, R"("event":null)", R"("event":"null")");
  };
  how.changed_callback = [](json& callback) {
    auto& event = callback[1][0];
    if (callback[0] == "any.handle_in" && !event.is_string())
      event = event.dump();
  };
  replay("mal_types", how);
}
TEST_CASE("odd JSON; of a name that comes twice, the last value counts, as in JavaScript",
          "[mal_json_odd]") {
  manner how;
  how.changed_step = [](json& step) { says(step, R"({"a":1})", R"({"a":2})"); };
  how.changed_callback = [](json& callback) {
    if (callback == json::parse(R"(["any.handle_in", ["e", {"a": 1}, "2"]])"))
      callback[1][1] = {{"a", 2}};
  };
  replay("mal_json_odd", how);
}
