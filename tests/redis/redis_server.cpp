// Starting redis-server, and speaking to it by hand.
#include "tests/redis/redis_server.hpp"

#include "tests/support/channel.hpp"
#include "tests/support/loopback.hpp"

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <stdexcept>

namespace tests {

redis_server::redis_server(way by, std::vector<std::string> settings)
    : by_(by), settings_(std::move(settings)) {
  if (by_ != way::unix_socket)
    port_ = free_port();
  if (by_ == way::tls) {
    authority_ = std::make_unique<certificate_authority>(folder_);
    certificate_ = authority_->issue("redis", {"IP:127.0.0.1", "DNS:redis.example"});
  }
  start();
}

std::vector<std::string> redis_server::command_line() const {
  std::vector<std::string> all{"redis-server",
                               "--save",
                               "",
                               "--appendonly",
                               "no",
                               "--dir",
                               folder_.file(""),
                               "--pidfile",
                               folder_.file("pid"),
                               "--bind",
                               "127.0.0.1",
                               "--port",
                               by_ == way::tcp ? std::to_string(port_) : "0"};
  const auto add = [&all](std::vector<std::string> more) {
    all.insert(all.end(), more.begin(), more.end());
  };
  add({"--unixsocket", folder_.file("socket")});
  if (by_ == way::tls)
    add({"--tls-port", std::to_string(port_), "--tls-cert-file", certificate_.certificate,
         "--tls-key-file", certificate_.key, "--tls-ca-cert-file", authority_->file()});
  add(settings_);
  return all;
}

void redis_server::start() {
  ::unlink(folder_.file("socket").c_str());
  program_ = std::make_unique<child_program>(command_line());
  program_->line_with("ready to accept connections at"); // the socket, after the port
}

void redis_server::kill() {
  program_.reset();
}

void redis_server::restart() {
  kill();
  start();
}

void redis_server::freeze() {
  ::kill(program_->id(), SIGSTOP);
}

void redis_server::thaw() {
  ::kill(program_->id(), SIGCONT);
}

websock::runtime::redis::engine_options
redis_server::options(const std::string& name) const {
  websock::runtime::redis::engine_options all;
  all.name = name;
  if (by_ == way::unix_socket)
    all.unix_socket = folder_.file("socket");
  else
    all.port = port_;
  if (by_ == way::tls)
    all.tls = websock::runtime::redis::engine_tls{
        authority_->file(), certificate_.certificate, certificate_.key};
  return all;
}

std::string redis_server::ask(const std::string& command) const {
  const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ::sockaddr_un address{};
  address.sun_family = AF_UNIX;
  folder_.file("socket").copy(address.sun_path, sizeof(address.sun_path) - 1);
  const auto line = command + "\r\n";
  std::array<char, 4'096> answer{};
  ::ssize_t size = -1;
  if (::connect(made, reinterpret_cast<const ::sockaddr*>(&address), sizeof address) == 0
      && ::write(made, line.data(), line.size()) > 0)
    size = ::read(made, answer.data(), answer.size());
  ::close(made);
  if (size <= 0)
    throw std::runtime_error("Redis does not answer the test");
  const std::string all(answer.data(), static_cast<std::size_t>(size));
  return all.substr(0, all.find('\r'));
}

} // namespace tests
