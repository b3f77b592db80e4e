// Arrays of five.
#include "bench/load/phoenix.hpp"

#include <algorithm>
#include <string_view>

namespace bench::phoenix {

namespace {

const std::string nothing = "null";
const std::string one = R"("1")";
const std::string two = R"("2")";

[[nodiscard]] std::string quoted(std::string_view text) {
  return '"' + std::string(text) + '"';
}

[[nodiscard]] std::string array(const std::string& join_ref, const std::string& ref,
                                const std::string& topic, std::string_view event,
                                const std::string& payload) {
  return '[' + join_ref + ',' + ref + ',' + quoted(topic) + ',' + quoted(event) + ','
         + payload + ']';
}

[[nodiscard]] std::string reply(const std::string& join_ref, const std::string& ref,
                                const std::string& topic, const std::string& response) {
  return array(join_ref, ref, topic, "phx_reply",
               R"({"response":)" + response + R"(,"status":"ok"})");
}

/// A text of a run in JSON, where quotes and backslashes mean something.
[[nodiscard]] std::string object(std::string text) {
  std::replace(text.begin(), text.end(), '"', '_');
  std::replace(text.begin(), text.end(), '\\', '_');
  return R"({"body":)" + quoted(text) + '}';
}

[[nodiscard]] bool lists_people(const settings& wanted) {
  return wanted.topic.starts_with("people:");
}

/// What is known before of a text that ends with something of the server's own.
[[nodiscard]] std::string beginning(std::string text, std::size_t closing) {
  text.resize(text.size() - closing);
  return text;
}

} // namespace

messages joins(const settings& wanted) {
  messages all;
  for (std::size_t i = 0; i < wanted.topics; ++i) {
    const auto topic = wanted.topic + (i == 0 ? "" : std::to_string(i));
    const auto ref = quoted(std::to_string(i + 1));
    all.sent.push_back(array(ref, ref, topic, "phx_join", "{}"));
    all.answers.push_back(beginning(reply(ref, ref, topic, "{}"),
                                    std::string_view(R"(},"status":"ok"}])").size()));
  }
  all.how = matching::beginning; // the answer may have a position in it
  return all;
}

messages heartbeat() {
  return {{array(nothing, one, "phoenix", "heartbeat", "{}")},
          {reply(nothing, one, "phoenix", "{}")}};
}

messages pushes(const settings& wanted, const std::vector<std::string>& texts) {
  messages all;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto ref = quoted(std::to_string(i + 1));
    const auto payload = object(texts[i]);
    all.sent.push_back(array(one, ref, wanted.topic, wanted.event, payload));
    all.answers.push_back(reply(one, ref, wanted.topic, payload));
  }
  return all;
}

messages broadcasts(const settings& wanted, const std::vector<std::string>& texts) {
  const bool is_kept = wanted.topic.starts_with("kept:");
  messages all;
  all.how = is_kept ? matching::beginning : matching::whole;
  for (const auto& each : texts) {
    const auto payload = object(each);
    all.sent.push_back(array(one, nothing, wanted.topic, "shout", payload));
    const auto answer = array(nothing, nothing, wanted.topic, "shout", payload);
    all.answers.push_back(is_kept ? beginning(answer, std::string_view("}]").size())
                                  : answer);
  }
  return all;
}

messages visits(const settings& wanted) {
  const auto& topic = wanted.topic;
  messages all;
  all.sent = {array(one, one, topic, "phx_join", "{}"),
              array(one, two, topic, "phx_leave", "{}")};
  all.answers = {reply(one, one, topic, "{}"), reply(one, two, topic, "{}"),
                 array(one, one, topic, "phx_close", "{}")};
  if (lists_people(wanted)) {
    all.how = matching::beginning;
    all.answers.insert(
        all.answers.begin() + 1,
        {beginning(array(one, nothing, topic, "presence_state", "{"), 1),
         beginning(array(nothing, nothing, topic, "presence_diff", R"({"joins":{"me":)"),
                   1)});
  }
  return all;
}

std::size_t answers_to_join(const settings& wanted) {
  return lists_people(wanted) ? 3 : 1;
}

} // namespace bench::phoenix
