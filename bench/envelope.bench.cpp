// The envelope of a channel's message, [join_ref, ref, topic, event, payload], taken
// apart by our cursor and by three libraries; and values by the libraries alone.
#include "websock/channels/envelope/json.hpp"
#include "websock/channels/envelope/serializer.hpp"

#include <benchmark/benchmark.h>
#include <rapidjson/document.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <simdjson.h>

#include <array>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

using nlohmann::json;

/// What is needed of a message: texts that stay when its octets are gone.
struct envelope {
  std::string join_ref;
  std::string ref;
  std::string topic;
  std::string event;
  std::string payload;

  friend bool operator==(const envelope&, const envelope&) = default;
};

/// A payload of at least so many octets: texts, numbers, objects in an array.
[[nodiscard]] std::string payload_of(std::size_t size) {
  std::string text = R"({"body":"hello, how are you?","items":[)";
  for (int i = 0; text.size() + 2 < size; ++i)
    text += (i == 0 ? "" : ",") + std::string(R"({"id":)") + std::to_string(1'000 + 7 * i)
            + R"(,"name":"visitor )" + std::to_string(i) + R"(","online":true,"score":)"
            + std::to_string(i) + ".5}";
  return text + "]}";
}

[[nodiscard]] std::string message_of(std::size_t size) {
  return R"(["7","42","room:lobby","new_msg",)" + payload_of(size) + ']';
}

[[noreturn]] void fail() {
  throw std::runtime_error("malformed");
}

[[nodiscard]] envelope by_cursor(std::string_view text) {
  namespace channels = websock::channels;
  const std::span octets(text.data(), text.size());
  auto found = channels::decode(
      channels::serializer::v2,
      websock::message_view(websock::protocol::opcode::text, std::as_bytes(octets)));
  if (!found)
    fail();
  return {std::string(found->join_ref.json()), std::string(found->ref.json()),
          std::move(found->topic), std::move(found->event), found->body.text()};
}

[[nodiscard]] envelope by_nlohmann(std::string_view text) {
  auto all = json::parse(text);
  return {all[0].dump(), all[1].dump(), all[2].get<std::string>(),
          all[3].get<std::string>(), all[4].dump()};
}

/// Ends of the elements of the outer array.
class element_ends
    : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, element_ends> {
public:
  explicit element_ends(const rapidjson::MemoryStream& in) : in_(in) {}

  bool Default() { return note(0); }
  bool String(const char*, rapidjson::SizeType, bool) { return note(0); }
  bool Key(const char*, rapidjson::SizeType, bool) { return true; }
  bool StartArray() { return ++depth_ > 0; }
  bool StartObject() { return ++depth_ > 0; }
  bool EndArray(rapidjson::SizeType) { return leave(); }
  bool EndObject(rapidjson::SizeType) { return leave(); }

  std::array<std::size_t, 5> ends{};
  std::size_t count = 0;

private:
  bool leave() {
    --depth_;
    return note(1); // it stands on the bracket
  }
  bool note(std::size_t more) {
    if (depth_ == 1 && count < ends.size())
      ends[count++] = in_.Tell() + more;
    return true;
  }

  const rapidjson::MemoryStream& in_;
  int depth_ = 0;
};

[[nodiscard]] std::string unquoted(std::string_view text) {
  return std::string(text.substr(1, text.size() - 2)); // none is escaped here
}

[[nodiscard]] envelope by_rapidjson(std::string_view text) {
  rapidjson::MemoryStream in(text.data(), text.size());
  element_ends found(in);
  rapidjson::Reader reader;
  if (!reader.Parse<rapidjson::kParseIterativeFlag>(in, found) || found.count < 5)
    fail();
  std::array<std::string_view, 5> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto begin =
        i == 0 ? 1 : found.ends[i - 1] + 1; // behind the bracket, the comma
    parts[i] = text.substr(begin, found.ends[i] - begin);
  }
  return {std::string(parts[0]), std::string(parts[1]), unquoted(parts[2]),
          unquoted(parts[3]), std::string(parts[4])};
}

