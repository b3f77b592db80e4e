// The ways that the distribution has already.
#include "dial.hpp"

#include "../distribution/carrier/socket_dial.hpp"
#include "../distribution/carrier/socket_local.hpp"
#include "../distribution/carrier/tls_identity.hpp"

#include <utility>

namespace websock::runtime::redis {

using distribution::dialling;
using distribution::tls_identity;

namespace {

[[nodiscard]] std::shared_ptr<const tls_identity>
load_identity(const std::optional<engine_tls>& tls) {
  if (!tls)
    return nullptr;
  if (tls->certificate_file.empty())
    return std::make_shared<const tls_identity>(tls->ca_file);
  return std::make_shared<const tls_identity>(
      distribution::tls_files{tls->certificate_file, tls->key_file, tls->ca_file});
}

} // namespace

dial_function dial_for(const engine_options& options) {
  if (!options.unix_socket.empty())
    return [path = options.unix_socket](shard& home, dialling::ready done) {
      return distribution::dial_local_socket(home, path, std::move(done));
    };
  distribution::dial_target target;
  target.host = options.host;
  target.port = options.port;
  target.certificate_host = options.tls ? options.tls->certificate_host : "";
  target.limit = options.connect_timeout;
  return [target, tls = load_identity(options.tls)](shard& home, dialling::ready done) {
    return distribution::dial_socket(home, target, tls, std::move(done));
  };
}

} // namespace websock::runtime::redis
