// Waiting until a connection's output has been sent.
#include "websock/connection/connection.hpp"
#include "websock/handler/flushing.hpp"

namespace websock {

flushing::flushing(connection& of) : waiter(of.self_, runtime::infinity), of_(of) {
}

flushing::~flushing() {
  if (of_.flushing_ == this)
    of_.flushing_ = nullptr;
}

bool flushing::comes_at_once() {
  return of_.output_.empty();
}

void flushing::begin() {
  of_.flushing_ = this;
}

} // namespace websock
