// Clients of random programs. Reads and writes the protocol by means of its own.
#include "tests/channels/socket/random_client.hpp"

#include <algorithm>
#include <utility>

namespace tests::random_sockets {

using kind = line::kind;

namespace {

[[nodiscard]] json or_null(const std::string& ref) {
  return ref.empty() ? json() : json(ref);
}
[[nodiscard]] std::string or_empty(const json& ref) {
  return ref.is_null() ? std::string() : ref.get<std::string>();
}

[[nodiscard]] std::string encoded(serializer how, const line& what) {
  if (how == serializer::v1)
    return json{{"topic", what.topic},
                {"event", what.event},
                {"payload", what.body},
                {"ref", or_null(what.ref)},
                {"join_ref", or_null(what.join)}}
        .dump();
  return json::array(
             {or_null(what.join), or_null(what.ref), what.topic, what.event, what.body})
      .dump();
}

[[nodiscard]] kind kind_of(std::string_view event) {
  if (event == "phx_reply")
    return kind::reply;
  return event == "phx_close" || event == "phx_error" ? kind::end : kind::event;
}

/// Fields of binary messages, by the octets that say how long they are.
class fields {
public:
  fields(std::string_view octets, std::size_t count)
      : sizes_(octets.substr(1, count)), rest_(octets.substr(1 + count)) {}

  [[nodiscard]] std::string next() {
    const auto size = static_cast<unsigned char>(sizes_.front());
    sizes_.remove_prefix(1);
    const auto field = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return std::string(field);
  }
  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

private:
  std::string_view sizes_;
  std::string_view rest_;
};

} // namespace

void random_client::send(line what) {
  what.is_idle = is_idle(what.topic);
  peer_.text(encoded(how_, what));
  lines_.push_back(std::move(what));
}

void random_client::join(const std::string& topic, const std::string& ref,
                         const json& params) {
  send({kind::join, topic, ref, ref, "phx_join", params});
}

void random_client::push(const std::string& topic, const std::string& join,
                         const std::string& ref, std::string_view event,
                         const json& body) {
  send({kind::push, topic, join, ref, std::string(event), body});
}

void random_client::push_octets(const std::string& topic, const std::string& join,
                                const std::string& ref, std::string_view event,
                                const json& body) {
  std::string octets(1, '\0');
  for (const auto size : {join.size(), ref.size(), topic.size(), event.size()})
    octets += static_cast<char>(size);
  octets.append(join).append(ref).append(topic).append(event).append(body.dump());
  line what{kind::push, topic, join, ref, std::string(event), body};
  what.is_idle = is_idle(topic);
  peer_.binary(octets);
  lines_.push_back(std::move(what));
}

void random_client::leave(const std::string& topic, const std::string& join,
                          const std::string& ref) {
  send({kind::leave, topic, join, ref, "phx_leave", json::object()});
}

void random_client::beat(const std::string& ref) {
  send({kind::beat, "phoenix", {}, ref, "heartbeat", json::object()});
}

void random_client::garble(std::string_view octets) {
  go_on_reading();
  peer_.text(octets);
  is_over_ = true;
}

void random_client::close() {
  go_on_reading();
  peer_.close(1000);
  is_over_ = true;
}

void random_client::vanish() {
  peer_.reset();
  is_over_ = true;
}

void random_client::read() {
  const auto all = peer_.frames();
  for (; read_ < all.size(); ++read_)
    take(all[read_]);
}

void random_client::take(const websock::testing::client::frame& got) {
  if (got.code == websock::protocol::opcode::text)
    lines_.push_back(from_json(json::parse(got.payload)));
  else if (got.code == websock::protocol::opcode::binary)
    lines_.push_back(from_octets(got.payload));
  else if (got.code == websock::protocol::opcode::close)
    is_over_ = true;
}

line random_client::from_json(const json& message) const {
  const bool is_array = how_ == serializer::v2;
  const auto part = [&](std::size_t place, const char* name) -> const json& {
    return is_array ? message.at(place) : message.at(name);
  };
  line got{kind::event,      part(2, "topic"),  {}, or_empty(part(1, "ref")),
           part(3, "event"), part(4, "payload")};
  got.what = kind_of(got.event);
  if (is_array)
    got.join = or_empty(message.at(0));
  if (got.what == kind::reply) {
    got.status = got.body.at("status");
    got.body = json(got.body.at("response"));
  }
  return got;
}

line random_client::from_octets(std::string_view octets) {
  const bool is_reply = octets.front() == '\1';
  fields from(octets, is_reply ? 4 : octets.front() == '\0' ? 3 : 2);
  line got{is_reply ? kind::reply : kind::event};
  if (octets.front() != '\2')
    got.join = from.next();
  if (is_reply)
    got.ref = from.next();
  got.topic = from.next();
  (is_reply ? got.status : got.event) = from.next();
  got.body = json::parse(from.rest());
  return got;
}

std::vector<std::string> random_client::joins_of(std::string_view topic) const {
  std::vector<std::string> all;
  for (const auto& each : lines_)
    if (each.what == kind::join && each.topic == topic)
      all.push_back(each.ref);
  return all;
}

bool random_client::is_idle(std::string_view topic) const {
  const auto joins = joins_of(topic);
  return std::all_of(joins.begin(), joins.end(),
                     [this](const auto& each) { return is_settled(each); });
}

// It was refused, or its channel has ended.
bool random_client::is_settled(std::string_view join) const {
  return std::any_of(lines_.begin(), lines_.end(), [join](const auto& each) {
    return each.ref == join
           && (each.what == kind::end
               || (each.what == kind::reply && each.status != "ok"));
  });
}

} // namespace tests::random_sockets
