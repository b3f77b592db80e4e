// A program that would join a cluster. Its options are refused, so it needs no ports.
#include "websock/runtime/cluster.hpp"
#include "websock/runtime/node.hpp"
#include "websock/runtime/register_message.hpp"

#include <stdexcept>
#include <string>

struct said {
  std::string text;
};

int main() {
  websock::runtime::node node{{.shards = 1}};
  websock::runtime::register_message<said>("said", &said::text);
  try {
    const websock::cluster cluster(node, {.name = "without a host"});
  } catch (const std::invalid_argument&) {
    return 0;
  }
  return 1;
}
