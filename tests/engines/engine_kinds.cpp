// The engines of this build.
#include "tests/engines/engine_lab.hpp"

namespace tests {

std::vector<engine_kind> engine_kinds() {
  return {
      local_kind(),
#ifdef WEBSOCK_TESTS_CLUSTER
      cluster_kind(),
#endif
#ifdef WEBSOCK_TESTS_PHOENIX
      phoenix_kind(),
#endif
#ifdef WEBSOCK_TESTS_REDIS
      redis_kind(),
#endif
  };
}

std::string plain_text(const runtime::term& message) {
  const auto* const text = message.get_if<std::string>();
  return text == nullptr ? "?" : *text;
}

} // namespace tests
