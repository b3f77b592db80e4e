// The names of the messages.
#include "tests/network/messages.hpp"

#include "websock/runtime/register_message.hpp"

namespace network {

using runtime::register_message;

void register_messages(build which) {
  register_message<who_is>("who_is", &who_is::from);
  register_message<i_am>("i_am", &i_am::who);
  register_message<ping>("ping", &ping::from, &ping::number);
  register_message<pong>("pong", &pong::from, &pong::number);
  register_message<populate>("populate", &populate::from, &populate::count);
  register_message<crowd>("crowd", &crowd::all);
  register_message<numbered>("numbered", &numbered::from, &numbered::number);
  register_message<bulk>("bulk", &bulk::from, &bulk::octets);
  register_message<got>("got", &got::from, &got::octets);
  if (which == build::before)
    register_message<said_before>("said", &said_before::who, &said_before::text);
  else
    register_message<said_now>("said", &said_now::who, &said_now::text, &said_now::mood);
}

} // namespace network
