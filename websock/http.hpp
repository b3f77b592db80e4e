// Requests, responses and static files as values.
#pragma once

#include "websock/http/asset.hpp"        // IWYU pragma: export
#include "websock/http/client_group.hpp" // IWYU pragma: export
#include "websock/http/cookie.hpp"       // IWYU pragma: export
#include "websock/http/form.hpp"         // IWYU pragma: export
#include "websock/http/make_request.hpp" // IWYU pragma: export
#include "websock/http/origin.hpp"       // IWYU pragma: export
#include "websock/http/request.hpp"      // IWYU pragma: export
#include "websock/http/response.hpp"     // IWYU pragma: export
