// In place of crossing.cpp in a build without clusters.
#include "websock/channels/broadcast/crossing.hpp"

namespace websock::channels {

bool let_broadcasts_cross() {
  return false;
}

} // namespace websock::channels
