// Places for sessions.
#include "websock/channels/longpoll/session_places.hpp"

#include "tests/catch.hpp"

#include <memory>
#include <vector>

using websock::channels::session_places;
using websock::http::client_group;

TEST_CASE("there are so many places, and so many for one client") {
  const auto all = std::make_shared<session_places>(5, 2);
  std::vector<session_places::place> taken;
  const auto take = [&](client_group client) {
    auto place = all->take(client);
    if (place)
      taken.push_back(*std::move(place));
    return place.has_value();
  };
  CHECK(take(client_group{1}));
  CHECK(take(client_group{1}));
  CHECK_FALSE(take(client_group{1}));
  CHECK(take(client_group{2}));
  CHECK(take(client_group::nobody));
  CHECK(take(client_group::nobody));
  CHECK_FALSE(take(client_group::nobody));
  CHECK_FALSE(take(client_group{3}));
  CHECK(all->taken() == 5);
  taken.clear();
  CHECK(all->taken() == 0);
  CHECK(take(client_group{1}));
}
