// What arrives on a channel of Redis: any octets are refused, or are an envelope whose
// message is refused or becomes a term. The same octets as a stream of replies.
#include "websock/runtime/distribution/etf/malformed.hpp"
#include "websock/runtime/redis/closed_identities.hpp"
#include "websock/runtime/redis/envelope.hpp"
#include "websock/runtime/redis/reply_reader.hpp"

#include "tests/fuzz/input.hpp"

#include <memory>
#include <variant>

namespace {

using namespace websock::runtime;
using namespace websock::runtime::redis;

void check_envelope(std::string_view octets) {
  try {
    const auto read = read_envelope(octets, {});
    fuzz::require(!read.from.node.empty() && read.from.node.size() <= longest_node_name,
                  "a sender has a name");
    const auto* publication = std::get_if<heard_publication>(&read.what);
    if (publication == nullptr)
      return;
    const auto ids = std::make_shared<closed_identities>();
    fuzz::require(static_cast<bool>(read_message(*publication, *ids, {})),
                  "an empty term never arrives");
  } catch (const etf::malformed&) {
  }
}

void check_replies(std::string_view octets) {
  reply_reader reader(4'096);
  reader.feed(octets);
  while (const auto got = reader.next())
    fuzz::require(got->elements.size() <= reply_reader::most_elements,
                  "a list is bounded");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  check_envelope(octets);
  check_replies(octets);
  return 0;
}
