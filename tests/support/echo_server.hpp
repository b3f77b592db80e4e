// A gen_server that replies to each call with its request.
#pragma once

#include "websock/runtime/server/gen_server.hpp"

#include <utility>

namespace runtime = websock::runtime;

namespace tests {

class echo_server final : public runtime::gen_server {
  runtime::call_result handle_call(runtime::term request, runtime::from) override {
    return runtime::reply(std::move(request));
  }
};

} // namespace tests
