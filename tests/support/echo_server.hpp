// A gen_server that answers each call with what it was asked.
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
