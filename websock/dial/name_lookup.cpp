// Client requests: asking and giving up.
#include "websock/dial/name_lookup.hpp"

#include "websock/dial/lookup_threads.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"

#include <utility>

namespace websock {

name_lookups::name_lookups(const runtime::node&)
    : threads_(std::make_shared<detail::lookup_threads>(look_up)) {
}

name_lookups::~name_lookups() {
  threads_->close();
}

void name_lookups::resolve_with(resolver how) {
  threads_->resolve_with(std::move(how));
}

name_lookup::name_lookup(runtime::shard& home, const std::string& host,
                         std::function<void(found_addresses)> done)
    : threads_(home.owner().extension<name_lookups>().threads_),
      request_(std::make_shared<detail::lookup_request>()) {
  request_->home = &home;
  request_->done = std::move(done);
  threads_->ask(host, request_);
}

name_lookup::~name_lookup() {
  request_->done = nullptr;
  threads_->forget(*request_);
}

} // namespace websock