/// Skips the payload by its brackets, without looking at what is in it.
class on_demand {
public:
  [[nodiscard]] envelope operator()(std::string_view text) {
    padded_.assign(text);
    padded_.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    auto document =
        parser_.iterate(padded_.data(), padded_.size(), padded_.capacity()).value();
    envelope found;
    std::size_t i = 0;
    for (auto each : document.get_array()) {
      simdjson::ondemand::value value = each.value();
      take(i++, value, found);
    }
    return found;
  }

private:
  static void take(std::size_t which, simdjson::ondemand::value value, envelope& into) {
    switch (which) {
    case 0:
      into.join_ref = value.raw_json_token();
      break;
    case 1:
      into.ref = value.raw_json_token();
      break;
    case 2:
      into.topic = value.get_string().value();
      break;
    case 3:
      into.event = value.get_string().value();
      break;
    default:
      into.payload = value.get_object().value().raw_json().value();
    }
  }

  simdjson::ondemand::parser parser_;
  std::string padded_;
};

/// Checks all, and writes the payload anew, as it does not know where that lay.
class by_simdjson {
public:
  [[nodiscard]] envelope operator()(std::string_view text) {
    const auto all = parser_.parse(text.data(), text.size()).get_array().value();
    const auto string = [&](std::size_t i) {
      return std::string(all.at(i).get_string().value());
    };
    return {simdjson::minify(all.at(0).value()), simdjson::minify(all.at(1).value()),
            string(2), string(3), simdjson::minify(all.at(4).value())};
  }

private:
  simdjson::dom::parser parser_;
};

template <class Decode>
void decode(benchmark::State& state, Decode how) {
  const auto text = message_of(static_cast<std::size_t>(state.range(0)));
  if (how(text) != by_cursor(text))
    state.SkipWithError("it is another message");
  for (auto _ : state)
    benchmark::DoNotOptimize(how(text));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void envelope_cursor(benchmark::State& state) {
  decode(state, by_cursor);
}
void envelope_nlohmann(benchmark::State& state) {
  decode(state, [](std::string_view text) {
    auto found = by_nlohmann(text);
    found.payload = text.substr(text.find('{'), found.payload.size()); // members move
    return found;
  });
}
void envelope_rapidjson(benchmark::State& state) {
  decode(state, by_rapidjson);
}
void envelope_simdjson_on_demand(benchmark::State& state) {
  decode(state, on_demand());
}
void envelope_simdjson(benchmark::State& state) {
  decode(state, by_simdjson());
}

void value_nlohmann(benchmark::State& state) {
  const auto text = payload_of(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state)
    benchmark::DoNotOptimize(json::parse(text).dump());
}
void value_rapidjson(benchmark::State& state) {
  const auto text = payload_of(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    rapidjson::Document value;
    value.Parse<rapidjson::kParseIterativeFlag>(text.data(), text.size());
    rapidjson::StringBuffer out;
    rapidjson::Writer<rapidjson::StringBuffer> writer(out);
    value.Accept(writer);
    benchmark::DoNotOptimize(out.GetString());
  }
}
void value_simdjson(benchmark::State& state) {
  const auto text = payload_of(static_cast<std::size_t>(state.range(0)));
  simdjson::dom::parser parser;
  for (auto _ : state) {
    const auto value = parser.parse(text.data(), text.size()).value();
    benchmark::DoNotOptimize(simdjson::minify(value));
  }
}

void sizes(benchmark::internal::Benchmark* bench) {
  for (const int size : {64, 1'024, 16'384})
    bench->Arg(size);
}

} // namespace

BENCHMARK(envelope_cursor)->Apply(sizes);
BENCHMARK(envelope_nlohmann)->Apply(sizes);
BENCHMARK(envelope_rapidjson)->Apply(sizes);
BENCHMARK(envelope_simdjson_on_demand)->Apply(sizes);
BENCHMARK(envelope_simdjson)->Apply(sizes);
BENCHMARK(value_nlohmann)->Apply(sizes);
BENCHMARK(value_rapidjson)->Apply(sizes);
BENCHMARK(value_simdjson)->Apply(sizes);
