// Connecting to a Unix socket, which takes no time: it succeeds or fails at once.
#include "socket_local.hpp"

#include "../../process/shard.hpp"
#include "socket_carrier.hpp"
#include "socket_setup.hpp"

#include <asio/ip/tcp.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace websock::runtime::distribution {

namespace {

struct local_attempt {
  dialling::ready done; // empty once it is cancelled or over
};

class local_dialling final : public dialling {
public:
  explicit local_dialling(std::shared_ptr<local_attempt> begun)
      : attempt_(std::move(begun)) {}
  ~local_dialling() override { attempt_->done = nullptr; }

private:
  const std::shared_ptr<local_attempt> attempt_;
};

[[nodiscard]] dial_failed local_failure(const std::string& path) {
  return {path + ": " + std::strerror(errno)};
}

[[nodiscard]] dial_result connect_local(shard& home, const std::string& path) {
  ::sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path))
    return dial_failed{path + ": the path is too long"};
  path.copy(address.sun_path, path.size());
  const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (made < 0)
    return local_failure(path);
  if (::connect(made, reinterpret_cast<const ::sockaddr*>(&address), sizeof address)
      != 0) {
    auto failed = local_failure(path);
    ::close(made);
    return failed;
  }
  // To Asio, reading and writing are the same for every stream.
  return make_carrier(home, adopt(home, made, asio::ip::tcp::v4()));
}

} // namespace

std::unique_ptr<dialling> dial_local_socket(shard& home, std::string path,
                                            dialling::ready done) {
  const auto begun = std::make_shared<local_attempt>(local_attempt{std::move(done)});
  auto handle = std::make_unique<local_dialling>(begun);
  home.post([begun, path = std::move(path)](shard& here) {
    if (!begun->done)
      return;
    auto result = connect_local(here, path);
    std::exchange(begun->done, nullptr)(std::move(result));
  });
  return handle;
}

} // namespace websock::runtime::distribution
